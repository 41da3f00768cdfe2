import * as keys from "../../generated/ts/keys.js";
import type { Scope } from "../client/index.js";
import { BusyError, LostError, OutcomeUnknownError } from "../core/errors.js";
import type { WaitDeadline } from "../core/wait-deadline.js";
import { lockDefaults } from "./defaults.js";
import { LockLease, type LockScripts } from "./lease.js";
import type { ResolvedLockOptions } from "./options.js";
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
  const acquisition = new Acquisition(tenant.scripts, key, options, deadline);
  if (deadline.hasPassed) {
    const result = await acquisition.ask(false);
    if (result.outcome === "acquired") return result.lease;
    throw result.outcome === "late" ? lateError() : new BusyError("another holder has the lock", result);
  }
  const waiter = tenant.waitQueues.join(keys.lock(tenant.scope, key));
  try {
    return await acquireInTurn(waiter, acquisition, options.leaseMs, deadline);
  } catch (error) {
    acquisition.giveUp();
    throw error;
  } finally {
    waiter.leave();
  }
}

async function acquireInTurn(
  { queue, isFirst, turn }: Waiter,
  acquisition: Acquisition,
  leaseMs: number,
  deadline: WaitDeadline,
): Promise<LockLease> {
  if (!isFirst && !(await deadline.endsInTime(turn))) throw queue.busyError();
  for (;;) {
    const { isListening } = queue;
    queue.clearWake();
    const result = await acquisition.ask(true);
    switch (result.outcome) {
      case "acquired":
        queue.noteHolder(result.lease.owner, leaseMs);
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

/** The requests of one caller for one lock. */
class Acquisition {
  readonly #scripts: LockScripts;
  readonly #key: string;
  readonly #options: ResolvedLockOptions;
  readonly #deadline: WaitDeadline;
  /** New after each hold, because Redis refuses an owner that has held the lock before. */
  #owner: string;
  /** Whether Redis may still grant the lock, to a request that was sent or to a late copy of it. */
  #isWaiting = false;

  constructor(scripts: LockScripts, key: string, options: ResolvedLockOptions, deadline: WaitDeadline) {
    this.#scripts = scripts;
    this.#key = key;
    this.#options = options;
    this.#deadline = deadline;
    this.#owner = options.newOwner();
  }

  /** Asks Redis once. `waits`: the caller asks again after a busy reply, or gives up. */
  ask(waits: boolean): Promise<AcquireResult> {
    return this.#deadline.resultOf(
      () => this.#ask(waits),
      (result) => {
        if (result.outcome === "acquired") result.lease.release().catch(() => {});
      },
    );
  }

  /**
   * Tells Redis that this owner no longer wants the lock, so a copy of a request that arrives late
   * acquires nothing. Nobody waits for the reply.
   */
  giveUp(): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#scripts.release({ lock: this.#key, owner: this.#owner }).catch(() => {});
  }

  async #ask(waits: boolean): Promise<AcquireResult> {
    const { leaseMs, minReplicas } = this.#options;
    const [key, owner] = [this.#key, this.#owner];
    const wasWaiting = this.#isWaiting;
    this.#isWaiting = waits;
    const sentAt = performance.now();
    const reply = await this.#scripts
      .acquire({ lock: key, owner, leaseMs, waits })
      .catch(async (error: unknown) => {
        this.#isWaiting = wasWaiting && !(error instanceof OutcomeUnknownError);
        if (error instanceof OutcomeUnknownError) await this.#releaseUnknown();
        throw error;
      });
    if (reply.outcome !== "busy") this.#isWaiting = false;
    switch (reply.outcome) {
      case "busy":
        return reply;
      case "ended":
        // The lock was granted, and its lease ended before a retry of the request got this reply.
        this.#owner = this.#options.newOwner();
        return { outcome: "late" };
      case "acquired":
        this.#owner = this.#options.newOwner();
    }
    const { fence, leaseEndsMs, repeated } = reply;
    const lease = new LockLease(this.#scripts, this.#options, { key, owner, fence, leaseEndsMs, sentAt });
    try {
      // The renewal waits for the replicas. `acquire` does not, because its "busy" reply needs no
      // replica. After a repeated grant, it is unknown when the lease began.
      if (minReplicas > 0 || repeated) await lease.renew();
    } catch (error) {
      await lease.release().catch(() => {});
      throw error;
    }
    if (!lease.hasEnded) return { outcome: "acquired", lease };
    await lease.release().catch(() => {});
    return { outcome: "late" };
  }

  /**
   * Releases what a request without a reply may have acquired. If the request arrives later, it
   * acquires nothing.
   */
  async #releaseUnknown(): Promise<void> {
    const options = { deadlineMs: lockDefaults.cleanupMs.value };
    // After an error no other way to release it exists. The lock ends with its lease.
    await this.#scripts.release({ lock: this.#key, owner: this.#owner }, options).catch(() => {});
  }
}

function lateError(): LostError {
  return new LostError("the lock's reply came after its lease had ended");
}
