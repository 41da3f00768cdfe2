import { checkedSignal } from "../../core/abort-signal.js";
import { ArgumentError } from "../../core/errors.js";
import { MAX_TIMER_MS } from "../../core/limits.js";
import { readFrom } from "../../core/read-from.js";
import { defaults } from "../defaults.js";
import type { AnyScript } from "../script/script-set.js";
import type { Replicas } from "./call-state.js";
import { markerKey } from "./replication.js";

/** What a single call may ask for. */
export interface CallOptions {
  /** Milliseconds until the call ends in any case, retries included. Default: the client's, 1000. */
  readonly deadlineMs?: number | undefined;
  /** Ends the call early. A writing call that was already sent ends with OUTCOME_UNKNOWN. */
  readonly signal?: AbortSignal | undefined;
  /**
   * So many replicas must acknowledge what a writing call wrote, and what its answer rests on, before it
   * succeeds: whole number up to 1000. Fewer end it with NOT_REPLICATED, though the write is there; making
   * the same call again asks anew. Default 0: the primary's word is enough. Reading calls ignore it.
   *
   * Redis's WAIT by itself speaks of what *this connection* wrote, so after a call that found its operation
   * already done it would confirm what nobody waited for. Therefore the client writes a key of its own,
   * `…}:replicated`, which is gone a millisecond later, and waits for that: replicas get writes in order, so
   * whoever has it has all that the script saw. That holds for repeated calls and for the client's own
   * retries. A connection that breaks between the answer and the acknowledgement confirms nothing.
   *
   * WAIT holds up everything else on the connection, for up to `replicaWaitMs` when a replica is away. Use a
   * connection of its own for such calls where others cannot wait.
   */
  readonly minReplicas?: number | undefined;
  /** Milliseconds to wait for the replicas, within the deadline. Default 100. */
  readonly replicaWaitMs?: number | undefined;
}

/** How many replicas must have the write, if the caller asks for any, or an `ArgumentError`. */
export function checkedReplicas(
  options: CallOptions | undefined,
  script: AnyScript,
  [key]: readonly string[],
): Replicas | undefined {
  if (options === undefined) return undefined;
  const { count = 0, waitMs = defaults.replicaWaitMs.value } = {
    count: readFrom("minReplicas", () => options.minReplicas, { script }),
    waitMs: readFrom("replicaWaitMs", () => options.replicaWaitMs, { script }),
  };
  if (!(Number.isInteger(count) && count >= 0 && count <= 1_000)) {
    throw new ArgumentError("minReplicas", "a whole number from 0 to 1000", { script });
  }
  if (!(typeof waitMs === "number" && waitMs > 0 && waitMs <= MAX_TIMER_MS)) {
    throw new ArgumentError("replicaWaitMs", `milliseconds, more than 0 and at most ${MAX_TIMER_MS}`, {
      script,
    });
  }
  if (!script.writes || count === 0) return undefined;
  if (key !== undefined && markerKey(key) === undefined) {
    throw new ArgumentError("minReplicas", "0 where the first key has a } but no hash tag", { script });
  }
  return { count, waitMs };
}

/** A call's options with the deadline filled in, or an `ArgumentError`: plain JavaScript may pass anything. */
export function checkedOptions(
  options: CallOptions | undefined,
  defaultMs: number,
  script?: AnyScript,
): { readonly deadlineMs: number; readonly signal: AbortSignal | undefined } {
  if (options === undefined) return { deadlineMs: defaultMs, signal: undefined };
  if (typeof options !== "object" || options === null) {
    throw new ArgumentError("options", "an object", { script });
  }
  const { deadlineMs = defaultMs, signal } = {
    deadlineMs: readFrom("deadlineMs", () => options.deadlineMs, { script }),
    signal: readFrom("signal", () => options.signal, { script }),
  };
  return { deadlineMs: checkedDeadline(deadlineMs, script), signal: checkedSignal(signal, { script }) };
}

/** A usable deadline, or an `ArgumentError`. */
export function checkedDeadline(deadlineMs: number, script?: AnyScript): number {
  if (typeof deadlineMs === "number" && deadlineMs > 0 && deadlineMs <= MAX_TIMER_MS) return deadlineMs;
  throw new ArgumentError("deadlineMs", `milliseconds, more than 0 and at most ${MAX_TIMER_MS}`, { script });
}
