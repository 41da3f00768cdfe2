import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, scope, quota } = await cacheScripts();
const MINUTE = 60_000;

const count = (usageShard: string, entry: string, more: object = {}) =>
  quota.count({ usageShard, entry, bytes: 100, keepMs: hour, refuses: false, ...more });
const namesOf = (shard: string) => redis.zrange(keys.cacheUsage(scope, shard), "0", "-1");
const usageOf = (shard: string) => keys.cacheUsage(scope, shard);
const sumOf = (shard: string) => redis.hget(keys.cacheSizes(scope, shard), "bytes");

test("an entry that is filled again is the newest, and has its new size", async () => {
  await count("1", "lamp");
  await count("1", "vase", { bytes: 50 });
  expect(await count("1", "lamp", { bytes: 7 })).toMatchObject({ outcome: "counted", evicted: [] });
  expect(await namesOf("1")).toEqual(["vase", "lamp"]);
  expect(await quota.read({ usageShard: "1" })).toEqual({ entries: 2, bytes: 57 });
});

test("eight entries make room in a call, and what does not fit then is not counted", async () => {
  for (let entry = 0; entry < 20; entry++) await count("2", `e${entry}`);
  const evicted = (from: number) => Array.from({ length: 8 }, (_, place) => `e${from + place}`);
  const limits = { maxEntries: 5 };
  expect(await count("2", "new", limits)).toEqual({ outcome: "full", evicted: evicted(0), number: 0 });
  await count("2", "e19");
  const number = Number(await redis.zscore(keys.cacheUsage(scope, "2"), "e19"));
  // An older value of an entry without room stays counted, under its number.
  expect(await count("2", "e19", { bytes: 1, maxEntries: 3 })).toEqual({
    outcome: "full",
    evicted: evicted(8),
    number,
  });
  expect(await quota.read({ usageShard: "2" })).toEqual({ entries: 4, bytes: 400 });
  expect(await count("2", "new", limits)).toMatchObject({ outcome: "counted", evicted: [] });
  expect(await count("2", "newer", limits)).toMatchObject({ outcome: "counted", evicted: ["e16"] });
  expect(await namesOf("2")).toEqual(["e17", "e18", "e19", "new", "newer"]);
  expect(await sumOf("2")).toBe("500");
});

test("a quota of bytes is never passed by entries of any sizes", async () => {
  for (let entry = 0; entry < 40; entry++) await count("3", `e${entry}`, { bytes: 10, maxBytes: 400 });
  for (let call = 0; call < 5; call++) {
    const { outcome, evicted } = await count("3", "large", { bytes: 390, maxBytes: 400 });
    expect({ outcome, evicted: evicted.length }).toEqual(
      call < 4 ? { outcome: "full", evicted: 8 } : { outcome: "counted", evicted: 7 },
    );
    expect(Number(await sumOf("3"))).toBeLessThanOrEqual(400);
  }
  expect(await quota.read({ usageShard: "3" })).toEqual({ entries: 2, bytes: 400 });
});

test.each([true, false])("an entry larger than the quota evicts nobody, refuses: %s", async (refuses) => {
  const shard = `large-${refuses}`;
  for (const entry of ["a", "b", "c"]) await count(shard, entry);
  const limits = { bytes: 351, maxBytes: 350, refuses };
  expect(await count(shard, "large", limits)).toEqual({ outcome: "full", evicted: [], number: 0 });
  expect(await namesOf(shard)).toEqual(["a", "b", "c"]);
  expect(await sumOf(shard)).toBe("300");
});

test("entries that have ended make room without an eviction, and are not named", async () => {
  for (let entry = 0; entry < 4; entry++) await count("4", `old${entry}`, { keepMs: 1 });
  await count("4", "lamp", { keepMs: hour });
  const before = await redis.pexpiretime(keys.cacheUsage(scope, "4"));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await count("4", "vase", { maxEntries: 2, refuses: true, keepMs: MINUTE })).toMatchObject({
    outcome: "counted",
    evicted: [],
  });
  expect(await namesOf("4")).toEqual(["lamp", "vase"]);
  // The keys live as long as their last entry.
  expect(Math.abs((await redis.pexpiretime(keys.cacheUsage(scope, "4"))) - before)).toBeLessThan(1_000);
  expect(await redis.pttl(keys.cacheSizes(scope, "4"))).toBeGreaterThan(hour / 2);
});

