import { Cluster, Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { MemoryGuard } from "../../../src/cache/server/memory-guard.js";
import { createScriptClient } from "../../../src/client/index.js";
import { createMoonpath, type Moonpath, UNCHANGED } from "../../../src/index.js";
import { redisFromUrl, startRedisCluster } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { startOwn } from "../../support/own-server.js";
import { eventually } from "../../support/wait.js";

const MAX_BYTES = 20 * 1_024 * 1_024;
const NO_EVICTION = { maxmemory: String(MAX_BYTES), "maxmemory-policy": "noeviction" };
const VALUE_BYTES = 2_000;

async function connect(config: Readonly<Record<string, string>>): Promise<Redis> {
  const redis = redisFromUrl((await startOwn({ config })).url);
  if (!(redis instanceof Redis)) throw new Error("it is one server");
  afterTest(() => redis.disconnect());
  return redis;
}

function anotherTo(redis: Redis): Redis {
  const other = redis.duplicate();
  afterTest(() => other.disconnect());
  return other;
}

/** Clients with a state of their own each, as processes have. */
async function open(redis: Redis | Cluster, memoryShare?: number): Promise<Moonpath> {
  const moonpath = createMoonpath(redis, { deadlineMs: 5_000, cache: { memoryShare } });
  afterTest(() => moonpath.close());
  await moonpath.ready();
  return moonpath;
}

function pagesOf(moonpath: Moonpath) {
  const errors: Error[] = [];
  const cache = moonpath.cache({
    pattern: "page:<page>",
    freshMs: 600_000,
    staleMs: 600_000,
    earlyRefresh: 0,
    cacheTimeoutMs: 5_000,
    tags: ({ page }) => [`page:${page}`],
    load: async ({ page }) => `${page}:`.padEnd(VALUE_BYTES, "x"),
    onError: (error) => errors.push(error),
  });
  return { pages: cache.tenant("acme"), errors };
}

type Pages = ReturnType<typeof pagesOf>["pages"];

let pageNumber = 0;

/** Loads pages that nobody has loaded, and checks each answer. */
async function fill(pages: Pages, count: number): Promise<void> {
  const list = Array.from({ length: count }, () => ({ page: String(pageNumber++) }));
  const values = await Promise.all(list.map((fields) => pages.getOrLoad(fields)));
  expect(values.every((value) => value?.length === VALUE_BYTES)).toBe(true);
}

const sellLamp = async (moonpath: Moonpath, order: string) =>
  (
    await moonpath
      .tenant("acme")
      .stock.reserve({ product: "lamp", reservation: order, units: 1, leaseMs: 60_000, rememberMs: 60_000 })
  ).outcome;

/** Takes nearly all the memory of one server: it fills it, and frees a twentieth again. */
async function fillUp(redis: Redis | Cluster): Promise<void> {
  let part = 0;
  try {
    for (; part < 1_000; part++) await redis.set(`{filler}:${part}`, "x".repeat(100_000));
  } catch {}
  for (let freed = 0; freed < 10; freed++) await redis.del(`{filler}:${--part}`);
}

async function usedBytes(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1]);
}

