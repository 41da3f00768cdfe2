import { startProxy } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { startKiller } from "../../support/client-killer.js";
import { client, connect, ownServer, type ServerAddress } from "../../support/connections.js";
import { answersWithoutRedis } from "../../support/limits-away.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";

const CLIENTS = 64;
/** Concurrent calls of all clients. */
const CALLERS = 256;
const CUT = 0.01;
const PERMITS = 8;
/** No lease ends during the run, so a permit is free only after its holder left. */
const LEASE_MS = 3_600_000;
/** The deadline of each call. */
const DEADLINE_MS = 60_000;
const PER_SECOND = 2_000;
/** In this time a limit of all calls gives hardly any units back. */
const LONG_MS = 300 * 86_400_000;

/** Rate limits and permits of one name by many clients, whose connections break. */
export const limitsHeld: Fault = {
  id: 31,
  name: "Rate limits and permits by 64 clients with kills, Redis killed and black-holed",
  async run(run) {
    const server = await ownServer(run);
    const calls = run.size({ full: 1_000_000, quick: 6_000 });
    const takes = await take(run, server, calls);
    const permits = await enter(run, server, calls);
    const leaked = await semaphore(run, server, Math.min(calls, 20_000));
    const away = await answersWithoutRedis(run);
    return {
      size: `${formatNumber(calls)} takes and ${formatNumber(calls)} enters by ${CLIENTS} clients, ${formatNumber(takes.killed + permits.killed)} connections killed and ${formatNumber(takes.cuts + permits.cuts)} cut; ${away.size}`,
      figure: `${formatNumber(takes.over)} takes over the limit, ${formatNumber(takes.double)} double, ${formatNumber(takes.lost)} lost; ${formatNumber(permits.over)} permits over ${PERMITS}, ${formatNumber(permits.leaked)} leases leaked of ${formatNumber(permits.entered)}; ${formatNumber(takes.failed + permits.failed)} calls failed; ${away.figure}`,
      control: `a counter of holders without a lease: ${formatNumber(leaked)} left at the end`,
      ok:
        takes.over + takes.double + takes.lost + takes.failed === 0 &&
        permits.over + permits.leaked + permits.failed === 0 &&
        takes.killed > 0 &&
        takes.cuts > 0 &&
        permits.entered > 0 &&
        away.ok &&
        leaked !== 0,
    };
  },
};

/** Half of the clients are connected through a proxy, which cuts replies. */
async function tenantsOf(run: FaultRun, server: ServerAddress) {
  const proxy = run.onClose(await startProxy(server), (started) => started.stop());
  const namespace = run.name();
  const tenants = Array.from(
    { length: CLIENTS },
    (_, index) => client(run, index % 2 === 0 ? proxy : server, namespace).tenant,
  );
  const direct = client(run, server, namespace).tenant;
  const killer = startKiller(run, connect(run, server));
  proxy.cutReplies({ probability: CUT, seed: 31 });
  return { tenants, direct, killer, proxy };
}

/** Each call takes from a limit for each second and from one for all calls, which counts exactly. */
async function take(run: FaultRun, server: ServerAddress, calls: number) {
  const { tenants, direct, killer, proxy } = await tenantsOf(run, server);
  const all = { quota: calls, periodMs: LONG_MS, burst: calls };
  const limits = [{ quota: PER_SECOND, periodMs: 1_000, burst: PER_SECOND }, all];
  const from = performance.now();
  let [allowed, failed] = [0, 0];
  await runConcurrently(run, { count: calls, workers: CALLERS }, async (index, worker) => {
    const operation = `take-${index}`;
    const args = { name: "checkout", operation, limits, cost: 1, rememberMs: 600_000 };
    const reply = await tenants[worker % CLIENTS]?.scripts.limit
      .take(args, { deadlineMs: DEADLINE_MS })
      .catch(() => undefined);
    if (reply?.outcome === "allowed") allowed++;
    else if (reply?.outcome !== "refused") failed++;
  });
  const elapsedMs = performance.now() - from;
  const killed = killer.stop();
  const end = await direct.scripts.limit.peek({ name: "checkout", limits: [all], cost: 1 });
  const taken = calls - (end.outcome === "too_large" ? Number.NaN : end.remaining);
  const givenBack = Math.ceil((elapsedMs * calls) / LONG_MS) + 1;
  return {
    over: Math.max(0, allowed - Math.floor(PER_SECOND + (elapsedMs / 1_000) * PER_SECOND)),
    double: Math.max(0, taken - allowed),
    lost: Math.max(0, allowed - taken - givenBack),
    failed,
    killed,
    cuts: proxy.counters.cuts,
  };
}

/** Each call enters once, and leaves if it has got a permit or no answer. */
async function enter(run: FaultRun, server: ServerAddress, calls: number) {
  const { tenants, direct, killer, proxy } = await tenantsOf(run, server);
  const inside = new Map<number, number>();
  let [entered, over, failed] = [0, 0, 0];
  await runConcurrently(run, { count: calls, workers: CALLERS }, async (index, worker) => {
    const scripts = tenants[worker % CLIENTS]?.scripts.limit;
    const mine = { name: "printer", owner: `owner-${index}` };
    const options = { deadlineMs: DEADLINE_MS };
    const reply = await scripts
      ?.enter({ ...mine, maxPermits: PERMITS, leaseMs: LEASE_MS, waits: false }, options)
      .catch(() => undefined);
    if (reply === undefined) failed++;
    // Ended: the first reply was full, and it was lost.
    if (reply?.outcome === "full" || reply?.outcome === "ended") return;
    if (reply?.outcome === "entered") {
      entered++;
      const holders = (inside.get(reply.permit) ?? 0) + 1;
      inside.set(reply.permit, holders);
      if (holders > 1 || reply.permit >= PERMITS) over++;
      await new Promise((resolve) => setImmediate(resolve));
      inside.set(reply.permit, (inside.get(reply.permit) ?? 0) - 1);
    }
    await scripts?.leave(mine, options).catch(() => failed++);
  });
  const killed = killer.stop();
  // A name whose permits are all free lets as many owners in as there are permits.
  let free = 0;
  for (let index = 0; index < PERMITS; index++) {
    const owner = `last-${index}`;
    const reply = await direct.scripts.limit.enter({
      name: "printer",
      owner,
      maxPermits: PERMITS,
      leaseMs: LEASE_MS,
    });
    if (reply.outcome === "entered") free++;
  }
  return { entered, over, failed, leaked: PERMITS - free, killed, cuts: proxy.counters.cuts };
}

/** The control counts holders by INCR and DECR, which ioredis sends again. */
async function semaphore(run: FaultRun, server: ServerAddress, calls: number): Promise<number> {
  const proxy = run.onClose(await startProxy(server), (started) => started.stop());
  const connections = Array.from({ length: CLIENTS }, () => connect(run, proxy));
  const key = `${run.name()}:holders`;
  proxy.cutReplies({ probability: CUT, seed: 31 });
  await runConcurrently(run, { count: calls, workers: CLIENTS }, async (_, worker) => {
    await connections[worker]?.incr(key);
    await connections[worker]?.decr(key);
  });
  return Number(await connect(run, server).get(key));
}
