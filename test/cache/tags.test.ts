import { describe, expect, test } from "vitest";
import * as keys from "../../generated/ts/keys.js";
import type { Moonpath } from "../../src/index.js";
import { redisFromUrl } from "../../src/testing/index.js";
import { GatedLoader, moment, openMoonpath, openTwo } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { sharedCluster, sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const lamp = { product: "lamp" };

/** A cache whose entries have these tags; versions count the loads. */
function taggedBy(moonpath: Moonpath, tags: readonly string[], staleMs = 0) {
  const loads = { count: 0 };
  const errors: Error[] = [];
  const cache = moonpath.cache({
    pattern: "product:<product>",
    freshMs: 60_000,
    staleMs,
    earlyRefresh: 0,
    cacheTimeoutMs: 10_000,
    tags: ({ product }) => tags.map((tag) => tag.replace("$", String(product))),
    load: async () => ++loads.count,
    onError: (error) => errors.push(error),
  });
  return { cache, loads, errors };
}

describe("tags that are known before the load", () => {
  for (const tag of ["brand:oslo", "with a space", "a=b=c", "größe ü €", "日本", "%", "x,y;\"'"]) {
    test(`a tag named ${JSON.stringify(tag)} is stored and invalidated`, async () => {
      const moonpath = await openMoonpath();
      const { cache, loads, errors } = taggedBy(moonpath, [tag, "other"]);
      const acme = cache.tenant("acme");
      await acme.getOrLoad(lamp);
      await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
      expect(await acme.getOrLoad(lamp)).toBe(1);
      expect(await moonpath.tenant("acme").cache.invalidateTags([tag])).toBe("done");
      expect(await acme.exists(lamp)).toBe(false);
      expect(await acme.getOrLoad(lamp)).toBe(2);
      expect(loads.count).toBe(2);
      expect(errors).toEqual([]);
    });
  }

  test("1,000 entries under one tag die at once, and those of others stay", async () => {
    const moonpath = await openMoonpath();
    const { cache } = taggedBy(moonpath, ["all", "of $"]);
    const [acme, other] = [cache.tenant("acme"), cache.tenant("other")];
    const list = Array.from({ length: 1_000 }, (_, place) => ({ product: `p${place}` }));
    await eventually("the last is stored", async () => {
      // On a busy machine, the leases of so many loads may end before their fills.
      await Promise.all([acme.warm(list), other.warm([lamp])]);
      expect((await Promise.all(list.map((fields) => acme.exists(fields)))).every(Boolean)).toBe(true);
      expect(await other.exists(lamp)).toBe(true);
    });
    await moonpath.tenant("acme").cache.invalidateTags(["of p7"]);
    expect(await acme.exists({ product: "p7" })).toBe(false);
    expect(await acme.exists({ product: "p8" })).toBe(true);
    await moonpath.tenant("acme").cache.invalidateTags(["all"]);
    expect((await Promise.all(list.map((fields) => acme.exists(fields)))).some(Boolean)).toBe(false);
    expect(await other.exists(lamp)).toBe(true);
  });

  test("invalidateAll takes everything of the tenant, and nothing of others", async () => {
    const [one, two] = await openTwo();
    const { cache } = taggedBy(one, []);
    const [acme, other] = [cache.tenant("acme"), cache.tenant("other")];
    await Promise.all([acme.getOrLoad(lamp), other.getOrLoad(lamp)]);
    await eventually("both are stored", async () => {
      expect([await acme.exists(lamp), await other.exists(lamp)]).toEqual([true, true]);
    });
    await two.tenant("acme").cache.invalidateAll();
    expect([await acme.exists(lamp), await other.exists(lamp)]).toEqual([false, true]);
  });

  test("expireTags: the old value is answered while one caller loads", async () => {
    const moonpath = await openMoonpath();
    const { cache, loads } = taggedBy(moonpath, ["brand"], 60_000);
    const acme = cache.tenant("acme");
    await acme.getOrLoad(lamp);
    await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    expect(await moonpath.tenant("acme").cache.expireTags(["brand"])).toBe("done");
    expect(await acme.getOrLoad(lamp)).toBe(1);
    await eventually("it is refreshed", async () => expect(await acme.get(lamp)).toBe(2));
    expect(await acme.getOrLoad(lamp)).toBe(2);
    expect(loads.count).toBe(2);
  });

  test("expireTags of many entries: old values go on, and each is loaded once, at most maxLoads at a time", async () => {
    const [one, other] = await openTwo();
    const loads = { running: 0, most: 0, of: new Map<string, number>() };
    const definition = {
      pattern: "product:<product>",
      freshMs: 60_000,
      staleMs: 60_000,
      earlyRefresh: 0,
      cacheTimeoutMs: 10_000,
      maxLoads: 5,
      tags: ["brand"],
      load: async ({ product }: { readonly product: string | number }) => {
        loads.running++;
        loads.most = Math.max(loads.most, loads.running);
        await moment(5);
        loads.running--;
        const count = (loads.of.get(String(product)) ?? 0) + 1;
        loads.of.set(String(product), count);
        return count;
      },
    } as const;
    const list = Array.from({ length: 200 }, (_, place) => ({ product: `p${place}` }));
    const caches = [one, other].map((moonpath) => moonpath.cache(definition).tenant("acme"));
    const [acme, others] = caches;
    if (!acme || !others) throw new Error("there are two");
    await acme.warm(list);
    const stored = (value: number) =>
      eventually(`value ${value} of each is stored`, async () => {
        expect(new Set(await Promise.all(list.map((fields) => acme.get(fields))))).toEqual(new Set([value]));
      });
    await stored(1);
    expect(loads.most).toBe(5);
    loads.most = 0;
    await other.tenant("acme").cache.expireTags(["brand"]);
    const answers = await Promise.all(caches.flatMap((each) => list.map((fields) => each.getOrLoad(fields))));
    expect(new Set(answers)).toEqual(new Set([1]));
    await stored(2);
    expect(new Set(loads.of.values())).toEqual(new Set([2]));
    // Two processes have five each.
    expect(loads.most).toBeLessThanOrEqual(10);
  });

  for (const evicted of ["brand", "*"]) {
    test(`a token of ${evicted} that is evicted: its entries are misses, also under the next token`, async () => {
      const moonpath = await openMoonpath();
      const { cache, loads } = taggedBy(moonpath, ["brand"]);
      const acme = cache.tenant("acme");
      await acme.warm([lamp, { product: "desk" }]);
      const [one, other] = [lamp, { product: "desk" }];
      await eventually("both are stored", async () => {
        expect([await acme.exists(one), await acme.exists(other)]).toEqual([true, true]);
      });
      await sharedRedis().del(keys.cacheTag({ namespace: moonpath.namespace, tenant: "acme" }, evicted));
      expect(await acme.exists(one)).toBe(false);
      expect(await acme.getOrLoad(one)).toBe(3);
      // The load has made the next token.
      await eventually("it is stored", async () => expect(await acme.exists(one)).toBe(true));
      expect(await acme.exists(other)).toBe(false);
      expect(await acme.getOrLoad(other)).toBe(4);
      expect(loads.count).toBe(4);
    });
  }

  test("an invalidation during the load is seen", async () => {
    const [one, two] = await openTwo();
    const loader = new GatedLoader<number>();
    const cache = one.cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      tags: ["brand"],
      load: loader.load,
    });
    const acme = cache.tenant("acme");
    const first = acme.getOrLoad(lamp);
    await loader.started(0);
    await two.tenant("acme").cache.invalidateTags(["brand"]);
    // Who calls now may not get what the load has read before.
    const late = acme.getOrLoad(lamp);
    await loader.returns(0, 1);
    expect(await first).toBe(1);
    await loader.returns(1, 2);
    expect(await late).toBe(2);
  });

  test("on a cluster", async () => {
    const moonpath = await openMoonpath({}, sharedCluster());
    const { cache, loads, errors } = taggedBy(moonpath, ["a", "b", "c"]);
    const acme = cache.tenant("acme");
    await acme.getOrLoad(lamp);
    await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    for (const tag of ["a", "b", "c"]) {
      await moonpath.tenant("acme").cache.invalidateTags([tag]);
      expect(await acme.exists(lamp)).toBe(false);
      await acme.getOrLoad(lamp);
      await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    }
    expect(loads.count).toBe(4);
    expect(errors).toEqual([]);
  });
});

