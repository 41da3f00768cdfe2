import { setImmediate } from "node:timers/promises";
import { memoryL1 } from "../../../src/cache/l1/memory-l1.js";
import { createMoonpath } from "../../../src/index.js";
import { redisFromUrl } from "../../../src/testing/index.js";
import type { Benchmark, Ground } from "../benchmark.js";
import { type Case, figureCase, ratioCase, type Target } from "../case.js";
import { HOUR_MS } from "../contestants/cache/values.js";
import { NAMESPACE, TENANT } from "../contestants/moonpath.js";
import { compare, inFlight, rateCase } from "../support/compare.js";
import { figureCosts } from "../support/figure-costs.js";

const OPEN = 64;

/** A comparison of one side with its peers, each with a target of the rate. */
interface Comparison {
  readonly name: string;
  readonly ours: string;
  readonly peers: Readonly<Record<string, Target | undefined>>;
  readonly open: number;
}

const comparisons: readonly Comparison[] = [
  {
    name: "hit of 1 KB, 64 in flight",
    ours: "cache hit, Moonpath",
    peers: {
      "cache hit, ioredis": { atLeast: 1.5 },
      "cache hit, ioredis with autopipelining": undefined,
      "cache hit, Bentocache": { atLeast: 2.5 },
      "cache hit, cacheable": undefined,
      "cache hit, cache-manager": undefined,
      "cache hit, async-cache-dedupe": undefined,
    },
    open: OPEN,
  },
  {
    name: "hit with 3 tags, 64 in flight",
    ours: "cache hit, Moonpath, 3 tags",
    peers: { "cache hit, Bentocache, 3 tags": { atLeast: 6 } },
    open: OPEN,
  },
  {
    name: "L1 hit",
    ours: "L1 hit, Moonpath",
    peers: {
      "L1 hit, Bentocache": { atLeast: 15 },
      "L1 hit, cacheable": { atLeast: 15 },
      "L1 hit, node-redis": { atLeast: 5 },
      "L1 hit, Moonpath, 3 tags": undefined,
    },
    open: 1,
  },
  {
    name: "miss with load, 64 in flight",
    ours: "cache miss, Moonpath",
    peers: {
      "cache miss, Bentocache": { atLeast: 1 },
      "cache miss, cacheable": { atLeast: 1 },
      "cache miss, cache-manager": { atLeast: 1 },
      "cache miss, async-cache-dedupe": { atLeast: 1 },
    },
    open: OPEN,
  },
];

export const cache: Benchmark = {
  heading: "Caches",
  method:
    "`getOrLoad` of 1,000 entries of 1 KB, which the loader returns at once. Peers have the settings of their documentation, with JSON and one Redis. " +
    "node-redis returns the text of an entry, which its callers would still have to parse. A miss of Moonpath takes a lease, and Bentocache, cacheable and cache-manager write without one.",
  async measure(ground) {
    const cases: Case[] = [];
    for (const comparison of comparisons) cases.push(...(await compared(ground, comparison)));
    return { cases: [...cases, ...(await ownCases(ground))] };
  },
};

async function compared(ground: Ground, { name, ours, peers, open }: Comparison): Promise<Case[]> {
  const sides = await ground.start([ours, ...Object.keys(peers)]);
  const figures = await compare(ground, sides, inFlight(open, ground), { warmUps: 2 });
  for (const { process } of sides) await process.stop();
  return Object.entries(peers).map(([peer, target]) =>
    rateCase(`${name}, to ${peer}`, figures(ours), figures(peer), "calls/s", target),
  );
}

/** The figures of Moonpath beside each other. */
async function ownCases(ground: Ground): Promise<Case[]> {
  const [plain, three, ten, stale] = [
    "cache hit, Moonpath",
    "cache hit, Moonpath, 3 tags",
    "cache hit, Moonpath, 10 tags",
    "cache hit, Moonpath, stale",
  ];
  const sides = await ground.start([plain, three, ten, stale, "100 entries, Moonpath"]);
  const figures = await compare(ground, sides.slice(0, 4), inFlight(OPEN, ground), { warmUps: 2 });
  const time = (name: string, one: string, target: Target) =>
    ratioCase(name, { ours: figures(one).us, theirs: figures(plain).us, unit: "us" }, target);
  const hundred = await compare(ground, sides.slice(4), inFlight(1, ground), { warmUps: 2 });
  return [
    time("time of a hit with 3 tags, to one without", three, { atMost: 1.3 }),
    time("time of a hit with 10 tags, to one without", ten, { atMost: 1.5 }),
    time("time of a stale answer, to a fresh one", stale, { atMost: 1.2 }),
    figureCase(
      "getMany of 100 entries, 20 of them loaded by one call",
      { ours: hundred("100 entries, Moonpath").us / 1_000, unit: "ms" },
      { atMost: 5 },
    ),
    await coherence(ground),
    ...figureCosts(),
  ];
}

/** How long L1 of one client has a value that another client has invalidated. */
async function coherence({ server, defer }: Ground): Promise<Case> {
  const ROUNDS = 200;
  const id = 1;
  const [one, two] = [0, 1].map(() => {
    const redis = redisFromUrl(server.url);
    const moonpath = createMoonpath(redis, { namespace: NAMESPACE, cache: { l1: memoryL1() } });
    defer(() => redis.disconnect());
    defer(() => moonpath.close());
    let loads = 0;
    const load = async () => ({ load: ++loads });
    return moonpath
      .cache({ pattern: "coherent:<id>", freshMs: HOUR_MS, cacheTimeoutMs: 60_000, load })
      .tenant(TENANT);
  });
  if (!one || !two) throw new Error("there are two");
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let old = await two.getOrLoad({ id });
    // The same object twice is an answer of L1.
    for (let known: unknown; known !== old; ) {
      known = old;
      old = await two.getOrLoad({ id });
    }
    await one.invalidate({ id });
    const doneAt = performance.now();
    while ((await two.getOrLoad({ id })) === old) await setImmediate();
    times.push(performance.now() - doneAt);
  }
  const p99 = times.toSorted((a, b) => a - b)[Math.floor(ROUNDS * 0.99)] ?? Number.NaN;
  return figureCase(
    "an invalidated value in L1 of another client, p99 with its new load",
    { ours: p99, unit: "ms" },
    { atMost: 10 },
  );
}
