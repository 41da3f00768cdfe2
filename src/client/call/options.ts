import { checkedSignal } from "../../core/abort-signal.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { MAX_TIMER_MS } from "../../core/limits.js";
import { readFrom } from "../../core/read-from.js";
import { defaults } from "../defaults.js";
import type { ScriptForm } from "../script/script.js";
import type { ReplicaRequirement } from "./call-state.js";
import { markerKey } from "./replication.js";

/** The options of a single call. All may be left out. */
export interface CallOptions {
  /**
   * Milliseconds until the call ends in any case, including retries. Default: the client's, 1,000.
   */
  readonly deadlineMs?: number | undefined;
  /** Ends the call early. A writing call that was already sent ends with OUTCOME_UNKNOWN. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How many replicas must acknowledge a writing call before it succeeds: 0 to 1,000. Default 0:
   * the primary's reply is enough. Reading calls ignore it.
   *
   * If fewer acknowledge in time, the call ends with NOT_REPLICATED, but the write exists on the
   * primary. You can make the same call again: it waits for the replicas again.
   *
   * Redis's WAIT confirms only the last write of this connection. A call whose operation was
   * already done writes nothing. Therefore the client writes a key of its own, `…}:replicated`,
   * which expires after a millisecond, and waits for that key. Replicas receive writes in order, so
   * they then have all that the script saw. If the connection breaks before the acknowledgement,
   * nothing is confirmed.
   *
   * WAIT blocks all other commands on the connection, for up to `replicaWaitMs` if a replica is
   * missing. If other calls cannot wait, use a separate connection for such calls.
   */
  readonly minReplicas?: number | undefined;
  /** Milliseconds to wait for the replicas, within the deadline. Default 100. */
  readonly replicaWaitMs?: number | undefined;
  /** `false`: the call is sent by itself. Otherwise the client's option decides. */
  readonly batching?: boolean | undefined;
}

const callOptionNames: OptionNames<CallOptions> = {
  deadlineMs: true,
  signal: true,
  minReplicas: true,
  replicaWaitMs: true,
  batching: true,
};

/**
 * Checks that the options of a call are an object, and that each exists.
 *
 * @throws ArgumentError
 */
export function checkOptionNames(options: CallOptions, script?: ScriptForm): void {
  if (typeof options !== "object" || options === null) {
    throw new ArgumentError("options", "an object", { script });
  }
  readFrom("options", () => refuseUnknownOptions(options, callOptionNames, undefined, { script }), {
    script,
  });
}

/**
 * Whether the call may be sent with others.
 *
 * @throws ArgumentError
 */
export function checkedBatching(
  options: CallOptions | undefined,
  byDefault: boolean,
  script?: ScriptForm,
): boolean {
  if (options === undefined) return byDefault;
  const batching = readFrom("batching", () => options.batching, { script }) ?? byDefault;
  if (typeof batching === "boolean") return batching;
  throw new ArgumentError("batching", "true or false", { script });
}

/**
 * How many replicas must have the write; undefined if none.
 *
 * @throws ArgumentError
 */
export function checkedReplicas(
  options: CallOptions | undefined,
  script: ScriptForm,
  [key]: readonly string[],
): ReplicaRequirement | undefined {
  if (options === undefined) return undefined;
  const { count = defaults.minReplicas.value, waitMs = defaults.replicaWaitMs.value } = {
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

/**
 * The deadline, with its default, and the signal. Callers in plain JavaScript may pass anything.
 *
 * @throws ArgumentError
 */
export function checkedOptions(
  options: CallOptions | undefined,
  defaultMs: number,
  script?: ScriptForm,
): { readonly deadlineMs: number; readonly signal: AbortSignal | undefined } {
  if (options === undefined) return { deadlineMs: defaultMs, signal: undefined };
  checkOptionNames(options, script);
  const { deadlineMs = defaultMs, signal } = {
    deadlineMs: readFrom("deadlineMs", () => options.deadlineMs, { script }),
    signal: readFrom("signal", () => options.signal, { script }),
  };
  return { deadlineMs: checkedDeadline(deadlineMs, script), signal: checkedSignal(signal, { script }) };
}

/** @throws ArgumentError unless Node's timers can wait so long */
export function checkedDeadline(deadlineMs: number, script?: ScriptForm): number {
  if (typeof deadlineMs === "number" && deadlineMs > 0 && deadlineMs <= MAX_TIMER_MS) return deadlineMs;
  throw new ArgumentError("deadlineMs", `milliseconds, more than 0 and at most ${MAX_TIMER_MS}`, { script });
}
