import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour } from "../../support/cache/scripts.js";

const { redis, scope, quota } = await cacheScripts();

test("the last entry takes its name and its size along, and twice is once", async () => {
  const usageShard = "1";
  for (const entry of ["lamp", "vase"])
    await quota.count({ usageShard, entry, bytes: 40, keepMs: hour, refuses: false });
  expect(await quota.forget({ usageShard, entry: "lamp" })).toEqual({ outcome: "forgotten" });
  expect(await quota.forget({ usageShard, entry: "lamp" })).toEqual({ outcome: "unknown" });
  expect(await quota.read({ usageShard })).toEqual({ entries: 1, bytes: 40 });
  await quota.forget({ usageShard, entry: "vase" });
  expect(await redis.exists(keys.cacheUsage(scope, usageShard))).toBe(0);
  // The numbers stay until the time of the entries has passed.
  expect(await redis.pttl(keys.cacheSizes(scope, usageShard))).toBeGreaterThan(0);
});

test("a late call with a number does not forget what was counted again since", async () => {
  const usageShard = "2";
  const count = () => quota.count({ usageShard, entry: "lamp", bytes: 40, keepMs: hour, refuses: false });
  const first = await count();
  const second = await count();
  // Its older value may be stored, so a failed fill must not forget it.
  expect(second).toEqual({ outcome: "counted", evicted: [], number: 0 });
  expect(await quota.forget({ usageShard, entry: "lamp", number: first.number })).toEqual({
    outcome: "recounted",
  });
  expect(await quota.read({ usageShard })).toEqual({ entries: 1, bytes: 40 });
  expect(await quota.forget({ usageShard, entry: "lamp", number: first.number + 1 })).toEqual({
    outcome: "forgotten",
  });
  await quota.reset({ usageShard });
  await count();
  // Not even after the count has begun again.
  expect(await quota.forget({ usageShard, entry: "lamp", number: first.number })).toEqual({
    outcome: "recounted",
  });
});

test("if the names were evicted, a size goes all the same; if the sizes were, the name", async () => {
  const usageShard = "3";
  const [usage, sizes] = [keys.cacheUsage(scope, usageShard), keys.cacheSizes(scope, usageShard)];
  await redis.hset(sizes, { "=lamp": "40 1", bytes: 40, number: 1, checked: 0 });
  expect(await quota.forget({ usageShard, entry: "lamp" })).toEqual({ outcome: "unknown" });
  expect(await redis.hgetall(sizes)).toEqual({ bytes: "40", number: "1", checked: "0" });
  await redis.del(sizes);
  await redis.zadd(usage, 1, "lamp");
  expect(await quota.forget({ usageShard, entry: "lamp" })).toEqual({ outcome: "forgotten" });
  expect(await redis.exists(usage, sizes)).toBe(0);
});
