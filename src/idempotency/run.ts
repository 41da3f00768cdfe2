import { setTimeout as pause } from "node:timers/promises";
import { types } from "../../generated/ts/index.js";
import { newOperation } from "../client/index.js";
import { checkedSignal, isAborted } from "../core/abort-signal.js";
import {
  AbortedError,
  ArgumentError,
  InProgressError,
  LostError,
  PayloadMismatchError,
  UnavailableError,
} from "../core/errors.js";
import { LeaseGroup } from "../core/lease/lease-group.js";
import { readFrom } from "../core/read-from.js";
import { fingerprintOf } from "./canonical.js";
import { type RecordedReply, readReply, writeError, writeReply } from "./reply.js";
import { type Attempt, type RequestScripts, RunLease } from "./run-lease.js";

/**
 * What an error means. `release`: there was no effect, and anybody may run the request at once. `record`: it is the result, and
 * replayed as `RecordedError` with name and message. `unknown`: nobody runs the request until the lease is over.
 */
export type ErrorMeaning = "release" | "record" | "unknown";

/** How a request is run; all may be left out. */
export interface IdempotentOptions {
  /** Milliseconds until others may take over from a runner that died: 1,000 to 86,400,000. Default 30,000. */
  readonly leaseMs?: number | undefined;
  /** How long the reply is kept and replayed, in milliseconds. Default 86,400,000, a day. */
  readonly rememberMs?: number | undefined;
  /** Milliseconds to wait for somebody else who runs it. Default 0: InProgressError at once. */
  readonly waitMs?: number | undefined;
  /** What an error of the function means: one for all, or by the error. Default `release`. */
  readonly onError?: ErrorMeaning | ((error: unknown) => ErrorMeaning) | undefined;
  /** Ends the waiting, and aborts the function's signal. */
  readonly signal?: AbortSignal | undefined;
}

/** What the function is given. */
export interface RequestRun {
  /** Aborts when the lease is lost, or when the caller's own signal does. It looks at the clock when it is asked. */
  readonly signal: AbortSignal;
  /** Rises with every run of this request: write it with the effect, in the same transaction. */
  readonly fence: number;
  /** The request's name. */
  readonly request: string;
}

/**
 * Runs a request once and gives its reply to everybody who asks again under the same key: `acme.idempotent(…)`.
 *
 * Exactly once is the reply, not yet the effect: a process may die after its effect and before the reply is recorded, and
 * then another one runs the request again. With `recordOnce` of `moonpath/postgres` in the transaction of the effect,
 * that is exactly once, too.
 *
 * ```ts
 * const receipt = await acme.idempotent("order-17", order, async ({ request, fence }) =>
 *   inTransaction(pool, (tx) => recordOnce(tx, { tenant: "acme", request, fence }, () => placeOrder(tx, order))),
 * );
 * ```
 *
 * The first caller gets what JSON makes of the result, as all later ones do.
 *
 * @throws InProgressError somebody else runs it, for longer than `waitMs`
 * @throws PayloadMismatchError the key was used for another payload
 * @throws RecordedError it failed, and that was recorded
 * @throws ArgumentError an argument was refused, or the result cannot be stored; the latter is recorded, for the effect is there
 * @throws LostError another runner has taken over; the function's effect may be there
 * @throws OutcomeUnknownError the reply may or may not be recorded; ask again under the same key
 */
export type Idempotent = <Reply>(
  key: string,
  payload: unknown,
  work: (run: RequestRun) => Promise<Reply> | Reply,
  options?: IdempotentOptions,
) => Promise<Reply>;

const MEANINGS: ReadonlySet<ErrorMeaning> = new Set<ErrorMeaning>(["release", "record", "unknown"]);
const DAY_MS = 86_400_000;
/** While somebody else runs it, the reply is asked for at least so often, and no more often than the other. */
const ASK_MS = { least: 50, most: 500 } as const;

