import { setTimeout as pause } from "node:timers/promises";
import type { Tenant } from "../../generated/ts/index.js";
import * as types from "../../generated/ts/types.js";
import { newOperation, type SingleCalls } from "../client/index.js";
import { checkedSignal, isAborted } from "../core/abort-signal.js";
import {
  AbortedError,
  ArgumentError,
  InProgressError,
  LostError,
  OutcomeUnknownError,
  PayloadMismatchError,
  UnavailableError,
} from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { Lease } from "../core/lease/lease.js";
import { LeaseGroup } from "../core/lease/lease-group.js";
import { renewByEnd } from "../core/lease/renew-by-end.js";
import { readFrom } from "../core/read-from.js";
import { payloadHashOf } from "./canonical.js";
import { idempotencyDefaults as defaults } from "./defaults.js";
import { type RecordedReply, readReply, writeError, writeReply } from "./reply.js";
import { checkTimes, type RunTimes } from "./times.js";
import type { ErrorMeaning, RequestRun, RunOnce, RunOptions } from "./types.js";

/** The scripts that `run` calls. */
export type RequestScripts = SingleCalls<Tenant["idempotency"], "begin" | "renew" | "complete" | "fail">;

/** One run of a request, as `begin` granted it. */
interface GrantedRun {
  readonly request: string;
  readonly owner: string;
  readonly fence: number;
  readonly lease: Lease;
}

const ERROR_MEANINGS: ReadonlySet<ErrorMeaning> = new Set<ErrorMeaning>(["release", "record", "unknown"]);

/** `idempotency.run` over a tenant's generated functions. */
export function createRunOnce(scripts: RequestScripts): RunOnce {
  return async (key, payload, work, options = {}) => {
    if (typeof work !== "function") throw new ArgumentError("work", "a function");
    if (typeof options !== "object" || options === null) throw new ArgumentError("options", "an object");
    const { leaseMs, rememberMs, waitMs, onError, signal } = resolveOptions(options);
    types.id.encode("key", key);
    const payloadHash = readFrom("payload", () => payloadHashOf(payload));
    if (isAborted(signal)) throw new AbortedError(ABORTED);
    const endsAt = performance.now() + waitMs;
    let pollMs: number = defaults.minPollMs.value;
    let hasLateReply = false;
    // New after each run, because Redis refuses an owner that has run the request before.
    let owner = newOperation();
    for (;;) {
      const sentAt = performance.now();
      const waits = sentAt < endsAt;
      const letGo = () => void scripts.fail({ request: key, owner }).catch(() => {});
      // Without the signal, because an aborted `begin` may have run.
      const begun = await scripts
        .begin({ request: key, owner, payloadHash, leaseMs, waits })
        .catch((error: unknown) => {
          if (error instanceof OutcomeUnknownError) letGo();
          throw error;
        });
      if (isAborted(signal)) {
        if (begun.outcome === "run") await releaseRun(scripts, { request: key, owner, fence: begun.fence });
        else if (waits && begun.outcome === "busy") letGo();
        throw new AbortedError(ABORTED);
      }
      if (begun.outcome === "run") {
        const lease = leaseOf(scripts, { request: key, owner, leaseMs, sentAt, ...begun });
        const granted = { request: key, owner, fence: begun.fence, lease };
        // It is unknown when the lease of a repeated run began, so it is renewed.
        const isKnown = !begun.repeated || (await lease.renew().catch(() => "lost")) === "renewed";
        if (isKnown && !lease.hasEnded) return run(scripts, granted, work, { onError, signal, rememberMs });
        await releaseRun(scripts, granted);
      }
      switch (begun.outcome) {
        // The reply came after the lease had ended, and another process may run the request. So the call
        // begins again. After `ended`, an earlier copy of the call had begun, and its lease is over.
        case "run":
        case "ended":
          if (hasLateReply && performance.now() >= endsAt) {
            throw new UnavailableError(
              "every reply came after its lease had ended; the work was not started",
            );
          }
          hasLateReply = true;
          owner = newOperation();
          continue;
        case "replay":
          return readReply(begun.reply);
        case "mismatch":
          throw new PayloadMismatchError("the key was used for a request with another payload");
        case "busy": {
          const leftMs = endsAt - performance.now();
          const { retryAfterMs } = begun;
          if (leftMs <= 0) {
            if (waits) letGo();
            throw new InProgressError("another process runs the request", { retryAfterMs });
          }
          await pauseUnlessAborted(
            Math.min(pollMs * (0.5 + Math.random()), retryAfterMs, leftMs),
            signal,
            letGo,
          );
          pollMs = Math.min(pollMs * 2, defaults.maxPollMs.value);
        }
      }
    }
  };
}

