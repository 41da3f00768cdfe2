import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { memoryL1 } from "../../../src/cache/l1/memory-l1.js";
import { createCacheClient } from "../../../src/domains/cache.js";
import { createMoonpath, type Moonpath, type MoonpathOptions } from "../../../src/index.js";
import { type RedisServer, redisFromUrl } from "../../../src/testing/index.js";
import { GatedLoader, unhandledRejections } from "../../support/cache/kit.js";
import { afterTest } from "../../support/cleanup.js";
import { startOwn } from "../../support/own-server.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../../support/redis.js";
import { eventually } from "../../support/wait.js";

function connect(server: RedisServer): Redis {
  const redis = redisFromUrl(server.url, { retryStrategy: () => 50 });
  if (!(redis instanceof Redis)) throw new Error("it is one server");
  redis.on("error", () => {});
  afterTest(() => redis.disconnect());
  return redis;
}

const EVICTING = { maxmemory: "30mb", "maxmemory-policy": "allkeys-lru" };

/** A client with two servers; the second one may evict. */
async function openTwoServers(options: Pick<MoonpathOptions, "deadlineMs"> & { l1?: boolean } = {}) {
  const [firstServer, secondServer] = await Promise.all([startOwn(), startOwn({ config: EVICTING })]);
  const [first, second] = [connect(firstServer), connect(secondServer)];
  const { l1, ...others } = options;
  const moonpath = createMoonpath(first, {
    cache: l1 ? { redis: second, l1: memoryL1() } : second,
    ...others,
  });
  afterTest(() => moonpath.close());
  await moonpath.ready();
  return { firstServer, secondServer, first, second, moonpath, ...productsOf(moonpath) };
}

function productsOf(moonpath: Moonpath) {
  const source = { loads: 0 };
  const cache = moonpath.cache({
    pattern: "product:<product>",
    freshMs: 600_000,
    earlyRefresh: 0,
    cacheTimeoutMs: 5_000,
    tags: ({ product }) => [`product:${product}`],
    load: async ({ product }) => ({ product, load: ++source.loads }),
  });
  return { products: cache.tenant("acme"), source };
}

const namesOf = (redis: Redis) => redis.keys("*").then((keys) => keys.sort());

