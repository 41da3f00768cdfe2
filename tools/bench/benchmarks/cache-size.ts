import { Redis } from "ioredis";
import { createMoonpath, keys } from "../../../src/index.js";
import { redisFromUrl, startRedisCluster } from "../../../src/testing/index.js";
import type { Benchmark, Ground } from "../benchmark.js";
import { type Case, figureCase, ratioCase } from "../case.js";
import { NAMESPACE, TENANT } from "../contestants/moonpath.js";
import { count } from "../report/format.js";
import { median } from "../support/median.js";

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const QUICK_SIZES = [1_000, 10_000, 100_000];
const ROUNDS = 9;
/** Calls of one round, one after another: callers that share a command would hide its cost. */
const CALLS = 200;
const HOUR_MS = 3_600_000;
/** Entries that one run of the filling script makes. */
const CHUNK = 10_000;
/** Entries whose memory is compared. */
const SAMPLE = 100;
const MASTERS = 6;
const DELETED = 100_000;

export const cacheSize: Benchmark = {
  heading: "Size of caches",
  method:
    "The time of the server for a hit and for a miss with its load, by `INFO commandstats`, while the entries of one tag grow. Then the tag is invalidated. " +
    "Memory is that of `MEMORY USAGE`. `deletePattern` runs on a cluster of six masters, whose `INFO latencystats` has the longest 1 % of each command.",
  async measure(ground) {
    return { cases: [...(await memory(ground)), ...(await growth(ground)), ...(await deletion(ground))] };
  },
};

/** Caches of one value, each with so many tags of 12 characters. */
function cacheOf({ moonpath }: Ground, kind: string, value: string, tags: readonly string[]) {
  return moonpath
    .cache({
      pattern: `${kind}:<id>`,
      freshMs: HOUR_MS,
      earlyRefresh: 0,
      cacheTimeoutMs: 60_000,
      tags,
      load: async () => value,
    })
    .tenant(TENANT);
}

async function memory(ground: Ground): Promise<Case[]> {
  const { acme, redis } = ground;
  // With its quotes, JSON of 100 bytes.
  const value = "v".repeat(98);
  const usage = async (key: string) => Number(await redis.call("MEMORY", "USAGE", key));
  const bytesWith = async (tags: number) => {
    const names = Array.from({ length: tags }, (_, tag) => `brand:oslo-${tag}`);
    const cache = cacheOf(ground, `bytes-${tags}`, value, names);
    const found: number[] = [];
    for (let id = 100; id < 100 + SAMPLE; id++) {
      await cache.set({ id }, value);
      found.push(await usage(keys.cacheEntry(acme.scope, `bytes-${tags}:${id}`)));
    }
    return median(found);
  };
  const [none, ten] = [await bytesWith(0), await bytesWith(10)];
  const plain: number[] = [];
  for (let id = 100; id < 100 + SAMPLE; id++) {
    const key = keys.cacheEntry(acme.scope, `plain-0:${id}`);
    await redis.set(key, JSON.stringify(value), "PX", HOUR_MS);
    plain.push(await usage(key));
  }
  return [
    ratioCase(
      "memory of an entry of 100 bytes, to SET",
      { ours: none, theirs: median(plain), unit: "bytes" },
      { atMost: 1.3 },
    ),
    figureCase(
      "memory of each tag of 12 characters in an entry",
      { ours: (ten - none) / 10, unit: "bytes" },
      { atMost: 40 },
    ),
  ];
}

async function growth(ground: Ground): Promise<Case[]> {
  const { acme } = ground;
  const sizes = ground.isQuick ? QUICK_SIZES : SIZES;
  const cache = cacheOf(ground, "grown", "value", ["all"]);
  await cache.set({ id: 0 }, "value");
  const hits: number[] = [];
  const misses: number[] = [];
  let filled = 1;
  let absent = 1_000_000_000;
  for (const size of sizes) {
    ground.progress(`filling ${count(size)} entries`);
    await copyEntry(ground, filled, size);
    filled = size;
    hits.push(await serverUs(ground, (call) => cache.getOrLoad({ id: (call * 7_919) % size })));
    misses.push(await serverUs(ground, () => cache.getOrLoad({ id: absent++ })));
  }
  const most = sizes.at(-1) ?? 0;
  const grown = (what: string, us: readonly number[]) =>
    ratioCase(
      `${what}, ${count(most)} to ${count(sizes[0] ?? 0)} entries`,
      { ours: us.at(-1) ?? Number.NaN, theirs: us[0] ?? Number.NaN, unit: "us of server time" },
      { atMost: 1.5 },
    );

  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    await acme.cache.invalidateTags(["all"]);
    times.push(performance.now() - startedAt);
  }
  for (let id = 0; id < 1_000; id++)
    if (await cache.exists({ id: (id * 7_919) % most })) throw new Error("an entry outlived its tag");
  return [
    grown("hit", hits),
    grown("miss with load", misses),
    figureCase(
      `invalidation of a tag with ${count(most)} entries`,
      { ours: median(times), unit: "ms" },
      { atMost: 1 },
    ),
  ];
}

