import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts } from "../../support/cache/scripts.js";

const { redis, scope, quota } = await cacheScripts();

test("reading many shards makes no keys", async () => {
  const results = await quota.read.many([{ usageShard: "0" }, { usageShard: "15" }]);
  expect(results).toMatchObject([
    { ok: true, reply: { entries: 0, bytes: 0 } },
    { ok: true, reply: { entries: 0, bytes: 0 } },
  ]);
  expect(await redis.exists(keys.cacheUsage(scope, "0"), keys.cacheSizes(scope, "0"))).toBe(0);
});
