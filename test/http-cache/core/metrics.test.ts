import { memoryL1 } from "moonpath/l1";
import { expect, test } from "vitest";
import { createHttpCache, type HttpCacheOptions, policy } from "../../../src/http-cache/index.js";
import { createMoonpath } from "../../../src/index.js";
import { afterTest } from "../../support/cleanup.js";
import { EVERYTHING, eachAdapter, get, ownClient } from "../../support/http-cache/site.js";
import { freshNamespace } from "../../support/redis.js";
import { eventually } from "../../support/wait.js";

type Counts = Partial<Record<string, number>>;

/** An observer that counts the requests of the cache of pages. */
function counting() {
  const counts: Counts = {};
  const observer = {
    onCacheRequest: (cache: string, status: string) => {
      expect(cache).toBe("http:<url>");
      counts[status] = (counts[status] ?? 0) + 1;
    },
  };
  return { counts, observers: [observer] };
}

const STALE = {
  ...EVERYTHING,
  policies: { all: policy({ path: "/*", freshMs: 1, staleMs: 60_000 }) },
} as const satisfies HttpCacheOptions;

test.each(eachAdapter)(
  "%s: each request is counted once, by where its answer came from",
  async (_name, start) => {
    const { counts, observers } = counting();
    const moonpath = ownClient({ observers });
    const { url } = await start(createHttpCache(moonpath, EVERYTHING), () => ({ body: "lamp" }));
    await get(`${url}/lamp`);
    for (let times = 0; times < 3; times++) await get(`${url}/lamp`);
    await get(`${url}/lamp`, { method: "POST" });
    expect(counts).toEqual({ miss: 1, hit: 3 });
  },
);

test("hits of L1 and stale answers are counted apart, and a refresh is no request", async () => {
  const { counts, observers } = counting();
  const moonpath = ownClient({ observers, cache: { l1: memoryL1() } });
  const [, start] = eachAdapter[0] ?? [];
  const site = await start?.(createHttpCache(moonpath, EVERYTHING), () => ({ body: "lamp" }));
  await eventually("L1 answers", async () => {
    await get(`${site?.url}/lamp`);
    expect(counts["l1_hit"]).toBe(1);
  });
  const stale = await start?.(createHttpCache(ownClient({ observers }), STALE), () => ({ body: "vase" }));
  await get(`${stale?.url}/vase`);
  const before = counts["miss"];
  await eventually("the old response is served while it is refreshed", async () => {
    await get(`${stale?.url}/vase`);
    expect(counts["stale"]).toBeGreaterThan(0);
  });
  await eventually("it has been refreshed", () => expect(stale?.asked.length).toBeGreaterThan(1));
  expect(counts["miss"]).toBe(before);
});

test("without Redis, requests are counted as bypassed", async () => {
  const { counts, observers } = counting();
  const { Redis } = await import("ioredis");
  const redis = new Redis(1, { retryStrategy: () => null, lazyConnect: true });
  redis.on("error", () => undefined);
  const moonpath = createMoonpath(redis, { namespace: freshNamespace(), observers });
  afterTest(
    () => moonpath.close(),
    () => redis.disconnect(),
  );
  const [, start] = eachAdapter[0] ?? [];
  const cache = createHttpCache(moonpath, { ...EVERYTHING, cacheTimeoutMs: 50 });
  const site = await start?.(cache, () => ({ body: "lamp" }));
  expect((await get(`${site?.url}/lamp`)).text).toBe("lamp");
  expect(counts).toEqual({ bypass: 1 });
});