describe("one server with stock and caches, which refuses writes when it is full", () => {
  async function filledBy(memoryShare: number | undefined, isEnough: (redis: Redis) => Promise<boolean>) {
    const redis = await connect(NO_EVICTION);
    const processes = await Promise.all(Array.from({ length: 4 }, () => open(anotherTo(redis), memoryShare)));
    const [one] = processes;
    if (!one) throw new Error("there are four");
    const stock = { product: "lamp", warehouse: "berlin", quantity: 1_000, sequence: 1, low: 0 };
    await one.tenant("acme").stock.setLevel(stock);
    const caches = processes.map(pagesOf);
    // Nearly twice what the server can hold, if nothing stops it.
    for (let round = 0; round < 90 && !(await isEnough(redis)); round++)
      await Promise.all(caches.map(({ pages }) => fill(pages, 50)));
    return { redis, processes, caches, one };
  }

  test("fills stop at the share of maxmemory, and reservations go on", async () => {
    const { redis, processes, caches, one } = await filledBy(undefined, async () => false);
    const used = await usedBytes(redis);
    expect(used).toBeGreaterThan(0.75 * MAX_BYTES);
    expect(used).toBeLessThan(0.92 * MAX_BYTES);
    for (let order = 0; order < 50; order++) expect(await sellLamp(one, `order-${order}`)).toBe("reserved");
    for (const moonpath of processes) {
      const { cache } = await moonpath.health();
      expect(cache).toMatchObject({ state: "ready", memory: "full" });
      expect(cache.notStored).toBeGreaterThan(50);
    }
    // One report for many values.
    for (const { errors } of caches)
      expect(errors).toMatchObject([
        {
          code: "OUT_OF_MEMORY",
          message: "values of caches are not stored while the server uses 85 % of its maxmemory",
        },
      ]);

    const { pages } = caches[0] ?? pagesOf(one);
    const stored = await pageOf(redis);
    expect(await pages.set({ page: stored }, "newer")).toBe("full");
    // The old value would be wrong.
    expect(await pages.get({ page: stored })).toBeUndefined();
    const other = await pageOf(redis);
    expect(await pages.writeThrough({ page: other }, async () => "newer")).toEqual({
      value: "newer",
      cache: "removed",
    });
    expect(await pages.get({ page: other })).toBeUndefined();
    const third = await pageOf(redis);
    expect(await pages.invalidate({ page: third })).toBe("done");
    expect(await one.tenant("acme").cache.invalidateTags([`page:${await pageOf(redis)}`])).toBe("done");
    expect(await one.tenant("acme").cache.invalidateAll()).toBe("done");
    expect(await pages.deletePattern({})).toBeGreaterThan(1_000);
    await eventually("values are stored again", async () => {
      await pages.getOrLoad({ page: "again" });
      expect(await pages.exists({ page: "again" })).toBe(true);
    });
    expect((await one.health()).cache.memory).toBe("stores");
  }, 120_000);

  test("without the guard, reservations fail", async () => {
    const { one } = await filledBy(1, async (redis) => (await usedBytes(redis)) > MAX_BYTES);
    const sellMany = async () => {
      for (let order = 0; order < 5_000; order++) await sellLamp(one, `order-${order}`);
    };
    await expect(sellMany()).rejects.toMatchObject({ code: "OUT_OF_MEMORY" });
    expect((await one.health()).cache).toMatchObject({ memory: "off", notStored: 0 });
  }, 120_000);
});

/** The name of a page that is stored. */
async function pageOf(redis: Redis): Promise<string> {
  for (let cursor = "0", round = 0; round < 10_000; round++) {
    const [next, keys] = await redis.scan(cursor, "MATCH", "*:{acme:page:*}:cache", "COUNT", 100);
    const [page] = keys.flatMap((key) => /page:(\d+)\}/.exec(key)?.[1] ?? []);
    if (page !== undefined) return page;
    cursor = next;
  }
  throw new Error("no page is stored");
}

test("an entry that the source calls unchanged stays in a full server", async () => {
  const redis = await connect(NO_EVICTION);
  const moonpath = await open(redis);
  let loads = 0;
  const acme = moonpath
    .cache({
      pattern: "rate:<currency>",
      freshMs: 600_000,
      staleMs: 600_000,
      cacheTimeoutMs: 5_000,
      load: async (_, { stale }) => {
        loads++;
        return stale === undefined ? "rate" : UNCHANGED;
      },
    })
    .tenant("acme");
  const eur = { currency: "EUR" };
  await acme.getOrLoad(eur);
  await eventually("it is stored", async () => expect(await acme.exists(eur)).toBe(true));
  await fillUp(redis);
  let others = 0;
  await eventually("the guard has seen it", async () => {
    await acme.getOrLoad({ currency: `other-${++others}` });
    expect((await moonpath.health()).cache.memory).toBe("full");
  });
  const before = loads;
  expect(await acme.refresh(eur)).toBe("rate");
  expect(loads).toBe(before + 1);
  await eventually("it is fresh again", async () =>
    expect(await moonpath.tenant("acme").scripts.cache.peek({ entry: "rate:EUR" })).toMatchObject({
      outcome: "fresh",
    }),
  );
  expect(await acme.exists({ currency: `other-${others}` })).toBe(false);
});

