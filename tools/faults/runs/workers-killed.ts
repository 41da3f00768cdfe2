import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { keys } from "../../../src/index.js";
import type { Bench, Worker } from "../bench.js";
import { startWorker } from "../bench.js";
import type { Fault } from "../fault.js";
import { client, connect, ownServer, type Place } from "../support/connections.js";
import { crowd, number } from "../support/crowd.js";

const WORKERS = 4;
const LIMIT = 100;
const LEASE_MS = 1_000;

/** Workers of due items are killed in mid-batch, again and again. */
export const workersKilled: Fault = {
  id: 14,
  name: "kill -9 of workers in mid-batch",
  async run(bench) {
    const server = await ownServer(bench);
    const items = bench.size({ full: 100_000, quick: 3_000 });
    const kills = bench.size({ full: 50, quick: 3 });
    const namespace = bench.name();
    const results = `${bench.name()}:results`;
    const { tenant } = client(bench, server, namespace);
    await crowd(bench, { count: items, hands: 64 }, async (index) => {
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
    const workers = Array.from({ length: WORKERS }, () => startWorker(bench, "expiry", task));
    const redis = connect(bench, server);
    const killed = await killThem(bench, workers, kills, () => startWorker(bench, "expiry", task));
    for (;;) {
      const done = await redis.hlen(`${results}:times`);
      bench.progress(`${number(done)} of ${number(items)} dealt with`);
      if (done >= items || bench.signal.aborted) break;
      await pause(100);
    }
    // What was in flight comes again when its lease is over.
    await settled(bench, redis, namespace);
    const times = (await redis.hvals(`${results}:times`)).map(Number);
    const effects = await redis.hlen(`${results}:effects`);
    const twice = times.reduce((sum, count) => sum + count - 1, 0);
    const popped = await killedWithoutClaims(bench, server);
    return {
      size: `${number(items)} due items, ${WORKERS} workers, ${killed} of them killed`,
      figure: `${number(items - times.length)} lost; ${number(twice)} dealt with again, of at most ${number(killed * LIMIT)} in flight; ${number(effects - items)} double after the store's own check`,
      control: `taken out of the set first: ${number(popped.lost)} of ${number(popped.items)} lost by ${popped.kills} kills`,
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
  bench: Bench,
  workers: Worker[],
  kills: number,
  start: () => Worker,
): Promise<number> {
  let killed = 0;
  while (killed < kills && !bench.signal.aborted) {
    bench.progress(`kill ${killed + 1} of ${kills}`);
    const victim = workers.shift();
    // It has dealt with a batch, and has not acknowledged it.
    await victim?.hear().catch(() => {});
    victim?.kill("SIGKILL");
    await victim?.ended;
    workers.push(start());
    killed++;
  }
  return killed;
}

/** The way without a claim. Returns how many items nobody ever dealt with. */
async function killedWithoutClaims(bench: Bench, server: Place) {
  const [items, kills] = [2_000, 3];
  const [due, results] = [`${bench.name()}:due`, `${bench.name()}:results`];
  const redis = connect(bench, server);
  await redis.zadd(due, ...Array.from({ length: items }, (_, index) => [1, `offer-${index}`]).flat());
  const task = {
    port: server.port,
    password: server.password,
    namespace: bench.name(),
    due,
    results,
    limit: LIMIT,
    pauseMs: 20,
  };
  for (let kill = 0; kill < kills; kill++) {
    const victim = startWorker(bench, "popped", task);
    await victim.hear();
    victim.kill("SIGKILL");
    await victim.ended;
  }
  await startWorker(bench, "popped", task).ended;
  return { items, kills, lost: items - (await redis.hlen(results)) };
}

/** Resolves when nothing is due or claimed any more. */
async function settled(bench: Bench, redis: Redis, namespace: string): Promise<void> {
  const scope = { namespace, tenant: "shop" };
  while (!bench.signal.aborted) {
    const left = await redis.exists(keys.due(scope, "offers"), keys.processing(scope, "offers"));
    if (left === 0) return;
    await pause(50);
  }
}