const runOptions: OptionNames<RunOptions> = {
  leaseMs: true,
  rememberMs: true,
  waitMs: true,
  onError: true,
  signal: true,
};

/** The options with their defaults. */
interface ResolvedRunOptions extends RunTimes {
  readonly onError: NonNullable<RunOptions["onError"]>;
  readonly signal: AbortSignal | undefined;
}

/** @throws ArgumentError */
function resolveOptions(options: RunOptions): ResolvedRunOptions {
  // Each option is read once, because a getter may return another value the next time.
  const resolved = readFrom("options", () => {
    refuseUnknownOptions(options, runOptions);
    const { leaseMs = defaults.leaseMs.value, rememberMs = defaults.rememberMs.value } = options;
    const { waitMs = defaults.waitMs.value, onError = defaults.onError.value, signal } = options;
    return { leaseMs, rememberMs, waitMs, onError, signal };
  });
  const { onError, signal } = resolved;
  checkTimes(resolved);
  if (typeof onError !== "function" && !ERROR_MEANINGS.has(onError)) {
    throw new ArgumentError("onError", "release, record, unknown, or a function that returns one of them");
  }
  checkedSignal(signal);
  return resolved;
}

function leaseOf(
  scripts: RequestScripts,
  grant: {
    readonly request: string;
    readonly owner: string;
    readonly fence: number;
    readonly leaseEndsMs: number;
    readonly leaseMs: number;
    readonly sentAt: number;
  },
): Lease {
  const { request, owner, fence, leaseMs, sentAt } = grant;
  return new Lease({
    leaseMs,
    sentAt,
    renew: renewByEnd(grant.leaseEndsMs, (leaseEndsMs, limits) =>
      scripts.renew({ request, owner, fence, leaseEndsMs, leaseMs }, limits),
    ),
  });
}

async function run<Reply>(
  scripts: RequestScripts,
  { request, owner, fence, lease }: GrantedRun,
  work: (run: RequestRun) => Promise<Reply> | Reply,
  { onError, rememberMs, signal }: Pick<ResolvedRunOptions, "onError" | "rememberMs" | "signal">,
): Promise<Reply> {
  const group = new LeaseGroup({ signal, lossText: "the request's lease ended before its work did" });
  group.add(lease);
  // The effect exists, so the client tries to record its reply until the lease ends.
  const record = (reply: RecordedReply) =>
    scripts.complete(
      { request, owner, fence, reply, rememberMs },
      { deadlineMs: Math.max(1_000, Math.min(lease.remainingMs, lease.leaseMs)) },
    );
  try {
    const reply = await runWork(
      work,
      { signal: group.signal, fence, request, throwIfLost: () => group.throwIfLost() },
      async (error) => {
        const meaning = typeof onError === "function" ? onError(error) : onError;
        if (meaning === "release") {
          // A renewal after `fail` would report a lost lease.
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
 * Records the work's result. If the result cannot be stored, it records that error instead: the
 * effect exists, and the work must not run again.
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

/** The work's result. An error of `onError` does not replace the work's own error. */
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

async function pauseUnlessAborted(
  ms: number,
  signal: AbortSignal | undefined,
  onAbort: () => void,
): Promise<void> {
  try {
    await pause(ms, undefined, signal ? { signal } : {});
  } catch {
    onAbort();
    throw new AbortedError(ABORTED);
  }
}

const ABORTED = "the wait for a request was aborted";

/**
 * Lets another process run the request at once. If this call fails, they wait until the lease ends.
 */
async function releaseRun(
  scripts: RequestScripts,
  { request, owner, fence }: Pick<GrantedRun, "request" | "owner" | "fence">,
): Promise<void> {
  await scripts.fail({ request, owner, fence }).catch(() => {});
}
