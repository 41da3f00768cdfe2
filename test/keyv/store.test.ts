import Keyv from "keyv";
import { describe, expect, test } from "vitest";
import * as keys from "../../generated/ts/keys.js";
import { createMoonpath, type Moonpath } from "../../src/index.js";
import { createKeyvStore, type KeyvStoreOptions } from "../../src/keyv/index.js";
import { redisFromUrl, startProxy } from "../../src/testing/index.js";
import { openMoonpath, thrownBy, unhandledRejections } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

function keyvOf(moonpath: Moonpath, namespace?: string, options: KeyvStoreOptions = {}) {
  const store = createKeyvStore(moonpath, { cacheTimeoutMs: 5_000, ...options });
  const keyv = new Keyv({ store, namespace: namespace ?? "" });
  const errors: unknown[] = [];
  keyv.on("error", (error) => errors.push(error));
  return { keyv, store, errors };
}

/** Keys that a name of an entry cannot have as they are, and those that are too long for one. */
const HARD_KEYS = [
  "a:b",
  "{a}",
  "*",
  "%7e",
  "[a]?^\\",
  "ü",
  "日本",
  " ",
  "%~short",
  "k".repeat(69),
  "k".repeat(5_000),
  "日".repeat(23),
];

for (const [name, connect] of [
  ["a single server", sharedRedis],
  ["a cluster", sharedCluster],
] as const) {
  describe(`a Keyv on ${name}`, () => {
    test.each(["sessions", "", "n:1*", "n".repeat(100)])(
      "keeps keys of any characters and length, in the namespace %j",
      async (namespace) => {
        const { keyv, errors } = keyvOf(await openMoonpath({}, connect()), namespace);
        for (const key of HARD_KEYS) expect(await keyv.set(key, { key })).toBe(true);
        expect(await keyv.getMany(HARD_KEYS)).toEqual(HARD_KEYS.map((key) => ({ key })));
        const { iterator } = keyv;
        const found: unknown[] = [];
        for await (const [, value] of iterator?.("") ?? []) found.push(value.key);
        expect(found.sort()).toEqual([...HARD_KEYS].sort());
        expect(await keyv.hasMany([...HARD_KEYS, "none"])).toEqual([...HARD_KEYS.map(() => true), false]);
        expect(errors).toEqual([]);
      },
    );

    test("clear removes the keys of its namespace for all processes, and no others", async () => {
      const namespace = freshNamespace();
      const [one, two] = await Promise.all([
        openMoonpath({ namespace }, connect()),
        openMoonpath({ namespace }, connect()),
      ]);
      const [a, b] = [keyvOf(one, "a"), keyvOf(two, "a")];
      const [other, none] = [keyvOf(one, "b"), keyvOf(one)];
      const all = [a, other, none];
      for (const { keyv } of all) await keyv.set("k", 1);
      expect(await b.keyv.get("k")).toBe(1);
      await a.keyv.clear();
      expect(await b.keyv.get("k")).toBeUndefined();
      expect(await b.keyv.has("k")).toBe(false);
      expect(await other.keyv.get("k")).toBe(1);
      expect(await none.keyv.get("k")).toBe(1);
      // It is stored until its TTL ends, and nobody sees it.
      expect(await a.keyv.delete("k")).toBe(false);
      await a.keyv.set("k", 2);
      expect(await b.keyv.get("k")).toBe(2);
      await none.keyv.clear();
      expect(await other.keyv.get("k")).toBe(1);
    });
  });
}

