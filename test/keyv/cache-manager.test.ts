import { createCache } from "cache-manager";
import Keyv from "keyv";
import { describe, expect, test } from "vitest";
import type { Moonpath } from "../../src/index.js";
import { createKeyvStore } from "../../src/keyv/index.js";
import { openMoonpath, openTwo } from "../support/cache/kit.js";

function cacheOf(moonpath: Moonpath, ...before: Keyv[]) {
  const store = createKeyvStore(moonpath, { cacheTimeoutMs: 5_000 });
  return createCache({ stores: [...before, new Keyv({ store })], ttl: 60_000 });
}

describe("cache-manager on Moonpath", () => {
  test("has all its functions", async () => {
    const [one, two] = await openTwo();
    const [cache, other] = [cacheOf(one), cacheOf(two)];
    await cache.set("a", { n: 1 });
    await cache.mset<unknown>([
      { key: "b", value: 2 },
      { key: "c", value: "three", ttl: 30_000 },
    ]);
    expect(await other.mget(["a", "b", "c", "none"])).toEqual([{ n: 1 }, 2, "three", undefined]);
    const endsInMs = ((await other.ttl("c")) ?? 0) - Date.now();
    expect(endsInMs).toBeGreaterThan(20_000);
    expect(endsInMs).toBeLessThanOrEqual(30_000);
    await other.del("a");
    expect(await cache.get("a")).toBeUndefined();
    await cache.mdel(["b", "none"]);
    expect(await other.mget(["b", "c"])).toEqual([undefined, "three"]);
    await other.clear();
    expect(await cache.get("c")).toBeUndefined();
    await cache.disconnect();
    // The connection belongs to the client.
    await cache.set("a", 2);
    expect(await other.get("a")).toBe(2);
  });

  test("wraps functions, and fills the store in memory before it", async () => {
    const moonpath = await openMoonpath();
    const memory = new Keyv();
    const cache = cacheOf(moonpath, memory);
    let calls = 0;
    const rate = () => cache.wrap("rate", async () => ++calls, 60_000);
    expect(await Promise.all([rate(), rate(), rate()])).toEqual([1, 1, 1]);
    await memory.clear();
    expect(await rate()).toBe(1);
    expect(await memory.get("rate")).toBe(1);
    await cacheOf(moonpath).clear();
    await memory.clear();
    expect(await rate()).toBe(2);
  });
});
