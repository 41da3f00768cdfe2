import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts } from "../../support/cache/scripts.js";

const { redis, scope, cache } = await cacheScripts();
const key = keys.cacheClock(scope);
const day = 86_400_000;

test("each reading is above the one before, and is kept for a day", async () => {
  let last = 0;
  for (let round = 0; round < 20; round++) {
    const { reading } = await cache.raiseClock({});
    expect(reading).toBeGreaterThan(last);
    expect(await cache.openClock({})).toEqual({ reading });
    last = reading;
  }
  await redis.pexpire(key, 60_000);
  await cache.raiseClock({});
  expect(Math.abs((await redis.pttl(key)) - day)).toBeLessThan(60_000);
});

test("it rises by one if Redis's time has gone back", async () => {
  await redis.set(key, 8_000_000_000_000_000, "PX", day);
  expect(await cache.raiseClock({})).toEqual({ reading: 8_000_000_000_000_001 });
  expect(await redis.get(key)).toBe("8000000000000001");
});

test("a load that read the clock before is told of the invalidation", async () => {
  await redis.del(key);
  const { reading: loads } = await cache.openClock({});
  const { reading: invalidates } = await cache.raiseClock({});
  expect(invalidates).toBeGreaterThan(loads);
});
