import { expect, test } from "vitest";
import { cacheScripts, hour } from "../../support/cache/scripts.js";

const { redis, cache, keysOf, given } = await cacheScripts();

test("tells how long the entry is fresh, and grants no lease", async () => {
  await given("fresh", true);
  const reply = await cache.peek({ entry: "fresh" });
  if (reply.outcome !== "fresh") throw new Error("it is fresh");
  expect(Math.abs(reply.freshForMs - hour)).toBeLessThan(60_000);
  await given("stale");
  expect(await cache.peek({ entry: "stale" })).toMatchObject({ outcome: "stale" });
  expect(await redis.exists(keysOf("fresh").lease, keysOf("stale").lease)).toBe(0);
});

test("does not read an entry of another form", async () => {
  await redis.set(keysOf("foreign").entry, "2 later", "PX", hour);
  expect(await cache.peek({ entry: "foreign" })).toEqual({ outcome: "foreign" });
});
