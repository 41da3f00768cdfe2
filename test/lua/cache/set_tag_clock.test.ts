import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour, token } from "../../support/cache/scripts.js";

const { redis, scope, cache } = await cacheScripts();

test("the first reading counts, and the tag keeps its end", async () => {
  await cache.openTag({ tag: "one", token, keepMs: hour });
  const key = keys.cacheTag(scope, "one");
  const before = await redis.pexpiretime(key);
  expect(await cache.setTagClock({ tag: "one", token, clock: 9_007_199_254_740_990 })).toEqual({
    outcome: "noted",
  });
  expect(await cache.setTagClock({ tag: "one", token, clock: 7 })).toEqual({ outcome: "replaced" });
  expect(await cache.readTag({ tag: "one" })).toEqual({
    outcome: "known",
    token,
    clock: 9_007_199_254_740_990,
  });
  expect(await redis.pexpiretime(key)).toBe(before);
});

test("after a soft invalidation an earlier reading does not count", async () => {
  await cache.openTag({ tag: "soft", token, keepMs: hour });
  await cache.expireTag({ tag: "soft", softToken: "00000001" });
  expect(await cache.setTagClock({ tag: "soft", token, clock: 7 })).toEqual({ outcome: "replaced" });
});
