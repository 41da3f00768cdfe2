import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { scripts } from "../../../src/index.js";
import { cacheScripts, hour } from "../../support/cache/scripts.js";
import { clockKey, withClock } from "../../support/lua/clock.js";

const { redis, scope, cache, keysOf, given } = await cacheScripts();

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

test("an entry is fresh up to the millisecond before its fresh time ends", async () => {
  const untilMs = 1_800_000_000_000;
  const key = keysOf("end").entry;
  const { tenant } = scope;
  const operations = { cache: { peek: withClock(scripts.cache.peek) } };
  const atClock = createScriptClient(redis, operations, { namespace: scope.namespace }).tenant(tenant);
  await redis.set(key, `1j- ${untilMs} 0123456789ab 9b1e64d02a77.5d0c31aa\n`, "PX", hour);
  await redis.set(clockKey(key), untilMs - 1);
  expect(await atClock.cache.peek({ entry: "end" })).toMatchObject({ outcome: "fresh", freshForMs: 1 });
  await redis.set(clockKey(key), untilMs);
  expect(await atClock.cache.peek({ entry: "end" })).toMatchObject({ outcome: "stale" });
});
