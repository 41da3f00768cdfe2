import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { CallerProcesses, type Round } from "../../support/cache/caller-processes.js";
import { ADDED_TAG, knownTagOf, rowsCache } from "../../support/cache/callers.js";
import { Source } from "../../support/cache/source.js";
import { client, connect, ownServer } from "../../support/connections.js";
import { formatNumber } from "../../support/run-concurrently.js";

/** What is invalidated while an entry is loaded. `settled`: the source is a replica that lags. */
const KINDS = ["entry", "tag", "added tag", "tenant", "soft entry", "soft tag", "settled"] as const;
type Kind = (typeof KINDS)[number];

const CONFIRM = { deadlineMs: 20_000 };
const LAG_MS = 100;
const SETTLE_MS = 1_000;

/**
 * Many callers in several processes read a cold entry. The source changes while one of them loads, and
 * the run invalidates it.
 */
export const loadsInvalidated: Fault = {
  id: 15,
  name: "Callers of several processes on a cold key, with invalidations and kills during the load",
  async run(run) {
    const [server, sourceServer] = await Promise.all([ownServer(run), ownServer(run)]);
    const source = new Source(connect(run, sourceServer), run.name());
    const count = run.size({ full: 8, quick: 4 });
    const callers = run.size({ full: 1_000, quick: 250 });
    const open = (role: "cached" | "plain", processes: number) =>
      CallerProcesses.start(run, { server, sourceServer, source, role, processes });
    const [processes, plain] = await Promise.all([open("cached", count), open("plain", 2)]);
    const cold = await coldRounds(run, processes, callers, run.size({ full: 30, quick: 3 }));
    const invalidated = await changedRounds(run, processes, callers, run.size({ full: 15, quick: 2 }));
    const killed = await killedRounds(run, processes, callers, run.size({ full: 5, quick: 1 }));
    await processes.stop();

    const plainCold = await coldRounds(run, plain, callers, 2);
    const redis = connect(run, server);
    const plainChanged = await plainRounds(run, plain, callers, redis, run.size({ full: 10, quick: 2 }));
    await plain.stop();

    const { tally: changed, settled } = invalidated;
    const all = [cold, killed, changed, settled];
    const sum = (pick: (tally: Tally) => number) => all.reduce((total, tally) => total + pick(tally), 0);
    const [stale, old, failed] = [
      sum((tally) => tally.stale),
      sum((tally) => tally.old),
      sum((tally) => tally.failed),
    ];
    return {
      size: `${formatNumber(sum(({ calls }) => calls))} calls by ${count} processes on ${sum(({ rounds }) => rounds)} cold keys, with ${formatNumber(callers)} callers at once in each process. The run invalidated ${changed.rounds + settled.rounds} of the keys during the load (${KINDS.join(", ")}), and killed ${killed.rounds} processes in it`,
      figure: `${cold.loads} loads for ${cold.rounds} keys, and ${killed.loads} for ${killed.rounds} keys whose first loader was killed. ${stale} stale answers, ${old} stale fills, ${failed} calls failed. An invalidation during the load led to at most ${changed.maxLoads} loads of a key`,
      control: `GET, load and SET: ${plainCold.loads} loads for ${plainCold.rounds} keys; ${formatNumber(plainChanged.stale)} stale answers, and ${plainChanged.old} of ${plainChanged.rounds} keys stayed old`,
      ok:
        cold.loads === cold.rounds &&
        killed.loads === 2 * killed.rounds &&
        stale + failed + old === 0 &&
        // A process waits for one lease only. Then it loads without storing, for all of its callers.
        changed.maxLoads < callers &&
        plainCold.loads > plainCold.rounds &&
        plainChanged.stale > 0 &&
        plainChanged.old > 0,
    };
  },
};

interface Tally {
  rounds: number;
  calls: number;
  loads: number;
  maxLoads: number;
  stale: number;
  failed: number;
  /** Keys of which a process kept an old version. */
  old: number;
}

function newTally(): Tally {
  return { rounds: 0, calls: 0, loads: 0, maxLoads: 0, stale: 0, failed: 0, old: 0 };
}

async function endRound(round: Round, tally: Tally, isSoft = false): Promise<void> {
  const { calls, stale, failed, isStillOld, loads } = await round.end(isSoft);
  tally.rounds++;
  tally.calls += calls;
  tally.loads += loads;
  tally.maxLoads = Math.max(tally.maxLoads, loads);
  tally.stale += stale;
  tally.failed += failed;
  if (isStillOld) tally.old++;
}

