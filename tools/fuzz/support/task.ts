import { isRecord } from "./json.js";
import type { Report, SavedInput } from "./session.js";

/** The task of a child. It is in a file, because a corpus is too long for a command line. */
export interface Task {
  /** URL of the target's module. */
  readonly module: string;
  readonly seed: number;
  readonly milliseconds: number;
  readonly corpus: readonly SavedInput[];
  /** The file that has the current input. */
  readonly current: string;
}

export function isTask(value: unknown): value is Task {
  if (!isRecord(value)) return false;
  const { module, current, seed, milliseconds, corpus } = value;
  return (
    typeof module === "string" &&
    typeof current === "string" &&
    typeof seed === "number" &&
    typeof milliseconds === "number" &&
    Array.isArray(corpus)
  );
}

export function isReport(value: unknown): value is Report {
  return isRecord(value) && typeof value["tried"] === "number" && Array.isArray(value["findings"]);
}
