import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import * as keys from "../../../../generated/ts/keys.js";
import { slotOf } from "../../../../src/client/connection/slot.js";
import { startProxy } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { BOUND_MS, L1Load, type L1Tally } from "../../support/cache/l1-load.js";
import { connectCluster, moveSlot, ownCluster, takeOver, waitForRole } from "../../support/clusters.js";
import { connect, ownServer } from "../../support/connections.js";
import { formatNumber } from "../../support/run-concurrently.js";
import { watchedPair } from "../../support/sentinels.js";

/** Much longer than a message takes, and shorter than the heartbeat. */
const MOMENT_MS = 200;
/** A slot stays half moved for so long. */
const HALF_MS = 20;

/** L1 of two processes, while what tells them of changes breaks, and a third one changes entries. */
export const l1Untracked: Fault = {
  id: 26,
  name: "L1: connections cut and silent, failovers, slots moved, a full tracking table",
  async run(run) {
    const broken = await brokenConnections(run, run.size({ full: 10, quick: 1 }));
    const full = await fullTable(run, run.size({ full: 20_000, quick: 1_500 }));
    const moved = await movedSlots(run, run.size({ full: 60, quick: 4 }), run.size({ full: 4, quick: 1 }));
    const [safe, plain] = await sentinelFailovers(run, run.size({ full: 8, quick: 1 }));
    const control = await withoutTracking(run, run.size({ full: 5_000, quick: 2_000 }));
    const bounded = [broken.tally, full, moved.tally, safe];
    const sum = (pick: (tally: L1Tally) => number) =>
      bounded.reduce((total, tally) => total + pick(tally), 0);
    const [calls, beyond, kept] = [sum((t) => t.calls), sum((t) => t.beyond), sum((t) => t.kept)];
    const oldestMs = Math.max(...bounded.map((tally) => tally.oldestMs));
    return {
      size: `${formatNumber(calls)} calls, ${formatNumber(sum((t) => t.inL1))} answered by L1, and ${formatNumber(sum((t) => t.confirmed))} invalidations, while connections were cut or silent ${broken.faults} times, the tracking table was full, ${moved.slots} slots moved, and primaries failed over ${moved.failovers + safe.failovers} times`,
      figure: `${beyond} answers beyond the bound of ${formatNumber(BOUND_MS)} ms, the oldest ${Math.ceil(oldestMs)} ms after its invalidation (cut or silent ${Math.ceil(broken.tally.oldestMs)}, full table ${Math.ceil(full.oldestMs)}, cluster ${Math.ceil(moved.tally.oldestMs)}, Sentinel ${Math.ceil(safe.oldestMs)} ms); ${kept} entries stayed old`,
      control: `values in a map without tracking: ${formatNumber(control.beyond)} of ${formatNumber(control.calls)} answers beyond the bound, ${control.kept} entries stayed old`,
      note: `With failovers, an invalidation needs minReplicas: 1. Without it, Sentinel failovers led to ${formatNumber(plain.old)} old answers of ${formatNumber(plain.calls)}, the oldest ${formatNumber(Math.ceil(plain.oldestMs))} ms after its invalidation, and ${plain.kept} entries stayed old`,
      ok:
        beyond + kept + plain.kept === 0 &&
        bounded.every((tally) => tally.inL1 > 0 && tally.confirmed > 0) &&
        control.beyond > 0 &&
        control.kept > 0,
    };
  },
};

/** Each connection between the server and L1 is killed, cut, or falls silent. */
async function brokenConnections(run: FaultRun, rounds: number) {
  const server = await ownServer(run);
  const proxy = run.onClose(await startProxy(server), (started) => started.stop());
  const admin = connect(run, server);
  const load = new L1Load(run, {
    namespace: run.name(),
    reader: () => connect(run, proxy),
    writer: connect(run, server),
  });
  const faults = [
    () => killed(admin, "pubsub", /\bsub=1/),
    () => killed(admin, "normal", /\bflags=\S*t/),
    async () => proxy.cut(),
    async () => {
      proxy.blackHole();
      await pause(2 * BOUND_MS);
      proxy.heal();
    },
    async () => {
      await admin.client("PAUSE", MOMENT_MS, "ALL");
    },
    async () => {
      await admin.flushall();
    },
  ];
  await load.inL1();
  for (let round = 0; round < rounds; round++) {
    for (const [place, fault] of faults.entries()) {
      run.progress(`broken connection ${round * faults.length + place + 1} of ${rounds * faults.length}`);
      await fault();
      await pause(MOMENT_MS);
      await load.inL1();
    }
  }
  return { tally: await load.end(), faults: rounds * faults.length };
}