/** Copies the first entry to the others, which is faster than a million loads. */
async function copyEntry({ redis, acme }: Ground, from: number, to: number): Promise<void> {
  const [start = "", end = ""] = keys.cacheEntry(acme.scope, "grown:#").split("#");
  const entry = await redis.getBuffer(`${start}0${end}`);
  if (!entry) throw new Error("the first entry is not stored");
  const script =
    "for id = ARGV[4], ARGV[5] do redis.call('SET', ARGV[1] .. string.format('%d', id) .. ARGV[2], ARGV[3], 'PX', 3600000) end";
  for (let at = from; at < to; at += CHUNK)
    await redis.eval(script, 0, start, end, entry, at, Math.min(at + CHUNK, to) - 1);
}

/** The median time of the server for a call. */
async function serverUs({ redis }: Ground, call: (call: number) => Promise<unknown>): Promise<number> {
  const found: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    await redis.config("RESETSTAT");
    for (let made = 0; made < CALLS; made++) await call(round * CALLS + CALLS + made);
    const rows = [
      ...(await redis.info("commandstats")).matchAll(/^cmdstat_(mget|time|evalsha):.*?usec=(\d+)/gm),
    ];
    if (round >= 0) found.push(rows.reduce((sum, [, , us]) => sum + Number(us), 0) / CALLS);
  }
  return median(found);
}

async function deletion(ground: Ground): Promise<Case[]> {
  ground.progress(`filling a cluster with ${count(DELETED)} entries`);
  const started = await startRedisCluster({ own: true, masters: MASTERS, replicasPerMaster: 0 });
  ground.defer(() => started.stop());
  const redis = redisFromUrl(started.url);
  ground.defer(() => redis.disconnect());
  const moonpath = createMoonpath(redis, { namespace: NAMESPACE });
  ground.defer(() => moonpath.close());
  await moonpath.ready();
  const nodes = started.nodes.map(({ url }) => new Redis(url));
  ground.defer(() => nodes.map((node) => node.disconnect()));
  const cache = cacheOf({ ...ground, moonpath }, "deleted", "value", []);
  await cache.set({ id: 0 }, "value");
  const { scope } = moonpath.tenant(TENANT);
  const keyOf = (id: number) => keys.cacheEntry(scope, `deleted:${id}`);
  const entry = await redis.getBuffer(keyOf(0));
  if (!entry) throw new Error("the first entry is not stored");
  for (let at = 0; at < DELETED; at += 1_000)
    await Promise.all(
      Array.from({ length: 1_000 }, (_, id) => redis.set(keyOf(at + id), entry, "PX", HOUR_MS)),
    );
  for (const node of nodes) await node.config("RESETSTAT");
  ground.progress("deletePattern");
  const startedAt = performance.now();
  const deleted = await cache.deletePattern({});
  const seconds = (performance.now() - startedAt) / 1_000;
  if (deleted !== DELETED) throw new Error(`${deleted} of ${DELETED} entries were deleted`);
  const longest = Math.max(...(await Promise.all(nodes.map(longestUs))));
  const left = await Promise.all(nodes.map((node) => node.dbsize()));
  // Each node may hold a tag and the clock.
  if (left.reduce((sum, size) => sum + size, 0) > 10) throw new Error("entries are left");
  return [
    figureCase(`deletePattern of ${count(DELETED)} entries on ${MASTERS} masters`, {
      ours: seconds,
      unit: "s",
    }),
    figureCase("its longest command on any node, p99", { ours: longest / 1_000, unit: "ms" }, { atMost: 10 }),
  ];
}

/** The longest 1 % of the slowest command, in microseconds. */
async function longestUs(node: Redis): Promise<number> {
  const rows = [
    ...(await node.info("latencystats")).matchAll(/^latency_percentiles_usec_\S+?:.*?p99=([\d.]+)/gm),
  ];
  return Math.max(0, ...rows.map(([, us]) => Number(us)));
}