describe("tags that only the loader knows", () => {
  /** The loader adds the tag `added`. */
  function listsOf(moonpath: Moonpath, loader: GatedLoader<number>, staleMs = 0) {
    const cache = moonpath.cache({
      pattern: "list:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      staleMs,
      earlyRefresh: 0,
      loaderTags: true,
      load: async (_fields, context) => {
        context.tag("added");
        return loader.load();
      },
    });
    return cache.tenant("acme");
  }

  /** A load that adds a tag without a token, and is stored. */
  async function firstLoad(acme: ReturnType<typeof listsOf>, loader: GatedLoader<number>) {
    const value = acme.getOrLoad(lamp);
    await loader.returns(0, 0);
    expect(await value).toBe(0);
    await eventually("it is stored", async () => expect(await acme.get(lamp)).toBe(0));
  }

  test("the first load is stored, and its tag invalidates it", async () => {
    const moonpath = await openMoonpath();
    const loader = new GatedLoader<number>();
    const acme = listsOf(moonpath, loader);
    await firstLoad(acme, loader);
    await moonpath.tenant("acme").cache.invalidateTags(["added"]);
    expect(await acme.exists(lamp)).toBe(false);
  });

  test("an invalidation during the first load is seen, also of a tag without a token", async () => {
    const [one, two] = await openTwo();
    const loader = new GatedLoader<number>();
    const acme = listsOf(one, loader);
    const value = acme.getOrLoad(lamp);
    await loader.started(0);
    await two.tenant("acme").cache.invalidateTags(["added"]);
    await loader.returns(0, 0);
    expect(await value).toBe(0);
    await moment(50);
    expect(await acme.exists(lamp)).toBe(false);
  });

  test("an invalidation during the first load is seen, also of a tag without a token", async () => {
    const [one, two] = await openTwo();
    const loader = new GatedLoader<number>();
    const acme = listsOf(one, loader);
    const value = acme.getOrLoad(lamp);
    await loader.started(0);
    await two.tenant("acme").cache.invalidateTags(["added"]);
    await loader.returns(0, 0);
    expect(await value).toBe(0);
    await moment(50);
    expect(await acme.exists(lamp)).toBe(false);
  });

  test("an invalidation during the load is seen", async () => {
    const [one, two] = await openTwo();
    const loader = new GatedLoader<number>();
    const acme = listsOf(one, loader);
    await firstLoad(acme, loader);
    await acme.invalidate(lamp);
    const value = acme.getOrLoad(lamp);
    await loader.started(1);
    await two.tenant("acme").cache.invalidateTags(["added"]);
    await loader.returns(1, 1);
    expect(await value).toBe(1);
    await moment(50);
    expect(await acme.exists(lamp)).toBe(false);
  });

  test("after expireTags, the first refresh is stored", async () => {
    const moonpath = await openMoonpath();
    const loader = new GatedLoader<number>();
    const acme = listsOf(moonpath, loader, 60_000);
    await firstLoad(acme, loader);
    await moonpath.tenant("acme").cache.expireTags(["added"]);
    await moment(50);
    expect(await acme.getOrLoad(lamp)).toBe(0);
    await loader.returns(1, 1);
    await eventually("the refresh is stored", async () => expect(await acme.get(lamp)).toBe(1), 1_000);
  });
});

