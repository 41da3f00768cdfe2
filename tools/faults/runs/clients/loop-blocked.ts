import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { startWorker } from "../../fault-run.js";
import { client, ownServer, type ServerAddress } from "../../support/connections.js";
import { formatNumber } from "../../support/run-concurrently.js";

const PROCESSES = 4;
const LEASE_MS = 150;
const BLOCK_MS = 250;
const COUNTS = ["written", "writtenByTimer", "blocked", "ownErrors", "losses", "others"] as const;
type Counts = Record<(typeof COUNTS)[number], number>;

/**
 * A process holds a lock and computes for longer than its lease, while others wait for the lock.
 */
export const loopBlocked: Fault = {
  id: 5,
  name: "Event loop blocked beyond the lease inside lock.using",
  async run(run) {
    const server = await ownServer(run);
    const rounds = run.size({ full: 250, quick: 6 });
    const namespace = run.name();
    const task = {
      port: server.port,
      password: server.password,
      namespace,
      rounds,
      leaseMs: LEASE_MS,
      blockMs: BLOCK_MS,
    };
    const locks = Array.from({ length: PROCESSES }, (_, one) => `report-${one}`);
    const workers = locks.map((lock) => startWorker(run, "blocked", { ...task, lock }));
    const rivals = startRivals(run, server, namespace, locks);
    const sum: Counts = { written: 0, writtenByTimer: 0, blocked: 0, ownErrors: 0, losses: 0, others: 0 };
    for (const worker of workers) {
      const heard = await worker.receive();
      for (const name of COUNTS) sum[name] += countIn(heard, name);
    }
    const taken = await rivals();
    const rest = sum.blocked - sum.ownErrors - sum.losses;
    return {
      size: `${formatNumber(sum.blocked)} blocks of ${BLOCK_MS} ms under leases of ${LEASE_MS} ms, ${PROCESSES} processes; others took the lock ${formatNumber(taken)} times`,
      figure: `${sum.written} writes after the loss; ${formatNumber(sum.ownErrors)} calls ended with the caller's own error, ${formatNumber(sum.losses)} with LostError, ${rest} with neither`,
      control: `a signal that a timer aborts: ${formatNumber(sum.writtenByTimer)} writes after the loss`,
      ok:
        sum.written === 0 &&
        rest === 0 &&
        sum.ownErrors === sum.blocked / 2 &&
        sum.blocked === rounds * PROCESSES &&
        taken > 0 &&
        sum.writtenByTimer > 0,
      ...(sum.others > 0 ? { note: `${sum.others} attempts did not get the lock in time` } : {}),
    };
  },
};

/** Other clients acquire the same locks as soon as a lease has ended. */
function startRivals(
  run: FaultRun,
  place: ServerAddress,
  namespace: string,
  locks: readonly string[],
): () => Promise<number> {
  const { tenant } = client(run, place, namespace);
  let [taken, over] = [0, false];
  const running = locks.map(async (lock) => {
    while (!over && !run.signal.aborted) {
      const won = await tenant.lock
        .using(lock, { leaseMs: 5_000, waitMs: 1_000 }, () => true)
        .catch(() => false);
      if (won) taken++;
      // Lets the worker continue.
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