describe("the store of a Keyv", () => {
  test("ends a value by the clock of Redis, after its TTL, the Keyv's or the store's", async () => {
    const moonpath = await openMoonpath();
    const redis = sharedRedis();
    const { keyv, store } = keyvOf(moonpath, "t", { ttlMs: 90_000 });
    const lifeOf = (key: string) =>
      redis.pttl(keys.cacheEntry({ namespace: moonpath.namespace, tenant: "moonpath" }, `keyv:t:t%3a${key}`));
    await keyv.set("own", 1, 20_000);
    await keyv.set("none", 1);
    await store.set("t:part", "text", 10_000.4);
    await store.set("t:endless", "text", Number.POSITIVE_INFINITY);
    const within = async (key: string, ms: number) => {
      const life = await lifeOf(key);
      expect(life).toBeLessThanOrEqual(ms);
      expect(life).toBeGreaterThan(ms - 9_000);
    };
    await within("own", 20_000);
    await within("none", 90_000);
    await within("part", 10_001);
    await within("endless", 31_622_400_000);
    await keyv.set("short", 1, 30);
    await eventually("it has ended", async () => expect(await store.has("t:short")).toBe(false));
    const byDefault = createKeyvStore(moonpath);
    byDefault.namespace = "t";
    await byDefault.set("t:default", "text");
    await within("default", 2_592_000_000);
  });

  test("belongs to a tenant, whose invalidations affect it", async () => {
    const moonpath = await openMoonpath();
    const tags = (key: string) => [`user:${key.split("/")[0]}`];
    const acme = keyvOf(moonpath, "s", { tenant: "acme", tags });
    const other = keyvOf(moonpath, "s", { tenant: "other", tags });
    for (const { keyv } of [acme, other])
      await keyv.setMany([entry("anna/1"), entry("anna/2"), entry("ben/1")]);
    await moonpath.tenant("acme").cache.invalidateTags(["user:anna"]);
    expect(await acme.keyv.getMany(["anna/1", "anna/2", "ben/1"])).toEqual([undefined, undefined, "ben/1"]);
    await moonpath.tenant("acme").cache.invalidateAll();
    expect(await acme.keyv.get("ben/1")).toBeUndefined();
    expect(await other.keyv.getMany(["anna/1", "ben/1"])).toEqual(["anna/1", "ben/1"]);
  });

  test("tells of each value of setMany whether it is stored", async () => {
    const { keyv, errors } = keyvOf(await openMoonpath(), "m", { maxBytes: 100 });
    const results = await keyv.setMany([entry("a"), { key: "b", value: "x".repeat(200) }, entry("c")]);
    expect(results).toEqual([true, false, true]);
    expect(errors).toEqual([expect.objectContaining({ code: "ARGUMENT" })]);
    expect(await keyv.getMany(["a", "b", "c"])).toEqual(["a", undefined, "c"]);
    expect(await keyv.deleteMany(["a", "none"])).toBe(true);
    expect(await keyv.deleteMany(["a", "none"])).toBe(false);
  });

  test("a listener that throws turns no miss into an error", async () => {
    const store = createKeyvStore(await openMoonpath(), { maxBytes: 100 });
    store.on("error", () => {
      throw new Error("of the listener");
    });
    expect(await store.setMany([{ key: "b", value: "x".repeat(200) }])).toEqual([false]);
  });

  test("tags get the whole key of a Keyv without a namespace", async () => {
    const seen = new Set<string>();
    const store = createKeyvStore(await openMoonpath(), {
      tags: (key) => {
        seen.add(key);
        return [];
      },
    });
    await store.set("undefined:x", "text");
    expect([...seen]).toEqual(["undefined:x"]);
  });

  test("refuses tags that are no list", async () => {
    const tags = (() => "brand") as unknown as () => readonly string[];
    const store = createKeyvStore(await openMoonpath(), { tags });
    expect(await thrownBy(() => store.set("k", "text"))).toMatchObject({
      code: "ARGUMENT",
      argument: "tags",
    });
  });

  test("does not store under a block", async () => {
    const moonpath = await openMoonpath();
    const { keyv, store } = keyvOf(moonpath, "s", { tenant: "acme" });
    await keyv.set("k", 1);
    const { scripts } = moonpath.tenant("acme");
    await scripts.cache.invalidate({ entry: "keyv:s:s%3ak", settleMs: 60_000 });
    expect(await keyv.set("k", 2)).toBe(false);
    expect(await store.get("s:k")).toBeUndefined();
  });

  test("refuses values that are no text, and TTLs that are none", async () => {
    const { store } = keyvOf(await openMoonpath(), "s");
    expect(await thrownBy(() => store.set("k", { a: 1 }))).toMatchObject({
      code: "ARGUMENT",
      argument: "value",
    });
    for (const ttl of [Number.NaN, -1, 0]) {
      expect(await thrownBy(() => store.set("k", "text", ttl))).toMatchObject({ argument: "ttl" });
    }
    expect(await thrownBy(() => store.get(""))).toMatchObject({ argument: "key" });
  });

  test("refuses options that do not exist or are out of bounds", async () => {
    const moonpath = await openMoonpath();
    const optionOf = (options: object) => {
      try {
        createKeyvStore(moonpath, options);
      } catch (error) {
        return error instanceof Error && "argument" in error ? error.argument : error;
      }
      return "none";
    };
    expect(optionOf({})).toBe("none");
    expect(optionOf({ ttl: 1 })).toBe("ttl");
    expect(optionOf({ ttlMs: 0 })).toBe("ttlMs");
    expect(optionOf({ tags: ["a"] })).toBe("tags");
    expect(optionOf({ tenant: "a b" })).toBe("tenant");
    expect(optionOf({ maxBytes: -1 })).toBe("maxBytes");
    // @ts-expect-error a connection is no client
    expect(() => createKeyvStore(sharedRedis())).toThrow("createMoonpath");
  });
});

describe("a Keyv without Redis", () => {
  test("has no values, tells of errors, and sees what was cleared meanwhile as gone", async () => {
    const rejections = unhandledRejections();
    const server = await startOwn();
    const proxy = await startProxy(server);
    afterTest(() => proxy.stop());
    const redis = redisFromUrl(proxy.url, { retryStrategy: () => 50 });
    redis.on("error", () => {});
    const moonpath = createMoonpath(redis, { deadlineMs: 300 });
    afterTest(() => {
      moonpath.close();
      redis.disconnect();
    });
    await moonpath.ready();
    const { keyv, store, errors } = keyvOf(moonpath, "n", { cacheTimeoutMs: 300 });
    await keyv.set("k", 1);
    expect(await keyv.get("k")).toBe(1);
    proxy.blackHole();
    expect(await keyv.get("k")).toBeUndefined();
    expect(errors.length).toBeGreaterThan(0);
    expect(await keyv.getMany(["k", "l"])).toEqual([undefined, undefined]);
    expect(await keyv.has("k")).toBe(false);
    expect(await keyv.set("k", 2)).toBe(false);
    errors.length = 0;
    await keyv.clear();
    expect(errors).toEqual([expect.objectContaining({ code: "UNAVAILABLE" })]);
    expect(await keyv.delete("k")).toBe(false);
    store.removeAllListeners("error");
    expect(await store.get("n:k")).toBeUndefined();
    proxy.heal();
    // The clear that was repeated may remove what was set before it.
    await eventually("values are stored and read again", async () => {
      expect(await keyv.set("other", 3)).toBe(true);
      expect(await keyv.get("other")).toBe(3);
    });
    expect(await keyv.get("k")).toBeUndefined();
    expect(rejections).toEqual([]);
  });
});

function entry(key: string) {
  return { key, value: key };
}