describe("entries on a second server", () => {
  for (const l1 of [false, true]) {
    test(`entries and tags are there only, and locks on the first${l1 ? ", with L1" : ""}`, async () => {
      const { first, second, moonpath, products, source } = await openTwoServers({ l1 });
      const acme = moonpath.tenant("acme");
      await acme.scripts.stock.setLevel({
        product: "lamp",
        warehouse: "berlin",
        quantity: 5,
        sequence: 1,
        low: 1,
      });
      await acme.lock.using("nightly", {}, async () => {
        await products.getOrLoad({ product: "lamp" });
        await eventually("it is stored", async () =>
          expect(await products.exists({ product: "lamp" })).toBe(true),
        );
        expect(await namesOf(second)).toEqual([
          "moonpath:{acme:*}:cache-tag",
          "moonpath:{acme:product:lamp}:cache",
          "moonpath:{acme:product:lamp}:cache-tag",
        ]);
        expect((await namesOf(first)).filter((key) => /lock/.test(key))).not.toEqual([]);
      });
      expect((await namesOf(first)).filter((key) => /cache/.test(key))).toEqual([]);
      expect(await products.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", load: 1 });

      expect(await acme.cache.invalidateTags(["product:lamp"])).toBe("done");
      expect(await products.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", load: 2 });
      await eventually("it is stored again", async () =>
        expect(await products.exists({ product: "lamp" })).toBe(true),
      );
      expect(await acme.scripts.cache.invalidate({ entry: "product:lamp" })).toMatchObject({
        outcome: "removed",
      });
      expect(await products.exists({ product: "lamp" })).toBe(false);
      const { value } = await products.writeThrough({ product: "lamp" }, async () => ({
        product: "lamp",
        load: 9,
      }));
      expect(value).toEqual({ product: "lamp", load: 9 });
      expect(await moonpath.scriptsOf("acme", "cache").peek({ entry: "product:lamp" })).toMatchObject({
        outcome: "fresh",
      });
      expect(await products.deletePattern({})).toBe(1);
      expect((await namesOf(second)).filter((key) => key.endsWith(":cache"))).toEqual([]);
      expect((await namesOf(first)).filter((key) => /cache/.test(key))).toEqual([]);
      expect(source.loads).toBe(2);
    });
  }

  test("a process waits for a fill on a channel of the second server", async () => {
    const { first, second, moonpath } = await openTwoServers();
    const another = createMoonpath(first, { cache: second });
    afterTest(() => another.close());
    await another.ready();
    const loader = new GatedLoader<string>();
    const definition = { pattern: "slow:<id>", freshMs: 60_000, load: loader.load } as const;
    const [one, other] = [moonpath, another].map((client) => client.cache(definition).tenant("acme"));
    const loading = one?.getOrLoad({ id: "1" });
    await loader.started(0);
    const waiting = other?.getOrLoad({ id: "1" });
    await eventually("it listens on the second server", async () =>
      expect(await second.pubsub("CHANNELS", "*")).toContain("moonpath:{acme:slow:1}:cache-lease"),
    );
    expect(await first.pubsub("CHANNELS", "*")).toEqual([]);
    await loader.returns(0, "loaded");
    expect(await Promise.all([loading, waiting])).toEqual(["loaded", "loaded"]);
    expect(loader.calls).toBe(1);
  });

  test("the second server dies: loads answer, stock goes on, and health says so", async () => {
    const unhandled = unhandledRejections();
    const { secondServer, moonpath, products, source } = await openTwoServers({ deadlineMs: 2_000 });
    await products.getOrLoad({ product: "lamp" });
    expect(await moonpath.health()).toEqual({
      redis: { state: "ready" },
      cache: { state: "ready", memory: "off", notStored: 0, pendingInvalidations: 0 },
    });
    await secondServer.kill();
    const before = source.loads;
    const value = await products.getOrLoad({ product: "lamp" });
    expect(value).toEqual({ product: "lamp", load: before + 1 });
    const acme = moonpath.tenant("acme");
    await acme.stock.setLevel({ product: "lamp", warehouse: "berlin", quantity: 5, sequence: 1, low: 1 });
    const stock = await acme.stock.read({ product: "lamp", low: 1 });
    expect(stock).toMatchObject({ outcome: "known", total: 5 });
    expect(await moonpath.health({ deadlineMs: 200 })).toMatchObject({
      redis: { state: "ready" },
      cache: { state: "failed", error: { code: "UNAVAILABLE" } },
    });
    await expect(moonpath.ready({ deadlineMs: 200 })).rejects.toThrow(/the server of caches: /);
    expect(await acme.cache.invalidateTags(["product:lamp"], { deadlineMs: 200 })).toBe("pending");
    await secondServer.restart();
    await moonpath.ready({ deadlineMs: 15_000 });
    await eventually("values are stored again", async () => {
      await products.getOrLoad({ product: "lamp" });
      expect(await products.exists({ product: "lamp" })).toBe(true);
    });
    expect(unhandled).toEqual([]);
  });

  test("the first server dies: cached reads go on", async () => {
    const { firstServer, moonpath, products, source } = await openTwoServers();
    await products.getOrLoad({ product: "lamp" });
    await eventually("it is stored", async () =>
      expect(await products.exists({ product: "lamp" })).toBe(true),
    );
    await firstServer.kill();
    expect(await products.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", load: 1 });
    expect(await products.invalidate({ product: "lamp" })).toBe("done");
    expect(await products.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", load: 2 });
    expect(source.loads).toBe(2);
    expect(await moonpath.health({ deadlineMs: 200 })).toMatchObject({
      redis: { state: "failed" },
      cache: { state: "ready" },
    });
  });

  test("the second server evicts tags: their entries are missed, and nothing old comes back", async () => {
    const { second, moonpath, products } = await openTwoServers();
    const acme = moonpath.tenant("acme");
    const list = Array.from({ length: 200 }, (_, place) => ({ product: `lamp-${place}` }));
    await products.warm(list);
    await eventually("all are stored", async () =>
      expect(await second.keys("*}:cache")).toHaveLength(list.length),
    );
    // Tags are used less than what fills the memory now, so the server evicts them.
    await eventually("tags are evicted", async () => {
      for (let place = 0; place < 40; place++)
        await second.set(`filler:${Math.random()}`, "x".repeat(500_000));
      expect((await second.keys("*:cache-tag")).length).toBeLessThan(list.length / 2);
    });
    expect(await acme.cache.invalidateTags(list.map(({ product }) => `product:${product}`))).toBe("done");
    for (const { product } of list) expect(await products.get({ product })).toBeUndefined();
    const again = await Promise.all(list.map((fields) => products.getOrLoad(fields)));
    expect(again.every((value) => value !== undefined && value.load > list.length)).toBe(true);
  });
});

describe("clusters", () => {
  for (const [name, open] of [
    ["a cluster as second", () => [sharedRedis(), sharedCluster()] as const],
    ["a cluster as first", () => [sharedCluster(), sharedRedis()] as const],
  ] as const) {
    test(name, async () => {
      const [first, second] = open();
      const namespace = freshNamespace();
      const moonpath = createMoonpath(first, { namespace, deadlineMs: 5_000, cache: second });
      afterTest(() => moonpath.close());
      await moonpath.ready();
      const { products, source } = productsOf(moonpath);
      const key = `${namespace}:{acme:product:lamp}:cache`;
      await products.getOrLoad({ product: "lamp" });
      await eventually("it is stored", async () => expect(await second.exists(key)).toBe(1));
      expect(await first.exists(key)).toBe(0);
      expect(await products.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", load: 1 });
      expect(await moonpath.tenant("acme").cache.invalidateAll()).toBe("done");
      await products.getOrLoad({ product: "lamp" });
      expect(source.loads).toBe(2);
      await eventually("it is stored again", async () =>
        expect(await products.deletePattern({ product: "lamp" })).toBe(1),
      );
    });
  }
});

test("the client of the domain takes a second server too", async () => {
  const [first, second] = [connect(await startOwn()), connect(await startOwn({ config: EVICTING }))];
  const client = createCacheClient(first, { cache: { redis: second } });
  afterTest(() => client.close());
  await client.ready();
  const cache = client.cache({ pattern: "rate:<currency>", freshMs: 60_000 });
  expect(await cache.tenant("acme").set({ currency: "EUR" }, 7)).toBe("set");
  expect(await second.exists("moonpath:{acme:rate:EUR}:cache")).toBe(1);
  expect(await first.dbsize()).toBe(0);
  expect(await client.tenant("acme").scripts.cache.peek({ entry: "rate:EUR" })).toMatchObject({
    outcome: "fresh",
  });
  expect(await client.tenant("acme").cache.invalidateAll()).toBe("done");
  expect(await cache.tenant("acme").get({ currency: "EUR" })).toBeUndefined();
});

describe("a second connection that cannot be used", () => {
  const refusalOf = (cache: unknown): string => {
    const first = sharedRedis({ lazyConnect: true });
    const listeners = first.listenerCount("ready");
    try {
      Reflect.apply(createMoonpath, undefined, [first, { cache }]);
    } catch (error) {
      // Nothing of the client that was not made stays.
      expect(first.listenerCount("ready")).toBe(listeners);
      return error instanceof Error ? error.message : "no error";
    }
    return "accepted";
  };

  test("is refused as the first one would be, and the error names the option", () => {
    const prefixed = sharedRedis({ lazyConnect: true, keyPrefix: "shop:" });
    expect(refusalOf(prefixed)).toBe(
      "argument cache: a connection without keyPrefix; the namespace option is its place",
    );
    expect(refusalOf({ redis: prefixed })).toMatch(/^argument cache\.redis: a connection without keyPrefix/);
    expect(refusalOf("redis://localhost")).toMatch(/^argument cache: .*this is a URL/);
    expect(refusalOf(Redis)).toMatch(/^argument cache: .*a class or a function/);
    expect(refusalOf(prefixed.pipeline())).toMatch(/^argument cache: .*a pipeline/);
    expect(refusalOf(Promise.resolve())).toMatch(/^argument cache: .*/);
    expect(refusalOf(7)).toMatch(/^argument cache: a Redis or Cluster object/);
    expect(refusalOf({ redis: 7 })).toMatch(/^argument cache\.redis: a Redis or Cluster object/);
    expect(refusalOf({ host: "localhost", port: 6379 })).toMatch(/^argument cache\.host: /);
  });
});