/** Nothing happens during the load. */
async function coldRounds(
  run: FaultRun,
  processes: CallerProcesses,
  callers: number,
  rounds: number,
): Promise<Tally> {
  const tally = newTally();
  for (let number = 0; number < rounds && !run.signal.aborted; number++) {
    run.progress(`cold key ${number + 1} of ${rounds}`);
    const round = processes.begin(`${processes.role}-cold-${number}`, callers, { isOpen: false });
    await round.loading();
    await pause(LAG_MS);
    round.release();
    await endRound(round, tally);
  }
  return tally;
}

/** The process that loads is killed. */
async function killedRounds(
  run: FaultRun,
  processes: CallerProcesses,
  callers: number,
  rounds: number,
): Promise<Tally> {
  const tally = newTally();
  for (let number = 0; number < rounds && !run.signal.aborted; number++) {
    run.progress(`kill ${number + 1} of ${rounds}`);
    await processes.replace();
    const round = processes.begin(`killed-${number}`, callers, { isOpen: false });
    await processes.kill(await round.loading());
    await endRound(round, tally);
  }
  return tally;
}

/** The source changes during the load, and the run invalidates. */
async function changedRounds(
  run: FaultRun,
  processes: CallerProcesses,
  callers: number,
  roundsOfKind: number,
): Promise<{ readonly tally: Tally; readonly settled: Tally }> {
  const { moonpath, tenant } = client(run, processes.server, processes.namespace);
  const { source } = processes;
  const rows = rowsCache(
    moonpath,
    async (entry, tag) => {
      tag(ADDED_TAG);
      await source.countLoad(entry);
      return { version: await source.version(entry) };
    },
    true,
  ).tenant("shop");
  const invalidate = (kind: Kind, entry: string) => {
    switch (kind) {
      case "entry":
        return rows.invalidate({ entry }, CONFIRM);
      case "settled":
        return rows.invalidate({ entry }, { ...CONFIRM, settleMs: SETTLE_MS });
      case "soft entry":
        return rows.expire({ entry }, CONFIRM);
      case "tag":
        return tenant.cache.invalidateTags([knownTagOf(entry)], CONFIRM);
      case "added tag":
        return tenant.cache.invalidateTags([ADDED_TAG], CONFIRM);
      case "soft tag":
        return tenant.cache.expireTags([knownTagOf(entry)], CONFIRM);
      case "tenant":
        return tenant.cache.invalidateAll(CONFIRM);
    }
  };
  const tally = newTally();
  // While the source settles, nothing is stored, so each process loads again and again.
  const settled = newTally();
  for (let number = 0; number < roundsOfKind * KINDS.length && !run.signal.aborted; number++) {
    run.progress(`invalidation ${number + 1} of ${roundsOfKind * KINDS.length}`);
    const kind = KINDS[number % KINDS.length] ?? "entry";
    const entry = `changed-${number}`;
    const isSoft = kind === "soft entry" || kind === "soft tag";
    if (isSoft) {
      // A refresh runs when the invalidation comes.
      for (let load = 0; load < 5 && !(await rows.exists({ entry })); load++) {
        await rows.getOrLoad({ entry });
        await pause(5);
      }
      await rows.expire({ entry }, CONFIRM);
    }
    const waitingLoad = (await source.loads(entry)) + 1;
    const round = processes.begin(entry, callers, { isOpen: true, waitingLoad });
    await round.loading();
    const change = async () => {
      if (kind !== "settled") {
        const version = await source.raise(entry);
        const confirmed = invalidate(kind, entry);
        // In half of the rounds, the load ends while the invalidation is on its way.
        if (Math.floor(number / KINDS.length) % 2 === 1) round.release();
        if ((await confirmed) === "done") await source.confirm(entry, version);
        return;
      }
      const outcome = await invalidate(kind, entry);
      round.release();
      await pause(LAG_MS);
      const version = await source.raise(entry);
      if (outcome === "done") await source.confirm(entry, version);
    };
    await change();
    round.release();
    await pause(LAG_MS);
    await endRound(round, kind === "settled" ? settled : tally, isSoft);
  }
  return { tally, settled };
}

/** The control: a cache without leases, whose entries are deleted during the load. */
async function plainRounds(
  run: FaultRun,
  processes: CallerProcesses,
  callers: number,
  redis: Redis,
  rounds: number,
): Promise<Tally> {
  const { source } = processes;
  const tally = newTally();
  for (let number = 0; number < rounds && !run.signal.aborted; number++) {
    run.progress(`control ${number + 1} of ${rounds}`);
    const entry = `plain-${number}`;
    const round = processes.begin(entry, callers, { isOpen: true });
    await round.loading();
    const version = await source.raise(entry);
    await redis.del(`${processes.namespace}:plain:${entry}`);
    await source.confirm(entry, version);
    // The other process stores the new value, and then the load stores the old one over it.
    await pause(LAG_MS);
    round.release();
    await pause(LAG_MS);
    await endRound(round, tally);
  }
  return tally;
}
