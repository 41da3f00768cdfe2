import { setTimeout as pause } from "node:timers/promises";
import { type Tenant, types } from "../../generated/ts/index.js";
import { newOperation } from "../client/index.js";
import { checkedSignal, isAborted } from "../core/abort-signal.js";
import { checkedInteger } from "../core/checks.js";
import {
  AbortedError,
  ArgumentError,
  InProgressError,
  LostError,
  PayloadMismatchError,
  UnavailableError,
} from "../core/errors.js";
import { Lease } from "../core/lease/lease.js";
import { LeaseGroup } from "../core/lease/lease-group.js";
import { readFrom } from "../core/read-from.js";
import { fingerprintOf } from "./canonical.js";
import { type RecordedReply, readReply, writeError, writeReply } from "./reply.js";
import type { ErrorMeaning, RequestRun, RunOnce, RunOptions } from "./types.js";

/** The scripts that idempotency rests on. */
export type RequestScripts = Pick<Tenant["idempotency"], "begin" | "complete" | "fail">;

/** One attempt to run a request. */
interface Attempt {
  readonly request: string;
  readonly owner: string;
  readonly fingerprint: string;
  readonly leaseMs: number;
}

const ERROR_MEANINGS: ReadonlySet<ErrorMeaning> = new Set<ErrorMeaning>(["release", "record", "unknown"]);
const DAY_MS = 86_400_000;
/** While somebody else runs it, the reply is asked for at least so often, and no more often than the other. */
const ASK_MS = { least: 50, most: 500 } as const;

/** `idempotency.run` over a tenant's generated functions. */
export function createRunOnce(scripts: RequestScripts): RunOnce {
  return async (key, payload, work, options = {}) => {
    if (typeof work !== "function") throw new ArgumentError("work", "a function");
    if (typeof options !== "object" || options === null) throw new ArgumentError("options", "an object");
    const given = readFrom("options", () => {
      const { leaseMs = 30_000, rememberMs = DAY_MS, waitMs = 0, onError, signal } = options;
      return { leaseMs, rememberMs, waitMs, onError, signal };
    });
    const { leaseMs, rememberMs, waitMs, onError } = given;
    checkedInteger("leaseMs", leaseMs, 1_000, DAY_MS);
    checkedInteger("rememberMs", rememberMs, 1_000, 366 * DAY_MS);
    checkedInteger("waitMs", waitMs, 0, DAY_MS);
    if (onError !== undefined && typeof onError !== "function" && !ERROR_MEANINGS.has(onError)) {
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
      const sentAt = performance.now();
      // Not under the signal: an aborted begin might have begun.
      const begun = await scripts.begin(attempt);
      if (isAborted(signal)) {
        if (begun.outcome === "run") await releaseRequest(scripts, attempt, begun.fence);
        throw new AbortedError(ABORTED);
      }
      switch (begun.outcome) {
        case "run": {
          const lease = leaseOf(scripts, attempt, begun.fence, sentAt);
          // Its answer came when its lease was over, and somebody else may run it by now. Asked again, Redis says.
          if (lease.hasEnded) {
            if (wasLate && performance.now() >= endsAt) {
              await releaseRequest(scripts, attempt, begun.fence);
              throw new UnavailableError(
                "every answer came when its lease was over; the work was not started",
              );
            }
            wasLate = true;
            continue;
          }
          return run(scripts, attempt, lease, begun.fence, work, { onError, signal, rememberMs });
        }
        case "replay":
          return readReply(begun.reply);
        case "mismatch":
          throw new PayloadMismatchError("the key was used for a request with another content");
        case "busy": {
          const leftMs = endsAt - performance.now();
          const { retryAfterMs } = begun;
          if (leftMs <= 0) throw new InProgressError("the request is being worked on", { retryAfterMs });
          await pauseUnlessAborted(Math.min(askMs * (0.5 + Math.random()), retryAfterMs, leftMs), signal);
          askMs = Math.min(askMs * 2, ASK_MS.most);
        }
      }
    }
  };
}

/** The lease of a request that runs. The same owner renews it by beginning again. */
function leaseOf(scripts: RequestScripts, attempt: Attempt, fence: number, sentAt: number): Lease {
  return new Lease({
    leaseMs: attempt.leaseMs,
    sentAt,
    renew: async (limits) => {
      const begun = await scripts.begin(attempt, limits);
      return begun.outcome === "run" && begun.fence === fence ? "renewed" : "lost";
    },
  });
}

async function run<Reply>(
  scripts: RequestScripts,
  attempt: Attempt,
  lease: Lease,
  fence: number,
  work: (run: RequestRun) => Promise<Reply> | Reply,
  { onError = "release", rememberMs, signal }: RunOptions & { readonly rememberMs: number },
): Promise<Reply> {
  const { request, owner } = attempt;
  const group = new LeaseGroup({ signal, lossText: "the request's lease ended before its work did" });
  group.add(lease);
  // The effect is there: its reply is worth trying for as long as the lease runs.
  const record = (reply: RecordedReply) =>
    scripts.complete(
      { request, owner, fence, reply, rememberMs },
      { deadlineMs: Math.max(1_000, Math.min(lease.remainingMs, attempt.leaseMs)) },
    );
  try {
    const reply = await runWork(
      work,
      { signal: group.signal, fence, request, throwIfLost: () => group.throwIfLost() },
      async (error) => {
        const meaning = typeof onError === "function" ? onError(error) : onError;
        if (meaning === "release") {
          // A renewal behind it would take the request again, for a whole lease.
          await group.stopRenewals();
          await scripts.fail({ request, owner, fence });
        } else if (meaning === "record") await record(writeError(error));
      },
    );
    return readReply(await recordResult(reply, record));
  } finally {
    await group.end();
  }
}

/**
 * Records the work's result. The effect is there also where the result cannot be stored: then that error is recorded, so that
 * the work does not run again.
 */
async function recordResult(
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
async function runWork<Reply>(
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

async function pauseUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(ms, undefined, signal ? { signal } : {});
  } catch {
    throw new AbortedError(ABORTED);
  }
}

const ABORTED = "the wait for a request was aborted";

/** For others to run it at once. Where that fails, they wait until the lease is over. */
async function releaseRequest(
  scripts: RequestScripts,
  { request, owner }: Attempt,
  fence: number,
): Promise<void> {
  await scripts.fail({ request, owner, fence }).catch(() => {});
}
