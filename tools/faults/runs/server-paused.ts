import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type HeldLock, keys, MoonpathError } from "../../../src/index.js";
import type { Fault } from "../fault.js";
import type { FaultRun } from "../fault-run.js";
import { client, connect, type ServerAddress } from "../support/connections.js";
import { ownPair } from "../support/pairs.js";
import { formatNumber } from "../support/run-concurrently.js";

const LEASE_MS = 200;
const PAUSE_MS = 400;
const CALLERS = 50;
/** Redis tells what is left of a lease in whole milliseconds. */
const ROUNDING_MS = 1;

interface Tally {
  asked: number;
  given: number;
  expired: number;
  /** Over when the caller first looked, and saying so: the process stood still between the two. */
  told: number;
}

/**
 * The server is paused for longer than the lease: before it grants a lock, or between the grant
 * and its acknowledgement.
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
 * The pause is there already; callers come at any moment of it, some of them within a lease of its
 * end.
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

/** The grant is made, and then the pause comes, before a replica's word. */
async function pausedWithin(run: FaultRun, place: ServerAddress, tally: Tally): Promise<void> {
  const { watch, own, namespace, close } = await setUp(run, place);
  const asking = Array.from({ length: CALLERS }, (_, caller) =>
    own.tenant.lock.acquire(`lock-${caller}`, {
      leaseMs: LEASE_MS,
      // Half of them ask again.
      waitMs: caller % 2 === 0 ? 0 : 3_000,
      minReplicas: 1,
      replicaWaitMs: 1_000,
    }),
  );
  const judged = asking.map((lock) => judge(lock, watch, namespace, tally));
  // Behind them on the same connection.
  await own.redis.client("PAUSE", PAUSE_MS, "ALL");
  await Promise.all(judged);
  close();
}

/**
 * Counts the lock that comes, and whether its lease ends in Redis before its holder believes so.
 */
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
  const leftMs = await watch.pttl(keys.lock({ namespace, tenant: "shop" }, lock.key));
  const endsBefore = performance.now() + Math.max(0, leftMs) + ROUNDING_MS;
  if (believedMs === 0) tally.told++;
  else if (endsBefore < believedEnd) tally.expired++;
  await lock.release();
}

/** The script without `locks`: it answers "acquired", whenever that arrives. */
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
    const left = await watch.pttl(keys.lock({ namespace, tenant: "shop" }, `lock-${caller}`));
    if (left < 0) over++;
  }
  close();
  return { granted, over };
}

/** Connections that are warm: what follows goes out at once. */
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
