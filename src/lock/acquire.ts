import { keys } from "../../generated/ts/index.js";
import type { Scope } from "../client/index.js";
import { BusyError, LostError, OutcomeUnknownError } from "../core/errors.js";
import { lockDefaults } from "./defaults.js";
import { Lease, type LockScripts } from "./lease.js";
import type { ResolvedLockOptions } from "./options.js";
import type { WaitDeadline } from "./wait-deadline.js";
import type { Waiter, WaitQueues } from "./wait-queues.js";

/** What taking a lock needs of its tenant. */
export interface LockTenant {
  readonly scope: Scope;
  readonly scripts: LockScripts;
  readonly waitQueues: WaitQueues;
}

type AcquireResult =
  | { readonly outcome: "acquired"; readonly lease: Lease }
  | { readonly outcome: "busy"; readonly holder: string; readonly retryAfterMs: number }
  /** Granted, but the answer came when the lease was over. */
  | { readonly outcome: "late" };

/**
 * Takes a lock, or waits for it.
 *
 * @throws BusyError, LostError (the grant came too late), NotReplicatedError, OutcomeUnknownError, AbortedError
 */
export async function acquireLock(
  tenant: LockTenant,
  key: string,
  terms: ResolvedLockOptions,
  patience: WaitDeadline,
): Promise<Lease> {
  const asking = (waits: boolean) =>
    patience.result(
      () => tryAcquire(tenant.scripts, key, terms, waits),
      (asked) => {
        if (asked.outcome === "acquired") asked.lease.release().catch(() => {});
      },
    );
  if (patience.isOver) {
    const asked = await asking(false);
    if (asked.outcome === "acquired") return asked.lease;
    throw asked.outcome === "late" ? tooLate() : new BusyError("another holder has the lock", asked);
  }
  const place = tenant.waitQueues.join(keys.lock(tenant.scope, key));
  try {
    return await inTurn(place, asking, terms, patience);
  } finally {
    place.leave();
  }
}

async function inTurn(
  { queue: line, isFirst, turn }: Waiter,
  asking: (waits: boolean) => Promise<AcquireResult>,
  { owner, leaseMs }: ResolvedLockOptions,
  patience: WaitDeadline,
): Promise<Lease> {
  if (!isFirst && !(await patience.sees(turn))) throw line.busy();
  for (;;) {
    const { isListening } = line;
    line.clearWake();
    const asked = await asking(isListening);
    switch (asked.outcome) {
      case "acquired":
        line.saw(owner, leaseMs);
        return asked.lease;
      case "late":
        if (patience.isOver) throw tooLate();
        continue;
      case "busy":
        line.saw(asked.holder, asked.retryAfterMs);
        if (patience.isOver) throw line.busy();
        // Only an answer that came while messages arrive says that there will be one.
        if (isListening) await patience.sees(line.nextWake(), line.pauseMs);
        else await patience.sees(line.listen());
    }
  }
}

async function tryAcquire(
  scripts: LockScripts,
  key: string,
  terms: ResolvedLockOptions,
  waits: boolean,
): Promise<AcquireResult> {
  const { owner, leaseMs, minReplicas } = terms;
  const askedAt = performance.now();
  const reply = await scripts.acquire({ lock: key, owner, leaseMs, waits }).catch(async (error: unknown) => {
    if (error instanceof OutcomeUnknownError) await giveBack(scripts, key, owner);
    throw error;
  });
  if (reply.outcome === "busy") return reply;
  const lease = new Lease(scripts, key, terms, reply.fence, askedAt);
  try {
    // Asked of a renewal, whose fence is known, rather than of every "busy" that a waiter hears.
    if (minReplicas > 0) await lease.renew();
  } catch (error) {
    await lease.release().catch(() => {});
    throw error;
  }
  if (!lease.isOver) return { outcome: "acquired", lease };
  await lease.release().catch(() => {
    // That release may still run. It would end the next grant of this owner, so there is none.
    throw tooLate();
  });
  return { outcome: "late" };
}

/** Gives back what an attempt without an answer may have taken: a second attempt of the same owner tells the fence. */
async function giveBack(scripts: LockScripts, key: string, owner: string): Promise<void> {
  const options = { deadlineMs: lockDefaults.cleanupMs.value };
  try {
    const reply = await scripts.acquire({ lock: key, owner, leaseMs: 1 }, options);
    if (reply.outcome === "busy") return;
    await scripts.release({ lock: key, owner, fence: reply.fence }, options);
  } catch {
    // Nothing more can be done: the lock ends with its lease.
  }
}

function tooLate(): LostError {
  return new LostError("the grant came when its lease was over");
}
