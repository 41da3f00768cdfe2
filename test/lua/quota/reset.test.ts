import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, scope, quota } = await cacheScripts();

test("a shard is empty afterwards, others stay, and it counts anew", async () => {
  for (const usageShard of ["1", "2"])
    await quota.count({ usageShard, entry: "lamp", bytes: 40, keepMs: hour, refuses: false });
  expect(await quota.reset({ usageShard: "1" })).toEqual({ outcome: "reset" });
  expect(await quota.read({ usageShard: "1" })).toEqual({ entries: 0, bytes: 0 });
  expect(await quota.read({ usageShard: "2" })).toEqual({ entries: 1, bytes: 40 });
  await quota.count({ usageShard: "1", entry: "vase", bytes: 7, keepMs: hour, refuses: false });
  expect(await quota.read({ usageShard: "1" })).toEqual({ entries: 1, bytes: 7 });
});

test("a key of another type is an error, and stays", async () => {
  await redis.set(keys.cacheUsage(scope, "3"), "text");
  expect(await failure(quota.reset({ usageShard: "3" }))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await redis.get(keys.cacheUsage(scope, "3"))).toBe("text");
});
