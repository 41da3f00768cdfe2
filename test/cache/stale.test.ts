import { describe, expect, test } from "vitest";
import * as keys from "../../generated/ts/keys.js";
import { UNCHANGED } from "../../src/cache/index.js";
import type { Moonpath } from "../../src/index.js";
import { GatedLoader, moment, openMoonpath, openTwo, timed } from "../support/cache/kit.js";
import { sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

type Version = number | typeof UNCHANGED;

const lamp = { product: "lamp" };

function productsOf(moonpath: Moonpath, loader: GatedLoader<Version>, softTimeoutMs = 0) {
  const errors: Error[] = [];
  const cache = moonpath.cache({
    pattern: "product:<product>",
    cacheTimeoutMs: 10_000,
    freshMs: 60_000,
    staleMs: 60_000,
    earlyRefresh: 0,
    softTimeoutMs,
    load: (): Promise<Version> => loader.load(),
    onError: (error) => errors.push(error),
  });
  return { acme: cache.tenant("acme"), errors };
}

type Products = ReturnType<typeof productsOf>["acme"];

/** Stores version 1 with the first call of the loader. */
async function filled(acme: Products, loader: GatedLoader<Version>): Promise<void> {
  const first = acme.getOrLoad(lamp);
  await loader.returns(0, 1);
  await first;
  await eventually("version 1 is stored", async () => expect(await acme.exists(lamp)).toBe(true));
}

describe("a stale value", () => {
  test("is answered at once, while one of all callers refreshes", async () => {
    const loader = new GatedLoader<Version>();
    const [one, other] = (await openTwo()).map((moonpath) => productsOf(moonpath, loader));
    if (!one || !other) throw new Error("there are two");
    await filled(one.acme, loader);
    await one.acme.expire(lamp);
    const { result, ms } = await timed(() =>
      Promise.all(Array.from({ length: 200 }, (_, place) => (place % 2 ? one : other).acme.getOrLoad(lamp))),
    );
    expect(new Set(result)).toEqual(new Set([1]));
    expect(ms).toBeLessThan(1_000);
    await loader.started(1);
    expect(await other.acme.getOrLoad(lamp)).toBe(1);
    await loader.returns(1, 2);
    await eventually("the refresh is stored", async () => expect(await other.acme.get(lamp)).toBe(2));
    expect(loader.calls).toBe(2);
  });

  test("softTimeoutMs: a quick refresh is waited for, a slow one is not", async () => {
    const loader = new GatedLoader<Version>();
    const { acme } = productsOf(await openMoonpath(), loader, 500);
    await filled(acme, loader);
    await acme.expire(lamp);
    const quick = acme.getOrLoad(lamp);
    await loader.returns(1, 2);
    expect(await quick).toBe(2);
    await eventually("it is stored", async () => expect(await acme.get(lamp)).toBe(2));
    await acme.expire(lamp);
    const { result, ms } = await timed(() => acme.getOrLoad(lamp));
    expect(result).toBe(2);
    expect(ms).toBeGreaterThan(450);
    await loader.returns(2, 3);
    await eventually("it is stored", async () => expect(await acme.get(lamp)).toBe(3));
  });

  test("a failed refresh keeps it, and is not repeated for a second", async () => {
    const loader = new GatedLoader<Version>();
    const { acme, errors } = productsOf(await openMoonpath(), loader);
    await filled(acme, loader);
    await acme.expire(lamp);
    expect(await acme.getOrLoad(lamp)).toBe(1);
    await loader.throws(1, new Error("the source fails"));
    await eventually("the error is told", () => expect(errors).toHaveLength(1));
    const failedAt = performance.now();
    while (performance.now() - failedAt < 800) {
      expect(await acme.getOrLoad(lamp)).toBe(1);
      expect(loader.calls).toBe(2);
      await moment(50);
    }
    await eventually("the refresh is repeated", async () => {
      expect(await acme.getOrLoad(lamp)).toBe(1);
      expect(loader.calls).toBe(3);
    });
    expect(performance.now() - failedAt).toBeLessThan(2_000);
    await loader.returns(2, 2);
    await eventually("it is stored", async () => expect(await acme.get(lamp)).toBe(2));
  });

  test("a refresh that must not be stored is not repeated for a second", async () => {
    const moonpath = await openMoonpath();
    let loads = 0;
    const acme = moonpath
      .cache({
        pattern: "product:<product>",
        cacheTimeoutMs: 10_000,
        freshMs: 60_000,
        staleMs: 60_000,
        load: async (_, { doNotStore }) => {
          doNotStore();
          return ++loads;
        },
      })
      .tenant("acme");
    await acme.set(lamp, 0);
    await acme.expire(lamp);
    expect(await acme.getOrLoad(lamp)).toBe(0);
    await eventually("it is loaded", () => expect(loads).toBe(1));
    const loadedAt = performance.now();
    while (performance.now() - loadedAt < 800) {
      expect(await acme.getOrLoad(lamp)).toBe(0);
      expect(loads).toBe(1);
      await moment(50);
    }
    await eventually("it is loaded again", async () => {
      expect(await acme.getOrLoad(lamp)).toBe(0);
      expect(loads).toBe(2);
    });
  });

  test("is removed by a refresh that finds no value in the source", async () => {
    const moonpath = await openMoonpath();
    let isDeleted = false;
    const acme = moonpath
      .cache({
        pattern: "product:<product>",
        cacheTimeoutMs: 10_000,
        freshMs: 60_000,
        staleMs: 60_000,
        load: async () => (isDeleted ? undefined : "a lamp"),
      })
      .tenant("acme");
    await acme.set(lamp, "a lamp");
    await acme.expire(lamp);
    isDeleted = true;
    expect(await acme.getOrLoad(lamp)).toBe("a lamp");
    await eventually("it is removed", async () => expect(await acme.exists(lamp)).toBe(false));
    expect(await acme.getOrLoad(lamp)).toBeUndefined();
  });

  test("a refresh that finds no value leaves a newer value alone", async () => {
    const moonpath = await openMoonpath();
    const loader = new GatedLoader<string | undefined>();
    const cache = moonpath.cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      staleMs: 60_000,
      load: (): Promise<string | undefined> => loader.load(),
    });
    const acme = cache.tenant("acme");
    await acme.set(lamp, "old");
    await acme.expire(lamp);
    expect(await acme.getOrLoad(lamp)).toBe("old");
    await loader.started(0);
    expect(await acme.set(lamp, "new")).toBe("set");
    await loader.returns(0, undefined);
    expect(await cache.close()).toEqual({ running: 0 });
    expect(await acme.get(lamp)).toBe("new");
  });

  test("a refresh that an invalidation overtakes makes nobody wait", async () => {
    const [one, other] = await openTwo();
    const loader = new GatedLoader<number>();
    let isGated = false;
    const definition = {
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      staleMs: 60_000,
      loaderTags: true,
      load: async (_fields: unknown, { tag }: { tag(...names: string[]): void }) => {
        tag("brand");
        return isGated ? loader.load() : 1;
      },
    } as const;
    const cache = one.cache(definition);
    const acme = cache.tenant("acme");
    await eventually("it is stored", async () => {
      await acme.getOrLoad(lamp);
      expect(await acme.exists(lamp)).toBe(true);
    });
    isGated = true;
    await acme.expire(lamp);
    expect(await acme.getOrLoad(lamp)).toBe(1);
    await loader.started(0);
    await one.tenant("acme").cache.invalidateTags(["brand"]);
    await loader.returns(0, 2);
    await cache.close();
    const key = keys.cacheLease({ namespace: one.namespace, tenant: "acme" }, "product:lamp");
    // A pause would last for a second.
    await eventually("the lease ends", async () => expect(await sharedRedis().exists(key)).toBe(0), 900);
    const next = other.cache(definition).tenant("acme").getOrLoad(lamp);
    await loader.returns(1, 3);
    expect(await next).toBe(3);
  });

  test("UNCHANGED makes it fresh again without its value", async () => {
    const loader = new GatedLoader<Version>();
    const moonpath = await openMoonpath();
    const { acme } = productsOf(moonpath, loader);
    await filled(acme, loader);
    const key = keys.cacheEntry({ namespace: moonpath.namespace, tenant: "acme" }, "product:lamp");
    const before = await sharedRedis().get(key);
    await acme.expire(lamp);
    expect(await acme.getOrLoad(lamp)).toBe(1);
    await loader.returns(1, UNCHANGED);
    await eventually("it is touched", async () => {
      const after = await sharedRedis().get(key);
      expect(after?.slice(4, 17)).not.toBe("0000000000000");
      expect(after?.slice(18, 30)).not.toBe(before?.slice(18, 30));
    });
    expect(await acme.getOrLoad(lamp)).toBe(1);
    expect(loader.calls).toBe(2);
  });
});

