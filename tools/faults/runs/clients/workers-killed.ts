import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { keys } from "../../../../src/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun, Worker } from "../../fault-run.js";
import { startWorker } from "../../fault-run.js";
import { client, connect, ownServer, type ServerAddress } from "../../support/connections.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";

const WORKERS = 4;
const LIMIT = 100;
const LEASE_MS = 1_000;
/** The shards of a queue by default. */
const SHARDS = 16;

/** The run kills workers of due items during their batches. */
export const workersKilled: Fault = {
  id: 14,
  name: "kill -9 of workers during a batch",
  async run(run) {
    const server = await ownServer(run);
    const items = run.size({ full: 100_000, quick: 3_000 });
    const kills = run.size({ full: 50, quick: 3 });
    const namespace = run.name();
    const results = `${run.name()}:results`;
    const { tenant } = client(run, server, namespace);
    await runConcurrently(run, { count: items, workers: 64 }, async (index) => {
      await tenant.expiry.track({ queue: "offers", item: `offer-${index}`, dueMs: 1 });
    });
    const task = {
      port: server.port,
      password: server.password,
      namespace,
      results,
      limit: LIMIT,
      leaseMs: LEASE_MS,
      offsetMs: 0,
      pauseMs: 100,
    };
    const workers = Array.from({ length: WORKERS }, () => startWorker(run, "expiry", task));
    const redis = connect(run, server);
    const killed = await killThem(run, workers, kills, () => startWorker(run, "expiry", task));
    for (;;) {
      const done = await redis.hlen(`${results}:times`);
      run.progress(`${formatNumber(done)} of ${formatNumber(items)} handled`);
      if (done >= items || run.signal.aborted) break;
      await pause(100);
    }
    // Items in flight are delivered again when their lease ends.
    await settled(run, redis, namespace);
    const times = (await redis.hvals(`${results}:times`)).map(Number);
    const effects = await redis.hlen(`${results}:effects`);
    const twice = times.reduce((sum, count) => sum + count - 1, 0);
    const popped = await killedWithoutClaims(run, server);
    return {
      size: `${formatNumber(items)} due items, ${WORKERS} workers, ${killed} of them killed`,
      figure: `${formatNumber(items - times.length)} lost; ${formatNumber(twice)} handled again, of at most ${formatNumber(killed * LIMIT)} in flight; ${formatNumber(effects - items)} double after the store's own check`,
      control: `items removed from the set first: ${formatNumber(popped.lost)} of ${formatNumber(popped.items)} lost by ${popped.kills} kills`,
      ok:
        times.length === items &&
        twice > 0 &&
        twice <= killed * LIMIT &&
        effects === items &&
        killed === kills &&
        popped.lost > 0,
    };
  },
};

async function killThem(
  run: FaultRun,
  workers: Worker[],
  kills: number,
  start: () => Worker,
): Promise<number> {
  let killed = 0;
  while (killed < kills && !run.signal.aborted) {
    run.progress(`kill ${killed + 1} of ${kills}`);
    const victim = workers.shift();
    // The worker has handled a batch and has not acknowledged it.
    await victim?.receive().catch(() => {});
    victim?.kill("SIGKILL");
    await victim?.ended;
    workers.push(start());
    killed++;
  }
  return killed;
}

/** The control without claims. Returns the number of items that no worker handled. */
async function killedWithoutClaims(run: FaultRun, server: ServerAddress) {
  const [items, kills] = [2_000, 3];
  const [due, results] = [`${run.name()}:due`, `${run.name()}:results`];
  const redis = connect(run, server);
  await redis.zadd(due, ...Array.from({ length: items }, (_, index) => [1, `offer-${index}`]).flat());
  const task = {
    port: server.port,
    password: server.password,
    namespace: run.name(),
    due,
    results,
    limit: LIMIT,
    pauseMs: 20,
  };
  for (let kill = 0; kill < kills; kill++) {
    const victim = startWorker(run, "popped", task);
    await victim.receive();
    victim.kill("SIGKILL");
    await victim.ended;
  }
  await startWorker(run, "popped", task).ended;
  return { items, kills, lost: items - (await redis.hlen(results)) };
}

/** Resolves when nothing is due or claimed any more. */
async function settled(run: FaultRun, redis: Redis, namespace: string): Promise<void> {
  const scope = { namespace, tenant: "shop" };
  const shards = Array.from({ length: SHARDS }, (_, shard) => String(shard));
  const left = shards.flatMap((shard) => [
    keys.due(scope, "offers", shard),
    keys.processing(scope, "offers", shard),
  ]);
  while (!run.signal.aborted) {
    if ((await redis.exists(...left)) === 0) return;
    await pause(50);
  }
}