test("a hit with three tags costs two commands in one round trip", async () => {
  const server = await startOwn();
  const redis = redisFromUrl(server.url);
  const moonpath = await openMoonpath({}, redis as ReturnType<typeof sharedCluster>);
  afterTest(() => redis.disconnect());
  const { cache } = taggedBy(moonpath, ["a", "b", "c"]);
  const acme = cache.tenant("acme");
  await acme.getOrLoad(lamp);
  await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
  await acme.getOrLoad(lamp);
  const watcher = (redis as import("ioredis").Redis).duplicate();
  // ioredis fails if a command of another client is reported together with the reply to MONITOR.
  await watcher.ping();
  const monitor = await watcher.monitor();
  afterTest(
    () => monitor.disconnect(),
    () => watcher.disconnect(),
  );
  const seen: { readonly at: number; readonly command: string }[] = [];
  monitor.on("monitor", (time: string, [command = ""]: string[], source: string) => {
    if (source !== "lua") seen.push({ at: Number(time), command: command.toLowerCase() });
  });
  await acme.getOrLoad(lamp);
  await redis.ping();
  await eventually("the monitor has seen it", () => expect(seen.at(-1)?.command).toBe("ping"));
  // The entry with all tokens, and the clock. The ping is the test's.
  expect(seen.map(({ command }) => command)).toEqual(["mget", "time", "ping"]);
});