describe("refresh", () => {
  test("returns a value whose load began after its call, also if others load", async () => {
    const loader = new GatedLoader<Version>();
    const [one, other] = (await openTwo()).map((moonpath) => productsOf(moonpath, loader));
    if (!one || !other) throw new Error("there are two");
    await filled(one.acme, loader);
    const refreshed = one.acme.refresh(lamp);
    await loader.started(1);
    // Another process gets the lease of a later refresh, and this one waits for it.
    const later = other.acme.refresh(lamp);
    await loader.started(2);
    const third = one.acme.refresh(lamp);
    await loader.returns(1, 2);
    await loader.returns(2, 3);
    expect(await refreshed).toBe(2);
    expect(await later).toBe(3);
    await loader.returns(3, 4);
    expect(await third).toBe(4);
  });

  test("does not share the reading of a call that may get the stale value", async () => {
    const loader = new GatedLoader<Version>();
    const { acme } = productsOf(await openMoonpath(), loader);
    await filled(acme, loader);
    for (let round = 1; round < 20; round++) {
      const refreshed = acme.refresh(lamp);
      // Calls in every event of the event loop until the refresh loads.
      const begun = loader.started(round).then(() => true);
      while (!(await Promise.race([begun, moment(0).then(() => false)]))) {
        for (let turn = 0; turn < 5; turn++) {
          acme.getOrLoad(lamp);
          await Promise.resolve();
        }
      }
      await loader.returns(round, round + 1);
      expect(await refreshed).toBe(round + 1);
      await eventually("it is stored", async () => expect(await acme.get(lamp)).toBe(round + 1));
    }
  });

  test("several at once in two processes all get new values", async () => {
    let version = 1;
    const caches = (await openTwo()).map((moonpath) =>
      moonpath.cache({
        pattern: "product:<product>",
        cacheTimeoutMs: 10_000,
        freshMs: 60_000,
        staleMs: 60_000,
        load: async () => {
          const loaded = version;
          await moment(30);
          return loaded;
        },
      }),
    );
    const [one, other] = caches.map((cache) => cache.tenant("acme"));
    await one?.getOrLoad(lamp);
    await eventually("it is stored", async () => expect(await one?.exists(lamp)).toBe(true));
    version = 2;
    const values = await Promise.all(
      Array.from({ length: 10 }, async (_, place) => {
        if (place > 3) await moment(place);
        return (place % 2 ? one : other)?.refresh(lamp);
      }),
    );
    expect(values).toEqual(values.map(() => 2));
  });
});