async function killed(admin: Redis, type: "normal" | "pubsub", pattern: RegExp): Promise<void> {
  const lines = String(await admin.call("CLIENT", ["LIST", "TYPE", type])).split("\n");
  for (const line of lines) {
    const id = /\bid=(\d+)/.exec(line)?.[1];
    if (id !== undefined && pattern.test(line)) await admin.client("KILL", "ID", id);
  }
}

/** The server tracks fewer keys than L1 has. */
async function fullTable(run: FaultRun, ms: number): Promise<L1Tally> {
  run.progress("the tracking table is full");
  const server = await ownServer(run, { "tracking-table-max-keys": "12" });
  const load = new L1Load(run, {
    namespace: run.name(),
    reader: () => connect(run, server),
    writer: connect(run, server),
  });
  await load.inL1();
  await pause(ms, undefined, { signal: run.signal });
  return load.end();
}

/** Slots move between primaries, and primaries fail over. */
async function movedSlots(run: FaultRun, count: number, rounds: number) {
  const cluster = await ownCluster(run);
  const admins = cluster.nodes.map((node) => connect(run, node));
  const namespace = run.name();
  const load = new L1Load(run, {
    namespace,
    reader: () => connectCluster(run, cluster),
    writer: connectCluster(run, cluster),
    minReplicas: 1,
  });
  await load.inL1();
  for (let number = 0; number < count; number++) {
    run.progress(`slot ${number + 1} of ${count} moves`);
    const scope = { namespace, tenant: "shop" };
    const entry = `${Math.floor(number / 2) % 24}`;
    // The keys of entries and those of tags.
    const key =
      number % 2 === 0 ? keys.cacheEntry(scope, `row:${entry}`) : keys.cacheTag(scope, `tag-${entry}`);
    await moveSlot(admins.slice(0, 3), slotOf(key), HALF_MS);
    await load.inL1();
  }
  await cluster.healthy();
  let failovers = 0;
  for (let round = 0; round < rounds; round++) {
    run.progress(`failover ${round + 1} of ${rounds} of the cluster`);
    const place = round % 3;
    const [node, admin, replica] = [cluster.nodes[place], admins[place], admins[place + 3]];
    if (!node || !admin || !replica) throw new Error("no such node");
    await node.kill();
    await waitForRole(replica, "master");
    await load.inL1();
    await node.restart();
    await waitForRole(admin, "slave");
    await takeOver(admin);
    await cluster.healthy();
    await waitForRole(replica, "slave");
    await load.inL1();
    failovers += 2;
  }
  return { tally: await load.end(), slots: count, failovers };
}

/** The link to the replica breaks, and then the primary dies. Both with and without acknowledgements. */
async function sentinelFailovers(run: FaultRun, rounds: number) {
  const pair = await watchedPair(run);
  const loadOf = (minReplicas: number) =>
    new L1Load(run, {
      namespace: run.name(),
      reader: () => pair.connect(),
      writer: pair.connect(),
      minReplicas,
    });
  await pair.relink();
  const loads = [loadOf(1), loadOf(0)] as const;
  for (let round = 0; round < rounds; round++) {
    run.progress(`failover ${round + 1} of ${rounds} by Sentinel`);
    if (round > 0) await pair.relink();
    await Promise.all(loads.map((load) => load.inL1()));
    pair.cutOff();
    await pause(MOMENT_MS);
    await pair.failOver();
    await Promise.all(loads.map((load) => load.inL1()));
    await pair.bringBack();
  }
  const [safe, plain] = [await loads[0].end(), await loads[1].end()];
  return [{ ...safe, failovers: rounds }, plain] as const;
}

/** The control. */
async function withoutTracking(run: FaultRun, ms: number): Promise<L1Tally> {
  run.progress("the control");
  const server = await ownServer(run);
  const load = new L1Load(run, {
    namespace: run.name(),
    reader: () => connect(run, server),
    writer: connect(run, server),
    isUntracked: true,
  });
  await pause(ms, undefined, { signal: run.signal });
  return load.end(MOMENT_MS);
}