/** `idempotent` over a tenant's generated functions. */
export function createIdempotent(scripts: RequestScripts): Idempotent {
  return async (key, payload, work, options = {}) => {
    if (typeof work !== "function") throw new ArgumentError("work", "a function");
    if (typeof options !== "object" || options === null) throw new ArgumentError("options", "an object");
    const given = readFrom("options", () => {
      const { leaseMs = 30_000, rememberMs = DAY_MS, waitMs = 0, onError, signal } = options;
      return { leaseMs, rememberMs, waitMs, onError, signal };
    });
    const { leaseMs, rememberMs, waitMs, onError } = given;
    within("leaseMs", leaseMs, 1_000, DAY_MS);
    within("rememberMs", rememberMs, 1_000, 366 * DAY_MS);
    within("waitMs", waitMs, 0, DAY_MS);
    if (onError !== undefined && typeof onError !== "function" && !MEANINGS.has(onError)) {
      throw new ArgumentError("onError", "release, record, unknown, or a function that tells one of them");
    }
    const signal = checkedSignal(given.signal);
    types.id.encode("key", key);
    const fingerprint = readFrom("payload", () => fingerprintOf(payload));
    const attempt = { request: key, owner: newOperation(), fingerprint, leaseMs };
    const endsAt = performance.now() + waitMs;
    let askMs: number = ASK_MS.least;
    let wasLate = false;
    for (;;) {
      const askedAt = performance.now();
      // Not under the signal: an aborted begin might have begun.
      const begun = await scripts.begin(attempt);
      if (isAborted(signal)) {
        if (begun.outcome === "run") await giveBack(scripts, attempt, begun.fence);
        throw new AbortedError(ABORTED);
      }
      switch (begun.outcome) {
        case "run": {
          const lease = new RunLease(scripts, attempt, begun.fence, askedAt);
          // Its answer came when its lease was over, and somebody else may run it by now. Asked again, Redis says.
          if (lease.isOver) {
            if (wasLate && performance.now() >= endsAt) {
              await giveBack(scripts, attempt, begun.fence);
              throw new UnavailableError(
                "every answer came when its lease was over; the work was not started",
              );
            }
            wasLate = true;
            continue;
          }
          return run(scripts, attempt, lease, work, { onError, signal, rememberMs });
        }
        case "replay":
          return readReply(begun.reply);
        case "mismatch":
          throw new PayloadMismatchError("the key was used for a request with another content");
        case "busy": {
          const leftMs = endsAt - performance.now();
          const { retryAfterMs } = begun;
          if (leftMs <= 0) throw new InProgressError("the request is being worked on", { retryAfterMs });
          await pauseFor(Math.min(askMs * (0.5 + Math.random()), retryAfterMs, leftMs), signal);
          askMs = Math.min(askMs * 2, ASK_MS.most);
        }
      }
    }
  };
}

async function run<Reply>(
  scripts: RequestScripts,
  attempt: Attempt,
  lease: RunLease,
  work: (run: RequestRun) => Promise<Reply> | Reply,
  { onError = "release", rememberMs, signal }: IdempotentOptions & { readonly rememberMs: number },
): Promise<Reply> {
  const { request, owner } = attempt;
  const { fence } = lease;
  const hold = new LeaseGroup({ signal, lossText: "the request's lease ended before its work did" });
  hold.add(lease);
  // The effect is there: its reply is worth trying for as long as the lease runs.
  const record = (reply: RecordedReply) =>
    scripts.complete(
      { request, owner, fence, reply, rememberMs },
      { deadlineMs: Math.max(1_000, Math.min(lease.remainingMs, attempt.leaseMs)) },
    );
  try {
    const reply = await attempted(work, { signal: hold.signal, fence, request }, async (error) => {
      const meaning = typeof onError === "function" ? onError(error) : onError;
      if (meaning === "release") {
        // A renewal behind it would take the request again, for a whole lease.
        await hold.stopRenewals();
        await scripts.fail({ request, owner, fence });
      } else if (meaning === "record") await record(writeError(error));
    });
    return readReply(await stored(reply, record));
  } finally {
    await hold.end();
  }
}

/**
 * Records the work's result. The effect is there also where the result cannot be stored: then that error is recorded, so that
 * the work does not run again.
 */
async function stored(
  reply: unknown,
  record: (reply: RecordedReply) => Promise<{ readonly outcome: "completed" | "lost" }>,
): Promise<RecordedReply> {
  try {
    const text = writeReply(reply);
    const { outcome } = await record(text);
    if (outcome === "lost") throw new LostError("another runner has taken over the request");
    return text;
  } catch (error) {
    if (error instanceof ArgumentError) await record(writeError(error)).catch(() => {});
    throw error;
  }
}

/** The work's result. Its own error survives whatever goes wrong while it is dealt with. */
async function attempted<Reply>(
  work: (run: RequestRun) => Promise<Reply> | Reply,
  run: RequestRun,
  onError: (error: unknown) => Promise<void>,
): Promise<Reply> {
  try {
    return await work(run);
  } catch (error) {
    await onError(error).catch(() => {});
    throw error;
  }
}

async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(ms, undefined, signal ? { signal } : {});
  } catch {
    throw new AbortedError(ABORTED);
  }
}

const ABORTED = "the wait for a request was aborted";

/** For others to run it at once. Where that fails, they wait until the lease is over. */
async function giveBack(scripts: RequestScripts, { request, owner }: Attempt, fence: number): Promise<void> {
  await scripts.fail({ request, owner, fence }).catch(() => {});
}

function within(argument: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ArgumentError(argument, `a whole number from ${least} to ${most}`);
}
