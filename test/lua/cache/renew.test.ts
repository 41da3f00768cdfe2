import { expect, test } from "vitest";
import { a, b, cacheScripts, hour } from "../../support/cache/scripts.js";

const { redis, cache, keysOf, wait } = await cacheScripts();

test("the lease ends lease_ms from now, and stays waited for", async () => {
  await cache.read({ entry: "one", fillId: a, leaseMs: 60_000 });
  await wait("one");
  expect(await cache.renew({ entry: "one", fillId: a, leaseMs: hour })).toEqual({ outcome: "renewed" });
  expect(Math.abs((await redis.pttl(keysOf("one").lease)) - hour)).toBeLessThan(30_000);
  expect(await redis.get(keysOf("one").lease)).toBe(`${a} waited`);
});

test("a lease that was taken away does not come back", async () => {
  await cache.read({ entry: "gone", fillId: a, leaseMs: 60_000 });
  await cache.invalidate({ entry: "gone" });
  expect(await cache.renew({ entry: "gone", fillId: a, leaseMs: hour })).toEqual({ outcome: "lost" });
  expect(await redis.exists(keysOf("gone").lease)).toBe(0);
});

test("the lease of another load keeps its end", async () => {
  await cache.read({ entry: "other", fillId: b, leaseMs: 60_000 });
  await cache.renew({ entry: "other", fillId: a, leaseMs: hour });
  expect(await redis.pttl(keysOf("other").lease)).toBeLessThanOrEqual(60_000);
});
