import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { type CacheQuotas, createMoonpath, type Moonpath, UNCHANGED } from "../../../src/index.js";
import { redisFromUrl } from "../../../src/testing/index.js";
import { GatedLoader, openMoonpath, thrownBy, unhandledRejections } from "../../support/cache/kit.js";
import { afterTest } from "../../support/cleanup.js";
import { startOwn } from "../../support/own-server.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../../support/redis.js";
import { eventually } from "../../support/wait.js";

const VALUE = "x".repeat(98);

function pagesOf(moonpath: Moonpath, tenant = "acme") {
  const errors: Error[] = [];
  const state = { loads: 0 };
  const pages = moonpath
    .cache({
      pattern: "page:<page>",
      freshMs: 600_000,
      earlyRefresh: 0,
      cacheTimeoutMs: 5_000,
      load: async () => {
        state.loads++;
        return VALUE;
      },
      onError: (error) => errors.push(error),
    })
    .tenant(tenant);
  const stored = async (count: number) => {
    const all = Array.from({ length: count }, (_, page) => ({ page: String(page) }));
    const exist = await Promise.all(all.map((fields) => pages.exists(fields)));
    return all.filter((_, place) => exist[place]).map(({ page }) => Number(page));
  };
  return { pages, errors, state, stored, tenant: moonpath.tenant(tenant) };
}

const open = (quota: CacheQuotas, redis = sharedRedis()) => openMoonpath({ cache: { quota } }, redis);
const usageIs = (acme: ReturnType<typeof pagesOf>, usage: object) =>
  eventually(`the usage is ${JSON.stringify(usage)}`, async () =>
    expect(await acme.tenant.cache.usage()).toEqual(usage),
  );

for (const [name, connect] of [
  ["a single server", sharedRedis],
  ["a cluster", sharedCluster],
] as const) {
  test(`above the quota, the oldest entries of the tenant make room, on ${name}`, async () => {
    const moonpath = await openMoonpath({ cache: { quota: { entries: 5 } } }, connect());
    const [acme, other] = [pagesOf(moonpath), pagesOf(moonpath, "other")];
    await other.pages.set({ page: "0" }, VALUE);
    for (let page = 0; page < 12; page++) {
      await acme.pages.getOrLoad({ page: String(page) });
      await usageIs(acme, { entries: Math.min(page + 1, 5), bytes: Math.min(page + 1, 5) * 100 });
    }
    await eventually("the newest are there", async () =>
      expect(await acme.stored(12)).toEqual([7, 8, 9, 10, 11]),
    );
    await usageIs(other, { entries: 1, bytes: 100 });
    expect(await other.stored(1)).toEqual([0]);
    expect([...acme.errors, ...other.errors]).toEqual([]);
  });
}

