import type { IdempotencyMarkOperation } from "../../generated/ts/index.js";
import { createRunOnce, type RequestScripts } from "./run.js";
import type { RunOnce } from "./types.js";

/** Idempotency of one tenant: `acme.idempotency`. */
export interface Idempotency extends IdempotencyMarkOperation {
  /** Runs a request once, and returns its stored reply to later callers with the same key. */
  readonly run: RunOnce;
}

/** The idempotency of one tenant, over its scripts. */
export function createIdempotency(scripts: RequestScripts & IdempotencyMarkOperation): Idempotency {
  return { run: createRunOnce(scripts), mark: scripts.mark };
}