describe("times", () => {
  test("early refresh: a slow load is repeated before the end of the fresh time", async () => {
    let loads = 0;
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 2_000,
      jitter: 0,
      earlyRefresh: 100,
      load: async () => {
        await moment(100);
        return ++loads;
      },
    });
    const acme = cache.tenant("acme");
    expect(await acme.getOrLoad(lamp)).toBe(1);
    const startedAt = performance.now();
    await eventually("it is refreshed early", async () => {
      await acme.getOrLoad(lamp);
      expect(loads).toBe(2);
    });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  test("the longest fresh time can be stored, with jitter and a stale time", async () => {
    const moonpath = await openMoonpath();
    const cache = moonpath.cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 31_622_400_000,
      staleMs: 1_000,
      jitter: 0.5,
      load: async () => "value",
    });
    const acme = cache.tenant("acme");
    for (let round = 0; round < 10; round++) expect(await acme.set(lamp, "value")).toBe("set");
  });

  test("jitter: fresh times differ by at most their part", async () => {
    const moonpath = await openMoonpath();
    const redis = sharedRedis();
    const cache = moonpath.cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 100_000,
      jitter: 0.2,
      load: async () => "value",
    });
    const acme = cache.tenant("acme");
    const names = Array.from({ length: 50 }, (_, place) => `p${place}`);
    await acme.warm(names.map((product) => ({ product })));
    const scope = { namespace: moonpath.namespace, tenant: "acme" };
    await moment(100);
    const lives = await Promise.all(
      names.map((name) => redis.pttl(keys.cacheEntry(scope, `product:${name}`))),
    );
    expect(Math.max(...lives)).toBeLessThanOrEqual(120_000);
    expect(Math.min(...lives)).toBeGreaterThan(80_000 - 2_000);
    expect(Math.max(...lives) - Math.min(...lives)).toBeGreaterThan(10_000);
  });
});
