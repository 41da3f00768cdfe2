import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type HeldLock, keys, MoonpathError } from "../../../../src/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { client, connect, type ServerAddress } from "../../support/connections.js";
import { redisNowMs } from "../../support/in-worker.js";
import { ownPair } from "../../support/pairs.js";
import { formatNumber } from "../../support/run-concurrently.js";

const LEASE_MS = 200;
const PAUSE_MS = 400;
const CALLERS = 50;
/** Redis reports the rest of a lease in whole milliseconds. */
const ROUNDING_MS = 1;

interface Tally {
  asked: number;
  given: number;
  expired: number;
  /**
   * Leases that had ended at the caller's first check, with `leaseEndsInMs` 0, because the process
   * did not run between both.
   */
  told: number;
}

/**
 * The server is paused for longer than the lease, before it grants a lock or between the grant and
 * its acknowledgement.
 */
export const serverPaused: Fault = {
  id: 17,
  name: "CLIENT PAUSE beyond the lease during acquire",
  async run(run) {
    const { primary } = await ownPair(run);
    const rounds = run.size({ full: 200, quick: 4 });
    const tally: Tally = { asked: 0, given: 0, expired: 0, told: 0 };
    for (let round = 0; round < rounds && !run.signal.aborted; round++) {
      run.progress(`pause ${round + 1} of ${rounds}`);
      if (round % 2 === 0) await pausedBefore(run, primary, tally);
      else await pausedWithin(run, primary, tally);
    }
    const bare = await bareGrants(run, primary);
    return {
      size: `${rounds} pauses of ${PAUSE_MS} ms, ${formatNumber(tally.asked)} locks requested, leases of ${LEASE_MS} ms`,
      figure: `${tally.expired} expired locks among ${formatNumber(tally.given)} granted`,
      control: `the bare script with an acknowledgement: ${bare.over} of ${bare.granted} grants had expired on arrival`,
      ok: tally.expired === 0 && tally.given > 0 && bare.over > 0,
      ...(tally.told > 0
        ? { note: `${tally.told} expired before the holder's first check, and \`leaseEndsInMs\` was 0` }
        : {}),
    };
  },
};

/**
 * The server is paused already. Callers request locks at all times of the pause, some of them
 * shortly before its end.
 */
async function pausedBefore(run: FaultRun, place: ServerAddress, tally: Tally): Promise<void> {
  const { admin, watch, own, namespace, close } = await setUp(run, place);
  await admin.client("PAUSE", PAUSE_MS, "ALL");
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      await pause((caller / CALLERS) * PAUSE_MS);
      const asking = own.tenant.lock.acquire(`lock-${caller}`, { leaseMs: LEASE_MS, waitMs: 3_000 });
      await judge(asking, watch, namespace, tally);
    }),
  );
  close();
}

/** The server grants the lock, and the pause comes before the replica's acknowledgement. */
async function pausedWithin(run: FaultRun, place: ServerAddress, tally: Tally): Promise<void> {
  const { watch, own, namespace, close } = await setUp(run, place);
  const asking = Array.from({ length: CALLERS }, (_, caller) =>
    own.tenant.lock.acquire(`lock-${caller}`, {
      leaseMs: LEASE_MS,
      // Half of the callers wait and ask again.
      waitMs: caller % 2 === 0 ? 0 : 3_000,
      minReplicas: 1,
      replicaWaitMs: 1_000,
    }),
  );
  const judged = asking.map((lock) => judge(lock, watch, namespace, tally));
  // The pause follows the requests on the same connection.
  await own.redis.client("PAUSE", PAUSE_MS, "ALL");
  await Promise.all(judged);
  close();
}

/** Counts a granted lock, and whether its lease ends in Redis before its holder expects it. */
async function judge(
  asking: Promise<HeldLock>,
  watch: Redis,
  namespace: string,
  tally: Tally,
): Promise<void> {
  tally.asked++;
  const lock = await asking.catch((error: unknown) => {
    if (error instanceof MoonpathError) return undefined;
    throw error;
  });
  if (lock === undefined) return;
  tally.given++;
  const believedMs = lock.leaseEndsInMs;
  const believedEnd = performance.now() + believedMs;
  const leftMs = await leaseLeftMs(watch, keys.lock({ namespace, tenant: "shop" }, lock.key));
  const endsBefore = performance.now() + Math.max(0, leftMs) + ROUNDING_MS;
  if (believedMs === 0) tally.told++;
  else if (endsBefore < believedEnd) tally.expired++;
  await lock.release();
}

/** Milliseconds until the lease ends that a lock's text has, by Redis's clock. */
async function leaseLeftMs(redis: Redis, key: string): Promise<number> {
  const [, leaseEndsMs] = ((await redis.get(key)) ?? "").split(" ");
  return Number(leaseEndsMs ?? 0) - (await redisNowMs(redis));
}

/** The control is the script alone: its reply `acquired` counts even if it arrives late. */
async function bareGrants(run: FaultRun, place: ServerAddress): Promise<{ granted: number; over: number }> {
  const { watch, own, namespace, close } = await setUp(run, place);
  const asking = Array.from({ length: CALLERS }, (_, caller) =>
    own.tenant.scripts.lock.acquire(
      { lock: `lock-${caller}`, owner: "me", leaseMs: LEASE_MS },
      { minReplicas: 1, replicaWaitMs: 1_000, deadlineMs: 5_000 },
    ),
  );
  await own.redis.client("PAUSE", PAUSE_MS, "ALL");
  let [granted, over] = [0, 0];
  for (const [caller, reply] of (await Promise.all(asking)).entries()) {
    if (reply.outcome !== "acquired") continue;
    granted++;
    const left = await leaseLeftMs(watch, keys.lock({ namespace, tenant: "shop" }, `lock-${caller}`));
    if (left <= 0) over++;
  }
  close();
  return { granted, over };
}

/** Opens connections in advance, so that later commands are sent at once. */
async function setUp(run: FaultRun, place: ServerAddress) {
  const namespace = run.name();
  const own = client(run, place, namespace);
  const admin = connect(run, place);
  const watch = connect(run, place);
  await Promise.all([own.moonpath.ready(), admin.ping(), watch.ping()]);
  const close = () => {
    own.moonpath.close();
    for (const redis of [own.redis, admin, watch]) redis.disconnect();
  };
  return { admin, watch, own, namespace, close };
}
