import { type Report, runSession, type SessionOptions } from "./support/session.js";
import type { TargetSpec } from "./support/target-spec.js";

export { type Trial, Violation } from "./support/target-spec.js";

/** A target with any type of input. */
export interface Target {
  run(options: SessionOptions): Promise<Report>;
}

/** Makes a target; its module exports it under the name `target`. */
export function defineTarget<Input>(spec: TargetSpec<Input>): Target {
  return { run: (options) => runSession(spec, options) };
}