test("a round over all entries finds each that has ended, in N / 7 + 2 calls", async () => {
  for (let entry = 0; entry < 40; entry++) await count("5", `live${entry}`);
  for (let entry = 0; entry < 20; entry++) await count("5", `old${entry}`, { keepMs: 1 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (let call = 0; call < 10; call++) await count("5", `new${call}`);
  expect(await quota.read({ usageShard: "5" })).toEqual({ entries: 50, bytes: 5_000 });
});

test.each([true, false])(
  "without room, the oldest that have ended go first, refuses: %s",
  async (refuses) => {
    const shard = `ended-${refuses}`;
    const ended = Array.from({ length: 9 }, (_, place) => `old${place}`);
    for (const entry of ["live", ...ended, "live0", "live1", "live2"]) await count(shard, entry);
    const checked = await redis.zscore(usageOf(shard), "old8");
    const ends = ended.map((entry) => [`=${entry}`, "100 1"]);
    await redis.hset(keys.cacheSizes(scope, shard), { ...Object.fromEntries(ends), checked });
    // The next in turn are others.
    expect(await count(shard, "lamp", { maxEntries: 5, refuses })).toMatchObject({
      outcome: "counted",
      evicted: [],
    });
    expect(await namesOf(shard)).toEqual(["live", "live0", "live1", "live2", "lamp"]);
  },
);

test("a quota that refuses changes nothing of an entry that it does not count again", async () => {
  await count("6", "lamp", { maxBytes: 150, refuses: true });
  const full = { outcome: "full", evicted: [] };
  expect(await count("6", "vase", { maxBytes: 150, refuses: true })).toMatchObject(full);
  expect(await count("6", "lamp", { bytes: 151, maxBytes: 150, refuses: true })).toMatchObject(full);
  expect(await quota.read({ usageShard: "6" })).toEqual({ entries: 1, bytes: 100 });
  expect(await count("6", "lamp", { bytes: 150, maxBytes: 150, refuses: true })).toMatchObject({
    outcome: "counted",
  });
  expect(await count("7", "lamp", { maxEntries: 0, refuses: true })).toMatchObject(full);
  expect(await redis.pttl(keys.cacheSizes(scope, "7"))).toBeGreaterThan(hour / 2);
  expect(await redis.exists(keys.cacheUsage(scope, "7"))).toBe(0);
});

test("if one of the keys was evicted, the other one goes, and the count begins again", async () => {
  const lost = { outcome: "lost", evicted: [], number: 0 };
  const { number } = await count("8", "lamp");
  await redis.del(usageOf("8"));
  expect(await quota.read({ usageShard: "8" })).toEqual({ entries: 0, bytes: 0 });
  expect(await count("8", "vase")).toEqual(lost);
  expect(await redis.exists(usageOf("8"), keys.cacheSizes(scope, "8"))).toBe(0);
  await count("8", "vase");
  expect(await redis.hkeys(keys.cacheSizes(scope, "8"))).toEqual(["=vase", "bytes", "number", "checked"]);
  expect(await sumOf("8")).toBe("100");
  await redis.hdel(keys.cacheSizes(scope, "8"), "number");
  expect(await quota.read({ usageShard: "8" })).toEqual({ entries: 0, bytes: 0 });
  expect(await count("8", "rug")).toEqual(lost);
  // No number is given twice: an old call of quota.forget must not meet it.
  expect((await count("8", "rug")).number).toBeGreaterThan(number);
  expect(await namesOf("8")).toEqual(["rug"]);
});

test("after its last entry was forgotten, a shard counts on, with an exact sum", async () => {
  const { number } = await count("11", "lamp");
  await redis.hset(keys.cacheSizes(scope, "11"), "bytes", "500");
  await quota.forget({ usageShard: "11", entry: "lamp" });
  expect(await count("11", "vase")).toMatchObject({ outcome: "counted", number: number + 1 });
  expect(await sumOf("11")).toBe("100");
});

test("sums stay exact up to 2^53 - 1, also without a quota", async () => {
  const most = Number.MAX_SAFE_INTEGER;
  await count("12", "lamp", { bytes: most });
  expect(await count("12", "vase", { bytes: most, refuses: true })).toMatchObject({ outcome: "full" });
  expect(await sumOf("12")).toBe(String(most));
  expect(await count("12", "vase", { bytes: 1 })).toMatchObject({ outcome: "counted", evicted: ["lamp"] });
  await redis.hset(keys.cacheSizes(scope, "12"), "number", String(most));
  expect(await failure(count("12", "rug"))).toMatchObject({ code: "CORRUPT" });
});

test("a number that no script has stored is an error", async () => {
  await count("13", "lamp");
  await redis.zadd(usageOf("13"), "inf", "lamp");
  expect(await failure(count("13", "lamp"))).toMatchObject({ code: "CORRUPT" });
  expect(await failure(quota.forget({ usageShard: "13", entry: "lamp" }))).toMatchObject({ code: "CORRUPT" });
});

test("the repair of a wrong size on the review sheet lets later fills forget the entry", async () => {
  await count("14", "lamp");
  await redis.hset(keys.cacheSizes(scope, "14"), "=lamp", "large");
  expect(await failure(count("14", "vase"))).toMatchObject({ code: "CORRUPT" });
  await redis.hset(keys.cacheSizes(scope, "14"), "=lamp", "100 0");
  expect(await count("14", "vase")).toMatchObject({ outcome: "counted" });
  expect(await quota.read({ usageShard: "14" })).toEqual({ entries: 1, bytes: 100 });
});

test("keys of another type are an error, and nothing changes", async () => {
  await redis.set(keys.cacheUsage(scope, "9"), "text");
  expect(await failure(count("9", "lamp"))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await redis.exists(keys.cacheSizes(scope, "9"))).toBe(0);
  await redis.set(keys.cacheSizes(scope, "10"), "text");
  expect(await failure(count("10", "lamp"))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await redis.exists(keys.cacheUsage(scope, "10"))).toBe(0);
});
