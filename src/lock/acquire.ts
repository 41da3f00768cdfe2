import { keys } from "../../generated/ts/index.js";
import type { Scope } from "../client/index.js";
import { BusyError, LostError, OutcomeUnknownError } from "../core/errors.js";
import { lockDefaults } from "./defaults.js";
import { LockLease, type LockScripts } from "./lease.js";
import type { ResolvedLockOptions } from "./options.js";
import type { WaitDeadline } from "./wait-deadline.js";
import type { Waiter, WaitQueues } from "./wait-queues.js";

/** The tenant's scope, scripts and wait queues. */
export interface LockTenant {
  readonly scope: Scope;
  readonly scripts: LockScripts;
  readonly waitQueues: WaitQueues;
}

type AcquireResult =
  | { readonly outcome: "acquired"; readonly lease: LockLease }
  | { readonly outcome: "busy"; readonly holder: string; readonly retryAfterMs: number }
  /** Granted, but the reply came after the lease had ended. */
  | { readonly outcome: "late" };

/**
 * Acquires a lock, and waits for it until the deadline.
 *
 * @throws BusyError, NotReplicatedError, OutcomeUnknownError, AbortedError, or LostError if the
 *   reply came too late
 */
export async function acquireLock(
  tenant: LockTenant,
  key: string,
  options: ResolvedLockOptions,
  deadline: WaitDeadline,
): Promise<LockLease> {
  const attempt = (waits: boolean) =>
    deadline.resultOf(
      () => tryAcquire(tenant.scripts, key, options, waits),
      (result) => {
        if (result.outcome === "acquired") result.lease.release().catch(() => {});
      },
    );
  if (deadline.hasPassed) {
    const result = await attempt(false);
    if (result.outcome === "acquired") return result.lease;
    throw result.outcome === "late" ? lateError() : new BusyError("another holder has the lock", result);
  }
  const waiter = tenant.waitQueues.join(keys.lock(tenant.scope, key));
  try {
    return await acquireInTurn(waiter, attempt, options, deadline);
  } finally {
    waiter.leave();
  }
}

async function acquireInTurn(
  { queue, isFirst, turn }: Waiter,
  attempt: (waits: boolean) => Promise<AcquireResult>,
  { owner, leaseMs }: ResolvedLockOptions,
  deadline: WaitDeadline,
): Promise<LockLease> {
  if (!isFirst && !(await deadline.endsInTime(turn))) throw queue.busyError();
  for (;;) {
    const { isListening } = queue;
    queue.clearWake();
    const result = await attempt(isListening);
    switch (result.outcome) {
      case "acquired":
        queue.noteHolder(owner, leaseMs);
        return result.lease;
      case "late":
        if (deadline.hasPassed) throw lateError();
        continue;
      case "busy":
        queue.noteHolder(result.holder, result.retryAfterMs);
        if (deadline.hasPassed) throw queue.busyError();
        // A message surely follows only if the request was sent after the subscription.
        if (isListening) await deadline.endsInTime(queue.nextWake(), queue.pollDelayMs);
        else await deadline.endsInTime(queue.listen());
    }
  }
}

async function tryAcquire(
  scripts: LockScripts,
  key: string,
  options: ResolvedLockOptions,
  waits: boolean,
): Promise<AcquireResult> {
  const { owner, leaseMs, minReplicas } = options;
  const sentAt = performance.now();
  const reply = await scripts.acquire({ lock: key, owner, leaseMs, waits }).catch(async (error: unknown) => {
    if (error instanceof OutcomeUnknownError) await releaseUnknown(scripts, key, owner);
    throw error;
  });
  if (reply.outcome === "busy") return reply;
  const lease = new LockLease(scripts, key, options, reply.fence, sentAt);
  try {
    // The renewal waits for the replicas. `acquire` does not, because its "busy" reply needs no
    // replica.
    if (minReplicas > 0) await lease.renew();
  } catch (error) {
    await lease.release().catch(() => {});
    throw error;
  }
  if (!lease.hasEnded) return { outcome: "acquired", lease };
  await lease.release().catch(() => {
    // The release may still run later and would end the next lease of this owner. So no attempt
    // follows.
    throw lateError();
  });
  return { outcome: "late" };
}

/**
 * Releases what an attempt without a reply may have acquired. A second attempt of the same owner
 * returns the fence.
 */
async function releaseUnknown(scripts: LockScripts, key: string, owner: string): Promise<void> {
  const options = { deadlineMs: lockDefaults.cleanupMs.value };
  try {
    const reply = await scripts.acquire({ lock: key, owner, leaseMs: 1 }, options);
    if (reply.outcome === "busy") return;
    await scripts.release({ lock: key, owner, fence: reply.fence }, options);
  } catch {
    // No other way to release it exists. The lock ends with its lease.
  }
}

function lateError(): LostError {
  return new LostError("the lock's reply came after its lease had ended");
}
