import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts } from "../../support/cache/scripts.js";

const { redis, scope, cache } = await cacheScripts();
const key = keys.cacheClock(scope);
const day = 86_400_000;

test("a new clock begins at Redis's time in microseconds, and is kept for a day", async () => {
  const micros = async () => {
    const [seconds, rest] = await redis.time();
    return Number(seconds) * 1_000_000 + Number(rest);
  };
  const before = await micros();
  const { reading } = await cache.openClock({});
  expect(reading).toBeGreaterThanOrEqual(before);
  expect(reading).toBeLessThanOrEqual(await micros());
  expect(await redis.get(key)).toBe(String(reading));
  expect(Math.abs((await redis.pttl(key)) - day)).toBeLessThan(60_000);
});

test("a reading neither raises nor keeps the clock", async () => {
  await redis.set(key, 7, "PX", 60_000);
  expect(await cache.openClock({})).toEqual({ reading: 7 });
  expect(await redis.get(key)).toBe("7");
  expect(await redis.pttl(key)).toBeLessThanOrEqual(60_000);
});

test("a clock that was evicted repeats no reading", async () => {
  const { reading } = await cache.raiseClock({});
  await redis.del(key);
  expect((await cache.openClock({})).reading).toBeGreaterThan(reading);
});
