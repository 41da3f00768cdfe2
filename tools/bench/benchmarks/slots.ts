import { setTimeout as pause } from "node:timers/promises";
import { SLOTS } from "../../../src/client/index.js";
import { createExpiryWorker, type ExpiryWorker } from "../../../src/expiry/index.js";
import { keys, type Moonpath } from "../../../src/index.js";
import type { Benchmark, Ground } from "../benchmark.js";
import { type Case, figureCase } from "../case.js";
import { median } from "../support/median.js";

const TENANTS = 10_000;
const BACKLOG = 1_000_000;
const CHUNK = 10_000;
const ROUNDS = 3;
const MINUTE_MS = 60_000;
/** Time to track the items of all tenants. */
const LEAD_MS = 6_000;
/** A tenant whose item is not handled by then counts as lost. */
const LIMIT_MS = 60_000;

export const slots: Benchmark = {
  heading: "Workers of all tenants",
  method:
    "A worker handles the due items of 10,000 tenants with one item each, also while another tenant has 1,000,000 due items. An idle worker reads its 16,384 slots.",
  isLong: true,
  measure: async (ground) => ({ cases: await casesOf(ground) }),
};

async function casesOf(ground: Ground): Promise<readonly Case[]> {
  const together: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ground.progress(`10,000 tenants, round ${round + 1} of ${ROUNDS}`);
    together.push(Math.max(...(await waits(ground, `together-${round}`))));
  }
  const sweep = await sweepCost(ground);
  const idle = await idleCommands(ground);
  ground.progress("one tenant with 1,000,000 due items");
  const queue = "backlog";
  await fillBacklog(ground, queue);
  const beside = await waits(ground, queue);
  const tenants = "10,000 tenants with an item each";
  const commands = "commands/min";
  return [
    figureCase(
      `${tenants}, until the last is handled, median of ${ROUNDS}`,
      { ours: median(together), unit: "ms" },
      { atMost: 1_000 },
    ),
    figureCase(`${tenants}, beside 1,000,000 due items of another tenant, until the last is handled`, {
      ours: Math.max(...beside),
      unit: "ms",
    }),
    figureCase(`${tenants}, beside 1,000,000 due items of another tenant, median`, {
      ours: median(beside),
      unit: "ms",
    }),
    figureCase("an idle worker", { ours: idle.all, unit: commands }),
    figureCase("an idle worker, reads of its sweep", { ours: idle.reads, unit: commands }),
    figureCase("sweep of 16,384 slots, time of the server", { ours: sweep.serverMs, unit: "ms" }),
    figureCase("sweep of 16,384 slots, until the client has all replies", {
      ours: sweep.clientMs,
      unit: "ms",
    }),
  ];
}

/** For each tenant, how long after its time its only item was handled. */
async function waits({ redis, moonpath }: Ground, queue: string): Promise<readonly number[]> {
  const handledAt = new Map<string, number>();
  const worker = createExpiryWorker(moonpath, {
    queue,
    handle: async (_, { tenant }) => {
      if (tenant !== "big") handledAt.set(tenant, performance.now());
    },
  });
  worker.start();
  try {
    await ready(worker);
    const clockOffsetMs = (await redisNowMs(redis)) - performance.now();
    const dueMs = Math.ceil(performance.now() + clockOffsetMs) + LEAD_MS;
    await track(moonpath, queue, dueMs);
    const endsAt = performance.now() + LEAD_MS + LIMIT_MS;
    while (handledAt.size < TENANTS && performance.now() < endsAt) await pause(1);
    if (handledAt.size < TENANTS) throw new Error(`${handledAt.size} of ${TENANTS} tenants were handled`);
    return [...handledAt.values()].map((at) => at + clockOffsetMs - dueMs);
  } finally {
    await worker.stop();
  }
}

async function track(moonpath: Moonpath, queue: string, dueMs: number): Promise<void> {
  for (let start = 0; start < TENANTS; start += 500) {
    const tenants = Array.from({ length: 500 }, (_, index) => `tenant-${start + index}`);
    await Promise.all(
      tenants.map((tenant) => moonpath.tenant(tenant).expiry.track({ queue, item: "offer", dueMs })),
    );
  }
}

async function ready(worker: ExpiryWorker): Promise<void> {
  while (worker.status().slots < SLOTS) await pause(10);
  await pause(1_000);
}

/** Fills the shards of one tenant with items that are due, as `track` writes them. */
async function fillBacklog({ redis, moonpath }: Ground, queue: string): Promise<void> {
  const { scope, expiry } = moonpath.tenant("big");
  const shards = Array.from({ length: 16 }, (_, shard) => String(shard));
  await expiry.track({ queue, item: "first", dueMs: 1 });
  for (let start = 0; start < BACKLOG; start += CHUNK) {
    const pairs = Array.from({ length: CHUNK }, (_, index) => [1 + start + index, `offer-${start + index}`]);
    await redis.zadd(keys.due(scope, queue, shards[(start / CHUNK) % 16] ?? "0"), ...pairs.flat());
  }
  for (const shard of shards)
    await redis.zadd(keys.slotQueue(scope, queue, shard), 1, `big:${queue}:${shard}`);
}

async function idleCommands({ redis, moonpath, progress }: Ground) {
  progress("an idle worker, for a minute");
  const worker = createExpiryWorker(moonpath, { queue: "idle", handle: async () => {} });
  worker.start();
  try {
    await ready(worker);
    await redis.config("RESETSTAT");
    await pause(MINUTE_MS);
    const calls = await callsOf(redis);
    const all = [...calls.values()].reduce((sum, { count }) => sum + count, 0);
    return { all, reads: calls.get("zrange")?.count ?? 0 };
  } finally {
    await worker.stop();
  }
}

async function sweepCost({ redis, moonpath, progress }: Ground) {
  progress("sweeps of all slots");
  const all = Array.from({ length: SLOTS }, (_, slot) => keys.slotQueueInSlot("bench", slot, "together-0"));
  const clientMs: number[] = [];
  const serverMs: number[] = [];
  for (let round = 0; round < 10; round++) {
    await redis.config("RESETSTAT");
    const startedAt = performance.now();
    await moonpath.readSortedSets(all, 1);
    clientMs.push(performance.now() - startedAt);
    serverMs.push(((await callsOf(redis)).get("zrange")?.usec ?? 0) / 1_000);
  }
  return { serverMs: median(serverMs), clientMs: median(clientMs) };
}

/** Calls and microseconds of each command since the last reset, without those of the benchmark. */
async function callsOf(redis: Ground["redis"]) {
  const calls = new Map<string, { count: number; usec: number }>();
  for (const line of (await redis.info("commandstats")).split("\r\n")) {
    const [, name = "", count, usec] = /^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/.exec(line) ?? [];
    if (name === "" || name === "config|resetstat" || name === "info") continue;
    calls.set(name, { count: Number(count), usec: Number(usec) });
  }
  return calls;
}

async function redisNowMs(redis: Ground["redis"]): Promise<number> {
  const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
  return seconds * 1_000 + micros / 1_000;
}
