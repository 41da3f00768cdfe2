import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, scope, cache } = await cacheScripts();

test("a shard is empty afterwards, others stay, and it counts anew", async () => {
  for (const usageShard of ["1", "2"])
    await cache.countEntry({ usageShard, entry: "lamp", bytes: 40, keepMs: hour, refuses: false });
  expect(await cache.resetUsage({ usageShard: "1" })).toEqual({ outcome: "reset" });
  expect(await cache.readUsage({ usageShard: "1" })).toEqual({ entries: 0, bytes: 0 });
  expect(await cache.readUsage({ usageShard: "2" })).toEqual({ entries: 1, bytes: 40 });
  await cache.countEntry({ usageShard: "1", entry: "vase", bytes: 7, keepMs: hour, refuses: false });
  expect(await cache.readUsage({ usageShard: "1" })).toEqual({ entries: 1, bytes: 7 });
});

test("a key of another type is an error, and stays", async () => {
  await redis.set(keys.cacheUsage(scope, "3"), "text");
  expect(await failure(cache.resetUsage({ usageShard: "3" }))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await redis.get(keys.cacheUsage(scope, "3"))).toBe("text");
});
