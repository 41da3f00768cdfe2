import { setTimeout as pause } from "node:timers/promises";
import { createMoonpath, type HeldLock, MoonpathError, type Tenant } from "../../../../src/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { formatNumber } from "../../support/run-concurrently.js";
import { type WatchedPair, watchedPair } from "../../support/sentinels.js";

/**
 * Longer than any failover, so that a holder still has its lease when the next one requests the
 * lock.
 */
const LEASE_MS = 20_000;
const LOCKS = 12;
/**
 * The time over which holders request their locks. The link fails during it, and then the primary
 * dies.
 */
const ASK_MS = 240;
const CUT_AFTER_MS = 100;
const KILL_AFTER_MS = 200;

interface Tally {
  /** Grants that a holder received before the failover. */
  told: number;
  /** Of these, the locks that the next holder did not get. */
  kept: number;
  /** Of these, the locks that the next holder got too, while the first lease still ran. */
  twice: number;
  /** Requests that ended with an error instead of a grant. */
  refused: number;
}

/**
 * The link to the replica fails, and then the primary dies. Sentinel promotes the replica, which
 * does not have the last locks.
 */
export const sentinelFailover: Fault = {
  id: 6,
  name: "Sentinel failover: a dead link, then kill -9 of the primary",
  async run(run) {
    const rounds = run.size({ full: 50, quick: 2 });
    const pair = await watchedPair(run);
    const namespace = run.name();
    // WAIT blocks its connection, so each kind of holder has its own.
    const [safe, plain, next] = [1, 2, 3].map(() => holder(run, pair, namespace));
    if (!safe || !plain || !next) throw new Error("a holder is missing");
    const [acknowledged, bare] = [newTally(), newTally()];
    const fences = new Fences();
    for (let round = 0; round < rounds && !run.signal.aborted; round++) {
      run.progress(
        `failover ${round + 1} of ${rounds}, ${bare.twice} duplicate grants without an acknowledgement`,
      );
      await pair.relink();
      const asking = [
        askForAll(safe, "safe", fences, { minReplicas: 1, replicaWaitMs: 40 }),
        askForAll(plain, "plain", fences, { minReplicas: 0 }),
      ];
      await pause(CUT_AFTER_MS);
      pair.cutOff();
      await pause(KILL_AFTER_MS - CUT_AFTER_MS);
      await pair.failOver();
      const [first = [], second = []] = await Promise.all(asking);
      const held = [
        ...(await takeAfter(next, first, "safe", fences, acknowledged)),
        ...(await takeAfter(next, second, "plain", fences, bare)),
      ];
      await Promise.all([...first, ...second, ...held].map((lock) => lock?.release().catch(() => {})));
      if (round + 1 < rounds) await pair.bringBack();
    }
    return {
      size: `${rounds} failovers, ${formatNumber(rounds * LOCKS)} locks requested with a replica's acknowledgement, and as many without`,
      figure: `${acknowledged.twice} duplicate grants of ${formatNumber(acknowledged.told)} acknowledged ones, ${formatNumber(acknowledged.refused)} refused; ${fences.notRisen} of ${formatNumber(fences.told)} fences did not rise`,
      control: `without acknowledgement: ${formatNumber(bare.twice)} duplicate grants of ${formatNumber(bare.told)}`,
      ok:
        acknowledged.twice === 0 &&
        acknowledged.kept > 0 &&
        acknowledged.refused > 0 &&
        fences.notRisen === 0 &&
        bare.twice > 0,
    };
  },
};

function newTally(): Tally {
  return { told: 0, kept: 0, twice: 0, refused: 0 };
}

/** Checks the fences of the grants for each lock, in this order. */
class Fences {
  readonly #highest = new Map<string, number>();
  told = 0;
  notRisen = 0;

  tell({ key, fence }: HeldLock): void {
    this.told++;
    if (fence <= (this.#highest.get(key) ?? 0)) this.notRisen++;
    this.#highest.set(key, Math.max(fence, this.#highest.get(key) ?? 0));
  }
}

function holder(run: FaultRun, pair: WatchedPair, namespace: string): Tenant {
  const options = { namespace, retries: 1_000, deadlineMs: 15_000 };
  const moonpath = createMoonpath(pair.connect(), options);
  run.onClose(moonpath, () => moonpath.close());
  return moonpath.tenant("shop");
}

interface Replicas {
  readonly minReplicas: number;
  readonly replicaWaitMs?: number;
}

/**
 * Requests one lock after another without waiting for replies. Undefined means that there was no
 * grant.
 */
function askForAll(
  tenant: Tenant,
  kind: string,
  fences: Fences,
  replicas: Replicas,
): Promise<(HeldLock | undefined)[]> {
  const ask = async (_: unknown, index: number) => {
    await pause((index / LOCKS) * ASK_MS);
    const lock = await granted(tenant, `${kind}-${index}`, replicas);
    if (lock) fences.tell(lock);
    return lock;
  };
  return Promise.all(Array.from({ length: LOCKS }, ask));
}

/** The next holder requests all locks. Returns its grants. */
async function takeAfter(
  tenant: Tenant,
  before: readonly (HeldLock | undefined)[],
  kind: string,
  fences: Fences,
  tally: Tally,
): Promise<HeldLock[]> {
  const taken: HeldLock[] = [];
  for (const [index, first] of before.entries()) {
    const second = await granted(tenant, `${kind}-${index}`, { minReplicas: 0 });
    if (second) {
      fences.tell(second);
      taken.push(second);
    }
    if (!first) tally.refused++;
    else tally.told++;
    if (first && !second) tally.kept++;
    if (second && first && first.leaseEndsInMs > 0) tally.twice++;
  }
  return taken;
}

function granted(tenant: Tenant, key: string, replicas: Replicas): Promise<HeldLock | undefined> {
  return tenant.lock.acquire(key, { leaseMs: LEASE_MS, waitMs: 0, ...replicas }).catch((error: unknown) => {
    if (error instanceof MoonpathError) return undefined;
    throw error;
  });
}
