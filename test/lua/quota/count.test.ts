import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, scope, quota } = await cacheScripts();
const MINUTE = 60_000;

const count = (usageShard: string, entry: string, more: object = {}) =>
  quota.count({ usageShard, entry, bytes: 100, keepMs: hour, refuses: false, ...more });
const namesOf = (shard: string) => redis.zrange(keys.cacheUsage(scope, shard), "0", "-1");
const sumOf = (shard: string) => redis.hget(keys.cacheSizes(scope, shard), "bytes");

test("an entry that is filled again is the newest, and has its new size", async () => {
  await count("1", "lamp");
  await count("1", "vase", { bytes: 50 });
  expect(await count("1", "lamp", { bytes: 7 })).toEqual({ outcome: "counted", evicted: [] });
  expect(await namesOf("1")).toEqual(["vase", "lamp"]);
  expect(await quota.read({ usageShard: "1" })).toEqual({ entries: 2, bytes: 57 });
});

test("the oldest entries make room, eight in a call", async () => {
  for (let entry = 0; entry < 20; entry++) await count("2", `e${entry}`);
  const first = await count("2", "new", { maxEntries: 5 });
  expect(first).toEqual({
    outcome: "counted",
    evicted: Array.from({ length: 8 }, (_, place) => `e${place}`),
  });
  expect(await count("2", "newer", { maxEntries: 5 })).toMatchObject({ evicted: { length: 8 } });
  expect(await count("2", "newest", { maxEntries: 5 })).toMatchObject({ evicted: ["e16", "e17"] });
  expect(await namesOf("2")).toEqual(["e18", "e19", "new", "newer", "newest"]);
  expect(await sumOf("2")).toBe("500");
});

test("a value above the quota of bytes evicts all others, and stays", async () => {
  for (const entry of ["a", "b", "c"]) await count("3", entry, { maxBytes: 350 });
  expect(await count("3", "large", { bytes: 400, maxBytes: 350 })).toEqual({
    outcome: "counted",
    evicted: ["a", "b", "c"],
  });
  expect(await quota.read({ usageShard: "3" })).toEqual({ entries: 1, bytes: 400 });
});

test("entries that have ended make room without an eviction, and are not named", async () => {
  for (let entry = 0; entry < 4; entry++) await count("4", `old${entry}`, { keepMs: 1 });
  await count("4", "lamp", { keepMs: hour });
  const before = await redis.pexpiretime(keys.cacheUsage(scope, "4"));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await count("4", "vase", { maxEntries: 2, refuses: true, keepMs: MINUTE })).toEqual({
    outcome: "counted",
    evicted: [],
  });
  expect(await namesOf("4")).toEqual(["lamp", "vase"]);
  // The keys live as long as their last entry.
  expect(Math.abs((await redis.pexpiretime(keys.cacheUsage(scope, "4"))) - before)).toBeLessThan(1_000);
  expect(await redis.pttl(keys.cacheSizes(scope, "4"))).toBeGreaterThan(hour / 2);
});

test("a round over all entries finds each that has ended", async () => {
  for (let entry = 0; entry < 40; entry++) await count("5", `live${entry}`);
  for (let entry = 0; entry < 20; entry++) await count("5", `old${entry}`, { keepMs: 1 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  // 60 entries, 8 in a call, and what is left of the round before.
  for (let call = 0; call < 17; call++) await count("5", "lamp");
  expect(await quota.read({ usageShard: "5" })).toEqual({ entries: 41, bytes: 4_100 });
});

test("a quota that refuses changes nothing of an entry that it does not count again", async () => {
  await count("6", "lamp", { maxBytes: 150, refuses: true });
  expect(await count("6", "vase", { maxBytes: 150, refuses: true })).toEqual({ outcome: "full" });
  expect(await count("6", "lamp", { bytes: 151, maxBytes: 150, refuses: true })).toEqual({ outcome: "full" });
  expect(await quota.read({ usageShard: "6" })).toEqual({ entries: 1, bytes: 100 });
  expect(await count("6", "lamp", { bytes: 150, maxBytes: 150, refuses: true })).toMatchObject({
    outcome: "counted",
  });
  expect(await count("7", "lamp", { maxEntries: 0, refuses: true })).toEqual({ outcome: "full" });
  expect(await redis.exists(keys.cacheUsage(scope, "7"))).toBe(0);
});

test("if one of the keys was evicted, the count begins again", async () => {
  await count("8", "lamp");
  await redis.del(keys.cacheUsage(scope, "8"));
  expect(await quota.read({ usageShard: "8" })).toEqual({ entries: 0, bytes: 0 });
  await count("8", "vase");
  expect(await sumOf("8")).toBe("100");
  await redis.del(keys.cacheSizes(scope, "8"));
  await count("8", "rug");
  expect(await namesOf("8")).toEqual(["rug"]);
});

test("keys of another type are an error, and nothing changes", async () => {
  await redis.set(keys.cacheUsage(scope, "9"), "text");
  expect(await failure(count("9", "lamp"))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await redis.exists(keys.cacheSizes(scope, "9"))).toBe(0);
  await redis.set(keys.cacheSizes(scope, "10"), "text");
  expect(await failure(count("10", "lamp"))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await redis.exists(keys.cacheUsage(scope, "10"))).toBe(0);
});