test.each([
  ["that evicts keys", { ...NO_EVICTION, "maxmemory-policy": "allkeys-lru" }],
  ["without a limit", {}],
])("a server %s takes all values", async (_, config) => {
  const redis = await connect(config);
  const moonpath = createMoonpath(redis, { allowEviction: true, cache: { memoryShare: 0.1 } });
  afterTest(() => moonpath.close());
  await moonpath.ready();
  const { pages } = pagesOf(moonpath);
  await redis.set("filler", "x".repeat(3 * 1_024 * 1_024));
  expect(await pages.set({ page: "1" }, "one")).toBe("set");
  expect((await moonpath.health()).cache).toMatchObject({ memory: "off", notStored: 0 });
});

test("without the right to INFO, values are stored, and health says that the guard is off", async () => {
  const admin = await connect(NO_EVICTION);
  await (await open(admin)).ready();
  await admin.call("acl", ["setuser", "blind", "on", ">secret", "~*", "&*", "+@all", "-info"]);
  await fillUp(admin);
  const blind = admin.duplicate({ username: "blind", password: "secret", enableReadyCheck: false });
  afterTest(() => blind.disconnect());
  const moonpath = createMoonpath(blind, { deadlineMs: 5_000, allowEviction: true });
  afterTest(() => moonpath.close());
  const { pages, errors } = pagesOf(moonpath);
  expect((await moonpath.health()).cache.memory).toBe("unknown");
  expect(await pages.set({ page: "1" }, "one")).toBe("set");
  expect((await moonpath.health()).cache).toMatchObject({ memory: "unreadable", notStored: 0 });
  expect(errors).toEqual([]);
});

test("a node is asked by the key of the latest call, because slots of earlier ones may have moved", async () => {
  const redis = await connect(NO_EVICTION);
  const client = createScriptClient(redis, {});
  afterTest(() => client.close());
  await client.ready();
  const asked: string[] = [];
  const readMemory = (key: string) => {
    asked.push(key);
    return client.readMemory(key);
  };
  const guard = new MemoryGuard({ readMemory }, redis, 0.5);
  expect(await guard.admits("first", 1, { onError: undefined })).toBe(true);
  // More than its budget, so it is read again.
  expect(await guard.admits("second", MAX_BYTES / 4, { onError: undefined })).toBe(true);
  expect(await guard.admits("third", 1, { onError: undefined })).toBe(true);
  expect(asked).toEqual(["first", "third"]);
});

test("on a cluster, the node of the entry decides", async () => {
  const servers = await startRedisCluster({
    own: true,
    masters: 3,
    replicasPerMaster: 0,
    config: NO_EVICTION,
  });
  afterTest(() => servers.stop());
  const cluster = redisFromUrl(servers.url);
  if (!(cluster instanceof Cluster)) throw new Error("it is a cluster");
  afterTest(() => cluster.disconnect());
  const moonpath = await open(cluster);
  const { pages } = pagesOf(moonpath);
  await fillUp(cluster);
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, page) => pages.set({ page: String(page) }, "one")),
  );
  expect(new Set(outcomes)).toEqual(new Set(["set", "full"]));
  expect((await moonpath.health()).cache).toMatchObject({
    memory: "full",
    notStored: outcomes.filter((outcome) => outcome === "full").length,
  });
}, 60_000);

test.each([0, 0.05, 1.1, Number.NaN, "half", null])("a share of %j is refused", async (memoryShare) => {
  const redis = new Redis({ lazyConnect: true });
  const make = () => Reflect.apply(createMoonpath, undefined, [redis, { cache: { memoryShare } }]);
  expect(make).toThrow("argument cache.memoryShare: a number from 0.1 to 1");
});