describe("a quota that refuses", () => {
  test("returns values and does not store them; set throws, and no old value stays", async () => {
    const moonpath = await open({ bytes: 1_024, onFull: "refuse" });
    const acme = pagesOf(moonpath);
    for (let page = 0; page < 10; page++)
      expect(await acme.pages.set({ page: String(page) }, VALUE)).toBe("set");
    expect(await acme.pages.getOrLoad({ page: "10" })).toBe(VALUE);
    expect(await acme.pages.getOrLoad({ page: "10" })).toBe(VALUE);
    expect(acme.state.loads).toBe(2);
    const error = await thrownBy(() => acme.pages.set({ page: "0" }, `${VALUE} and much more than before`));
    expect(error).toMatchObject({
      name: "QuotaError",
      code: "QUOTA",
      message: "the tenant's quota of 1024 bytes has no room for the value",
    });
    expect(await acme.pages.get({ page: "0" })).toBeUndefined();
    expect(await acme.pages.writeThrough({ page: "11" }, async () => VALUE.repeat(2))).toMatchObject({
      cache: "removed",
    });
    expect(await acme.stored(20)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(acme.errors).toEqual([]);
  });

  test("counts a value on that was set while a load of its entry ran", async () => {
    const moonpath = await open({ entries: 2, onFull: "refuse" });
    const { tenant } = pagesOf(moonpath);
    const loader = new GatedLoader<string>();
    const cache = moonpath.cache({
      pattern: "slow:<page>",
      freshMs: 600_000,
      cacheTimeoutMs: 5_000,
      load: loader.load,
    });
    const slow = cache.tenant("acme");
    const loading = slow.getOrLoad({ page: "0" });
    await loader.started(0);
    expect(await slow.set({ page: "0" }, VALUE)).toBe("set");
    await loader.returns(0, VALUE);
    expect(await loading).toBe(VALUE);
    await cache.close();
    // The fill was refused after it was counted.
    expect(await slow.get({ page: "0" })).toBe(VALUE);
    expect(await tenant.cache.usage()).toEqual({ entries: 1, bytes: 100 });
  });

  test("has room again after an invalidation, and after a purge of the tenant", async () => {
    const acme = pagesOf(await open({ entries: 2, onFull: "refuse" }));
    for (const page of ["0", "1"]) await acme.pages.set({ page }, VALUE);
    await expect(acme.pages.set({ page: "2" }, VALUE)).rejects.toMatchObject({ code: "QUOTA" });
    await acme.pages.invalidate({ page: "0" });
    await usageIs(acme, { entries: 1, bytes: 100 });
    expect(await acme.pages.set({ page: "2" }, VALUE)).toBe("set");
    expect(await acme.pages.deletePattern({})).toBe(2);
    await usageIs(acme, { entries: 0, bytes: 0 });
    for (const page of ["0", "1"]) await acme.pages.set({ page }, VALUE);
    await acme.tenant.cache.invalidateAll();
    await usageIs(acme, { entries: 0, bytes: 0 });
    expect(await acme.pages.set({ page: "3" }, VALUE)).toBe("set");
  });
});

test.each(["evict", "refuse"] as const)("a value larger than the quota is not stored: %s", async (onFull) => {
  const acme = pagesOf(await open({ bytes: 1_024, onFull }));
  for (const page of ["0", "1", "2"]) await acme.pages.set({ page }, VALUE);
  await usageIs(acme, { entries: 3, bytes: 300 });
  await expect(acme.pages.set({ page: "2" }, VALUE.repeat(11))).rejects.toMatchObject({ code: "QUOTA" });
  const large = await acme.pages.writeThrough({ page: "3" }, async () => VALUE.repeat(11));
  expect(large.cache).toBe("removed");
  expect(await acme.pages.getOrLoad({ page: "4" }, { load: async () => VALUE.repeat(11) })).toHaveLength(
    1_078,
  );
  // Nobody has made room, and the old value went.
  await usageIs(acme, { entries: 2, bytes: 200 });
  expect(await acme.stored(5)).toEqual([0, 1]);
  expect(acme.errors).toEqual([]);
});

test("under a lower quota, a value goes that has no room after eight evictions", async () => {
  let entries = 20;
  const acme = pagesOf(await open(() => ({ entries })));
  for (let page = 0; page < 20; page++) await acme.pages.set({ page: String(page) }, VALUE);
  await usageIs(acme, { entries: 20, bytes: 2_000 });
  entries = 5;
  await acme.pages.set({ page: "20" }, VALUE);
  await usageIs(acme, { entries: 12, bytes: 1_200 });
  await eventually("it is removed", async () =>
    expect(await acme.stored(21)).toEqual(Array.from({ length: 12 }, (_, place) => place + 8)),
  );
  // One that was counted before is not counted any more either.
  entries = 3;
  await acme.pages.set({ page: "19" }, VALUE);
  await usageIs(acme, { entries: 3, bytes: 300 });
  await eventually("it is removed", async () => expect(await acme.stored(21)).toEqual([16, 17, 18]));
  expect(acme.errors).toEqual([]);
});

describe("if the second server stores nothing, a quota that refuses", () => {
  const openFailing = async () => {
    const server = await startOwn();
    const second = redisFromUrl(server.url);
    afterTest(() => second.disconnect());
    const quota = { entries: 2, onFull: "refuse" } as const;
    const moonpath = await openMoonpath({ deadlineMs: 1_500, cache: { redis: second, quota } });
    const acme = pagesOf(moonpath);
    const fail = () => second.call("CONFIG", "SET", "min-replicas-to-write", "1");
    return { ...acme, acme, fail };
  };
  const none = { entries: 0, bytes: 0 };

  test("does not count a set", async () => {
    const { acme, pages, fail } = await openFailing();
    await fail();
    for (const page of ["0", "1", "2"])
      await expect(pages.set({ page }, VALUE)).rejects.not.toMatchObject({ code: "QUOTA" });
    await usageIs(acme, none);
  });

  test("does not count a load or a write that begins before", async () => {
    const { acme, pages, errors, fail } = await openFailing();
    const loader = new GatedLoader<string>();
    const loading = pages.getOrLoad({ page: "0" }, { load: loader.load });
    await loader.started(0);
    const written = pages.writeThrough({ page: "1" }, async () => {
      await fail();
      return VALUE;
    });
    expect(await written).toEqual({ value: VALUE, cache: "pending" });
    await loader.returns(0, VALUE);
    expect(await loading).toBe(VALUE);
    await usageIs(acme, none);
    await eventually("both are reported", () => expect(errors.length).toBeGreaterThanOrEqual(2));
  });
});

test("a function gives each tenant its quota, or none, and a change counts at once", async () => {
  const plans = new Map([["acme", 2]]);
  const moonpath = await open((tenant) => {
    const entries = plans.get(tenant);
    return entries === undefined ? undefined : { entries };
  });
  const [acme, other] = [pagesOf(moonpath), pagesOf(moonpath, "other")];
  for (const { pages } of [acme, other])
    for (let page = 0; page < 4; page++) await pages.set({ page: String(page) }, VALUE);
  await usageIs(acme, { entries: 2, bytes: 200 });
  expect(await other.stored(4)).toEqual([0, 1, 2, 3]);
  await expect(other.tenant.cache.usage()).rejects.toThrow(/^argument cache\.quota: a quota for this tenant/);
  plans.set("acme", 4);
  for (let page = 4; page < 6; page++) await acme.pages.set({ page: String(page) }, VALUE);
  await usageIs(acme, { entries: 4, bytes: 400 });
});

test("an entry that is touched is counted until its new end, and is the newest", async () => {
  const moonpath = await open({ entries: 2 });
  const rates = moonpath
    .cache({
      pattern: "rate:<currency>",
      freshMs: 600_000,
      staleMs: 600_000,
      cacheTimeoutMs: 5_000,
      load: async (_, { stale }) => (stale === undefined ? 7 : UNCHANGED),
    })
    .tenant("acme");
  const acme = moonpath.tenant("acme");
  const isNewest = async (currency: string) =>
    eventually("it is counted", async () => {
      const newest = await sharedRedis().zrange(`${moonpath.namespace}:{acme:0}:cache-usage`, "-1", "-1");
      expect(newest).toEqual([`rate:${currency}`]);
    });
  for (const currency of ["EUR", "USD"]) {
    await rates.getOrLoad({ currency });
    await isNewest(currency);
  }
  await rates.refresh({ currency: "EUR" });
  await isNewest("EUR");
  await rates.getOrLoad({ currency: "CHF" });
  await isNewest("CHF");
  await eventually("the oldest is gone", async () =>
    expect(await rates.exists({ currency: "USD" })).toBe(false),
  );
  expect(await rates.exists({ currency: "EUR" })).toBe(true);
  expect(await acme.cache.usage()).toEqual({ entries: 2, bytes: 2 });
});

test("the count of a large tenant is in several shards, and stays near the quota", async () => {
  const acme = pagesOf(await open({ entries: 4_000 }));
  for (let start = 0; start < 6_000; start += 250)
    await Promise.all(
      Array.from({ length: 250 }, (_, page) => acme.pages.set({ page: `${start + page}` }, VALUE)),
    );
  await eventually("the surplus is evicted", async () => {
    const { entries } = await acme.tenant.cache.usage();
    expect(entries).toBeLessThanOrEqual(4_000);
    expect(entries).toBeGreaterThan(3_800);
  });
}, 60_000);

test("an eviction that fails is reported", async () => {
  const server = await startOwn();
  const admin = redisFromUrl(server.url);
  afterTest(() => admin.disconnect());
  await admin.call("ACL", ["SETUSER", "limited", "on", ">secret", "+@all", "-unlink", "~*", "&*"]);
  const url = new URL(server.url);
  url.username = "limited";
  url.password = "secret";
  const redis = new Redis(url.href);
  afterTest(() => redis.disconnect());
  const acme = pagesOf(await open({ entries: 2 }, redis));
  await acme.pages.getOrLoad({ page: "0" });
  for (let page = 1; page < 4; page++) await acme.pages.getOrLoad({ page: String(page) });
  await eventually("it is told", () =>
    expect(acme.errors).toContainEqual(expect.objectContaining({ code: "NO_PERMISSION" })),
  );
});

test("quotas are on the first server, and what they evict on the second", async () => {
  const [first, second] = [sharedRedis(), sharedCluster()];
  const moonpath = createMoonpath(first, {
    namespace: freshNamespace(),
    deadlineMs: 5_000,
    cache: { redis: second, quota: { entries: 2 } },
  });
  afterTest(() => moonpath.close());
  await moonpath.ready();
  const acme = pagesOf(moonpath);
  for (let page = 0; page < 4; page++) {
    await acme.pages.set({ page: String(page) }, VALUE);
    await usageIs(acme, { entries: Math.min(page + 1, 2), bytes: Math.min(page + 1, 2) * 100 });
  }
  await eventually("two are left", async () => expect(await acme.stored(4)).toEqual([2, 3]));
  const usage = `${moonpath.namespace}:{acme:0}:cache-usage`;
  expect(await first.exists(usage)).toBe(1);
  expect(await second.exists(usage)).toBe(0);
});

test.each([
  async () => ({ entries: 5 }),
  async () => {
    throw new Error("away");
  },
  () => null,
  () => 7,
  () => "10",
  () => ({}),
  () => ({ entries: "5" }),
])("a function that returns no quota is refused: %s", async (quota) => {
  const rejections = unhandledRejections();
  const moonpath: Moonpath = await Reflect.apply(openMoonpath, undefined, [{ cache: { quota } }]);
  expect(() => pagesOf(moonpath)).toThrow(/^argument cache\.quota/);
  await expect(moonpath.tenant("acme").cache.usage()).rejects.toMatchObject({ code: "ARGUMENT" });
  // Invalidations do not depend on it.
  expect(await moonpath.tenant("acme").cache.invalidateAll()).toBe("done");
  expect(rejections).toEqual([]);
});

test("a function that throws gives no quota, and its error is reported", async () => {
  const moonpath = await open(() => {
    throw new Error("away");
  });
  const acme = pagesOf(moonpath);
  expect(await acme.pages.set({ page: "0" }, VALUE)).toBe("set");
  expect(acme.errors).toMatchObject([{ message: "away" }]);
});

test.each([
  [{}, "argument cache.quota: a limit of entries or of bytes"],
  [7, /^argument cache\.quota: a quota or a function/],
  [Promise.resolve({ entries: 5 }), /^argument cache\.quota: .*not a promise/],
  [{ entries: 0 }, /^argument cache\.quota\.entries: /],
  [{ bytes: 100 }, /^argument cache\.quota\.bytes: /],
  [{ entries: 5, onFull: "wait" }, "argument cache.quota.onFull: evict or refuse"],
  [{ entrys: 5 }, /^argument cache\.quota\.entrys: .*the nearest is entries/],
])("the quota %j is refused", (quota, message) => {
  const redis = sharedRedis({ lazyConnect: true });
  expect(() => Reflect.apply(createMoonpath, undefined, [redis, { cache: { quota } }])).toThrow(message);
});
