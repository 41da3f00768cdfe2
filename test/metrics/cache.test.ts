import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { memoryL1 } from "../../src/cache/l1/memory-l1.js";
import { CacheObservers } from "../../src/cache/observed.js";
import { type CacheEvent, createMoonpath, type MoonpathOptions, type Observer } from "../../src/index.js";
import { prometheusObserver } from "../../src/metrics/prometheus.js";
import { redisFromUrl, startProxy } from "../../src/testing/index.js";
import { GatedLoader, openMoonpath, openTwo, thrownBy, unhandledRejections } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { sharedCluster, sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const PATTERN = "product:<product>";
const lamp = { product: "lamp" };

/** Counts what an observer hears. */
function recorder() {
  const heard: string[] = [];
  const textOf = (event: CacheEvent) => {
    switch (event.kind) {
      case "load":
      case "fill":
        return event.outcome;
      case "degraded":
        return event.reason;
      case "consistency":
        return event.place;
      case "invalidation":
        return `${event.target} ${event.outcome}`;
    }
  };
  const observer: Observer = {
    onCacheRequest: (cache, status) => heard.push(`${cache} ${status}`),
    onCache: (event) =>
      heard.push(`${"cache" in event ? `${event.cache} ` : ""}${event.kind} ${textOf(event)}`),
  };
  return { heard, observer, take: () => heard.splice(0).map((one) => one.replace(`${PATTERN} `, "")) };
}

const definition = { pattern: PATTERN, freshMs: 600_000, earlyRefresh: 0, cacheTimeoutMs: 5_000 } as const;

for (const [name, connect] of [
  ["a single server", sharedRedis],
  ["a cluster", sharedCluster],
] as const) {
  describe(`observers of a cache on ${name}`, () => {
    async function open(options: MoonpathOptions = {}) {
      const recorded = recorder();
      const moonpath = await openMoonpath({ observers: [recorded.observer], ...options }, connect());
      return { ...recorded, moonpath };
    }

    test("hear of each reading once, of its load, and of its fill", async () => {
      const { moonpath, heard, take } = await open();
      const loader = new GatedLoader<number>();
      const acme = moonpath.cache({ ...definition, staleMs: 600_000, load: loader.load }).tenant("acme");
      const readings = [acme.getOrLoad(lamp), acme.getOrLoad(lamp), acme.getOrLoad(lamp)];
      await loader.returns(0, 1);
      expect(await Promise.all(readings)).toEqual([1, 1, 1]);
      await eventually("it is filled", async () => expect(heard).toContain(`${PATTERN} fill stored`));
      expect(take().sort()).toEqual(["fill stored", "joined", "joined", "load ok", "miss"]);

      expect(await acme.getOrLoad(lamp)).toBe(1);
      expect(await acme.get(lamp)).toBe(1);
      expect(await acme.exists({ product: "none" })).toBe(false);
      expect(take()).toEqual(["hit", "hit", "miss"]);

      await acme.expire(lamp);
      expect(await acme.getOrLoad(lamp)).toBe(1);
      await loader.returns(1, 2);
      await eventually("it is refreshed", async () => expect(heard).toContain(`${PATTERN} fill stored`));
      expect(take()).toEqual(["invalidation entry done", "stale", "load ok", "fill stored"]);
    });

    test("hear why a value is not stored", async () => {
      const { moonpath, heard, take } = await open();
      const loader = new GatedLoader<string | undefined>();
      const acme = moonpath.cache({ ...definition, maxBytes: 100, load: loader.load }).tenant("acme");
      const filled = async (outcome: string) => {
        await eventually(outcome, async () => expect(heard).toContain(`${PATTERN} fill ${outcome}`));
        expect(take().filter((one) => !one.startsWith("invalidation"))).toEqual([
          "miss",
          "load ok",
          `fill ${outcome}`,
        ]);
      };
      for (const [call, value, outcome] of [
        [0, "x".repeat(200), "too_large"],
        [1, undefined, "unwanted"],
      ] as const) {
        const reading = acme.getOrLoad(lamp);
        await loader.returns(call, value);
        expect(await reading).toBe(value);
        await filled(outcome);
      }
      const reading = acme.getOrLoad(lamp);
      await loader.started(2);
      await acme.invalidate(lamp);
      await loader.returns(2, "old");
      expect(await reading).toBe("old");
      await filled("overtaken");
    });

    test("hear how loads fail, and of invalidations by their target", async () => {
      const { moonpath, take } = await open();
      const loader = new GatedLoader<string>();
      const acme = moonpath
        .cache({ ...definition, maxLoads: 1, loadTimeoutMs: 200, load: loader.load })
        .tenant("acme");
      const failing = thrownBy(() => acme.getOrLoad(lamp));
      await loader.throws(0, new Error("no database"));
      await failing;
      expect(take()).toEqual(["miss", "load error"]);
      const late = [
        thrownBy(() => acme.getOrLoad({ product: "a" })),
        thrownBy(() => acme.getOrLoad({ product: "b" })),
      ];
      await Promise.all(late);
      expect(take().sort()).toEqual(expect.arrayContaining(["load timeout", "miss", "miss"]));

      const { cache } = moonpath.tenant("acme");
      await cache.invalidateTags(["t"]);
      await cache.invalidateAll();
      await cache.deliver({ kind: "entry", name: "product:lamp", isSoft: false, settleMs: undefined });
      expect(take()).toEqual([
        "invalidation tag done",
        "invalidation tenant done",
        "invalidation entry done",
      ]);
    });

    test("hear of one load for a batch", async () => {
      const { moonpath, heard, take } = await open();
      const acme = moonpath
        .cache({ ...definition, loadMany: async (list) => list.map(({ product }) => product) })
        .tenant("acme");
      const list = [{ product: "a" }, { product: "b" }, { product: "c" }];
      await acme.getMany(list);
      await eventually("all are filled", async () =>
        expect(heard.filter((one) => one.endsWith("fill stored"))).toHaveLength(3),
      );
      expect(take().filter((one) => !one.startsWith("fill"))).toEqual(["miss", "miss", "miss", "load ok"]);
      await acme.getMany(list);
      expect(take()).toEqual(["hit", "hit", "hit"]);
    });
  });
}

describe("observers of a cache", () => {
  test("hear of a caller that waits for another process, once", async () => {
    const [one] = await openTwo();
    const recorded = recorder();
    const two = await openMoonpath({ namespace: one.namespace, observers: [recorded.observer] });
    const loader = new GatedLoader<number>();
    const load = { ...definition, load: loader.load };
    const first = one.cache(load).tenant("acme").getOrLoad(lamp);
    await loader.started(0);
    const second = two.cache(load).tenant("acme").getOrLoad(lamp);
    await eventually("it waits", async () => expect(recorded.heard).toEqual([`${PATTERN} joined`]));
    await loader.returns(0, 1);
    expect(await Promise.all([first, second])).toEqual([1, 1]);
    expect(recorded.take()).toEqual(["joined"]);
  });

  test("hear of hits in L1", async () => {
    const recorded = recorder();
    const moonpath = await openMoonpath({ observers: [recorded.observer], cache: { l1: memoryL1() } });
    const acme = moonpath.cache({ ...definition, load: async () => 1 }).tenant("acme");
    await eventually("L1 answers", async () => {
      await acme.getOrLoad(lamp);
      expect(recorded.heard).toContain(`${PATTERN} l1_hit`);
    });
  });

  test("hear why Redis was not used", async () => {
    const server = await startOwn();
    const proxy = await startProxy(server);
    afterTest(() => proxy.stop());
    const redis = redisFromUrl(proxy.url, { retryStrategy: () => 50 });
    redis.on("error", () => {});
    const { observer, heard, take } = recorder();
    const moonpath = createMoonpath(redis, { deadlineMs: 300, observers: [observer] });
    afterTest(() => {
      moonpath.close();
      redis.disconnect();
    });
    await moonpath.ready();
    const acme = moonpath.cache({ ...definition, cacheTimeoutMs: 100, load: async () => 1 }).tenant("acme");
    proxy.blackHole();
    for (let call = 0; call < 8; call++) await acme.getOrLoad({ product: call });
    expect(heard.filter((one) => one.endsWith("bypass"))).toHaveLength(8);
    expect(take()).toContain("degraded unavailable");
    await Promise.all(Array.from({ length: 10 }, (_, call) => acme.getOrLoad({ product: call })));
    expect(take()).toContain("degraded circuit_open");
    expect(await acme.invalidate(lamp)).toBe("pending");
    await acme.getOrLoad(lamp);
    expect(take()).toEqual(
      expect.arrayContaining(["invalidation entry pending", "degraded pending", "bypass", "load ok"]),
    );
    const failed = moonpath
      .tenant("acme")
      .cache.deliver({ kind: "tag", name: "t", isSoft: true, settleMs: undefined });
    await thrownBy(() => failed);
    expect(take()).toContain("invalidation tag failed");
  });

  test("affect no call when they throw or reject", async () => {
    const rejections = unhandledRejections();
    const wrong: Observer = {
      onCacheRequest: () => {
        throw new Error("an observer's own trouble");
      },
      onCache: () => {
        throw new Error("an observer's own trouble");
      },
    };
    const rejecting: Observer = {
      onCacheRequest: async () => Promise.reject(new Error("an observer's own trouble")),
      onCache: async () => Promise.reject(new Error("an observer's own trouble")),
    };
    const last = recorder();
    const moonpath = await openMoonpath({ observers: [wrong, rejecting, last.observer] });
    const acme = moonpath.cache({ ...definition, load: async () => 1 }).tenant("acme");
    expect(await acme.getOrLoad(lamp)).toBe(1);
    await eventually("the last one heard", async () =>
      expect(last.heard).toEqual([`${PATTERN} miss`, `${PATTERN} load ok`, `${PATTERN} fill stored`]),
    );
    expect(rejections).toEqual([]);
  });

  test("are none if no observer has a hook for caches", () => {
    expect(CacheObservers.of(undefined)).toBeUndefined();
    expect(CacheObservers.of([])).toBeUndefined();
    expect(CacheObservers.of([{ onCall: () => {} }])).toBeUndefined();
    expect(CacheObservers.of([{ onCache: () => {} }])).toBeDefined();
  });
});

test("prometheusObserver counts what caches do, by pattern, and exports no tenant and no key", async () => {
  const register = new Registry();
  const moonpath = await openMoonpath({ observers: [prometheusObserver({ register })] });
  const acme = moonpath.cache({ ...definition, load: async () => 1 }).tenant("acme");
  await acme.getOrLoad(lamp);
  const exported = async () => (await register.metrics()).split("\n");
  const fills = `moonpath_cache_fills_total{cache="${PATTERN}",fill_outcome="stored"} 1`;
  await eventually("the fill is counted", async () => expect(await exported()).toContain(fills));
  for (let call = 0; call < 3; call++) await acme.getOrLoad(lamp);
  await exported();
  await acme.getOrLoad(lamp);
  await acme.invalidate(lamp);
  const lines = await exported();
  for (const line of [
    `moonpath_cache_requests_total{cache="${PATTERN}",status="miss"} 1`,
    `moonpath_cache_requests_total{cache="${PATTERN}",status="hit"} 4`,
    `moonpath_cache_load_duration_seconds_count{cache="${PATTERN}",load_outcome="ok"} 1`,
    'moonpath_cache_invalidations_total{target="entry",invalidation_outcome="done"} 1',
  ])
    expect(lines).toContain(line);
  expect(lines.join("\n")).not.toMatch(/acme|lamp|test-/);
});
