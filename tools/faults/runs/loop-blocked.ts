import { setTimeout as pause } from "node:timers/promises";
import type { Bench } from "../bench.js";
import { startWorker } from "../bench.js";
import type { Fault } from "../fault.js";
import { client, ownServer, type Place } from "../support/connections.js";
import { number } from "../support/crowd.js";

const PROCESSES = 4;
const LEASE_MS = 150;
const BLOCK_MS = 250;
const COUNTS = ["written", "writtenByTimer", "blocked", "ownErrors", "losses", "others"] as const;
type Counts = Record<(typeof COUNTS)[number], number>;

/** A process holds a lock and computes for longer than its lease, while others wait for the lock. */
export const loopBlocked: Fault = {
  id: 5,
  name: "Event loop blocked beyond the lease inside locks.using",
  async run(bench) {
    const server = await ownServer(bench);
    const rounds = bench.size({ full: 250, quick: 6 });
    const namespace = bench.name();
    const task = {
      port: server.port,
      password: server.password,
      namespace,
      rounds,
      leaseMs: LEASE_MS,
      blockMs: BLOCK_MS,
    };
    const locks = Array.from({ length: PROCESSES }, (_, one) => `report-${one}`);
    const workers = locks.map((lock) => startWorker(bench, "blocked", { ...task, lock }));
    const rivals = startRivals(bench, server, namespace, locks);
    const sum: Counts = { written: 0, writtenByTimer: 0, blocked: 0, ownErrors: 0, losses: 0, others: 0 };
    for (const worker of workers) {
      const heard = await worker.hear();
      for (const name of COUNTS) sum[name] += countIn(heard, name);
    }
    const taken = await rivals();
    const rest = sum.blocked - sum.ownErrors - sum.losses;
    return {
      size: `${number(sum.blocked)} blocks of ${BLOCK_MS} ms under leases of ${LEASE_MS} ms, ${PROCESSES} processes; others took the lock ${number(taken)} times`,
      figure: `${sum.written} writes after the loss; the caller's own error survived ${number(sum.ownErrors)} times, LostError came ${number(sum.losses)} times, neither ${rest}`,
      control: `a signal that a timer aborts: ${number(sum.writtenByTimer)} writes after the loss`,
      ok:
        sum.written === 0 &&
        rest === 0 &&
        sum.ownErrors === sum.blocked / 2 &&
        sum.blocked === rounds * PROCESSES &&
        taken > 0 &&
        sum.writtenByTimer > 0,
      ...(sum.others > 0 ? { note: `${sum.others} attempts did not get the lock, or not in time` } : {}),
    };
  },
};

/** Others who want the same locks: they get them as soon as a lease is over. */
function startRivals(
  bench: Bench,
  place: Place,
  namespace: string,
  locks: readonly string[],
): () => Promise<number> {
  const { tenant } = client(bench, place, namespace);
  let [taken, over] = [0, false];
  const running = locks.map(async (lock) => {
    while (!over && !bench.signal.aborted) {
      const won = await tenant.lock
        .using(lock, { leaseMs: 5_000, waitMs: 1_000 }, () => true)
        .catch(() => false);
      if (won) taken++;
      // The worker's turn.
      await pause(20);
    }
  });
  return async () => {
    over = true;
    await Promise.all(running);
    return taken;
  };
}

function countIn(heard: unknown, name: string): number {
  const counts = typeof heard === "object" && heard !== null ? Object.entries(heard) : [];
  return Number(counts.find(([key]) => key === name)?.[1]);
}
