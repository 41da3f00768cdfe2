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
