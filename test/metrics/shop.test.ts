import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { memoryL1 } from "../../src/cache/l1/memory-l1.js";
import { cacheFetch, createHttpCache, policy } from "../../src/http-cache/index.js";
import type { MoonpathOptions } from "../../src/index.js";
import { shopObserver, writeBehindMetrics } from "../../src/metrics/prometheus.js";
import { ShopReadings } from "../../src/metrics/shop-readings.js";
import { metrics } from "../../src/metrics/table.js";
import { redisFromUrl } from "../../src/testing/index.js";
import { createWriteBehind, createWriteQueue } from "../../src/writebehind/index.js";
import { openMoonpath } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { eventually } from "../support/wait.js";

const PATTERN = "product:<product>";
const lamp = { product: "lamp" };

/** A client with `shopObserver`, a cache of products, and what is exported. */
async function open(options: MoonpathOptions = {}, own: object = {}) {
  const register = new Registry();
  const observer = shopObserver({ register, ...own });
  const moonpath = await openMoonpath({ observers: [observer], ...options });
  const definition = { pattern: PATTERN, freshMs: 600_000, earlyRefresh: 0, cacheTimeoutMs: 5_000 } as const;
  const lines = async () => (await register.metrics()).split("\n");
  return { register, observer, moonpath, definition, lines };
}

/** The same with one miss and three hits of a cache whose loader is bound. */
async function withHits() {
  const opened = await open();
  const cache = opened.moonpath.cache({ ...opened.definition, load: async () => "value" });
  const acme = cache.tenant("acme");
  await acme.getOrLoad(lamp);
  await eventually("it is filled", async () => expect(await acme.exists(lamp)).toBe(true));
  await acme.get(lamp);
  await acme.getOrLoad(lamp);
  return { ...opened, acme };
}

describe("shopObserver moves", () => {
  test("catalog_cache_hits_total and catalog_cache_misses_total", async () => {
    const { lines } = await withHits();
    const text = (await lines()).join("\n");
    const value = (name: string) =>
      Number(
        new RegExp(`^${name}\\{cache_type="data",key_pattern="${PATTERN}"\\} (\\d+)`, "m").exec(text)?.[1],
      );
    expect(value("catalog_cache_hits_total")).toBeGreaterThanOrEqual(3);
    expect(value("catalog_cache_misses_total")).toBeGreaterThanOrEqual(1);
    expect(text).not.toMatch(/lamp|acme/);
  });

  test("catalog_cache_operation_duration_seconds, conn_dict_cache_operation_duration_seconds and cache_response_time", async () => {
    const { lines } = await withHits();
    const text = await lines();
    for (const line of [
      'catalog_cache_operation_duration_seconds_count{cache_type="data",operation="get_or_load"} 2',
      'conn_dict_cache_operation_duration_seconds_count{operation="get_or_load",strategy="read_through"} 2',
      'cache_response_time_count{operation="get_or_load"} 2',
      'cache_response_time_bucket{le="+Inf",operation="get"} 1',
    ])
      expect(text).toContain(line);
  });

  test("conn_dict_cache_hits_total and conn_dict_cache_misses_total, by the strategy of the cache", async () => {
    const { moonpath, definition, lines } = await withHits();
    const aside = moonpath.cache({ ...definition, pattern: "other:<product>" }).tenant("acme");
    await aside.getOrLoad(lamp, { load: async () => "value" });
    const text = await lines();
    expect(text).toContain('conn_dict_cache_misses_total{strategy="cache_aside"} 1');
    expect(text).toContain('conn_dict_cache_hits_total{strategy="cache_aside"} 0');
    expect(text.join("\n")).toMatch(/conn_dict_cache_hits_total\{strategy="read_through"\} [3-9]/);
  });

  test("the operation and strategy of writes", async () => {
    const { moonpath, definition, lines } = await open();
    const queue = createWriteQueue(moonpath, { name: "products" });
    const acme = moonpath.cache<typeof PATTERN, string>(definition).tenant("acme");
    await acme.set(lamp, "a");
    await acme.writeThrough(lamp, async () => "b");
    await acme.writeAround([lamp], async () => "c");
    await acme.invalidate(lamp);
    await acme.expire(lamp);
    await acme.deletePattern({ product: "none" });
    await acme.refresh(lamp, { load: async () => "d" });
    await acme.getMany([]);
    const queued = moonpath
      .cache<"queued:<product>", string>({ ...definition, pattern: "queued:<product>", writeBehind: queue })
      .tenant("acme");
    await queued.writeBehind(lamp, "e");
    const text = (await lines()).join("\n");
    const pairs = text.matchAll(
      /^conn_dict_cache_operation_duration_seconds_count\{operation="(\w+)",strategy="(\w+)"\} 1$/gm,
    );
    expect([...pairs].map(([, operation, strategy]) => `${operation} ${strategy}`).sort()).toEqual([
      "delete_pattern cache_aside",
      "expire cache_aside",
      "get_many cache_aside",
      "invalidate cache_aside",
      "refresh cache_aside",
      "set cache_aside",
      "write_around write_around",
      "write_behind write_behind",
      "write_through write_through",
    ]);
  });

  test("conn_dict_cache_errors_total, by the code of the error, and by why Redis was not used", async () => {
    const { moonpath, definition, lines, observer } = await open();
    const load = async () => {
      throw new Error("no database");
    };
    const acme = moonpath.cache<typeof PATTERN, string>({ ...definition, load }).tenant("acme");
    await expect(acme.getOrLoad(lamp)).rejects.toThrow("no database");
    await expect(acme.writeBehind(lamp, "a")).rejects.toThrow("writeBehind");
    observer.onCache({ kind: "degraded", cache: PATTERN, reason: "unavailable" });
    const text = await lines();
    expect(text).toContain('conn_dict_cache_errors_total{operation="get_or_load",error_type="SOURCE"} 1');
    expect(text).toContain('conn_dict_cache_errors_total{operation="write_behind",error_type="ARGUMENT"} 1');
    expect(text).toContain('conn_dict_cache_errors_total{operation="redis",error_type="unavailable"} 1');
  });

  test("conn_dict_cache_errors_total while Redis is down", async () => {
    const server = await startOwn();
    const redis = redisFromUrl(server.url, { retryStrategy: () => 20 });
    redis.on("error", () => undefined);
    afterTest(() => redis.disconnect());
    const register = new Registry();
    const moonpath = await openMoonpath({ observers: [shopObserver({ register })], deadlineMs: 500 }, redis);
    const acme = moonpath.cache({
      pattern: PATTERN,
      freshMs: 1_000,
      cacheTimeoutMs: 100,
      load: async () => 1,
    });
    await server.stop();
    expect(await acme.tenant("acme").getOrLoad(lamp)).toBe(1);
    expect(await register.metrics()).toMatch(
      /conn_dict_cache_errors_total\{operation="redis",error_type="\w+"\} 1/,
    );
  });

  test("conn_dict_cache_write_behind_queue_size and conn_dict_cache_write_behind_flush_duration_seconds", async () => {
    const { register, observer, moonpath } = await open();
    const queue = createWriteQueue(moonpath, { name: "products" });
    writeBehindMetrics({ register, queues: [queue], tenants: () => ["acme"], intervalMs: 0 });
    const of = async (name: string) => (await register.getSingleMetric(name)?.get())?.values ?? [];
    const SIZE = "conn_dict_cache_write_behind_queue_size";
    expect(await of(SIZE)).toMatchObject([{ value: 0 }]);
    await queue.tenant("acme").enqueue({ key: "lamp", value: Buffer.from("1") });
    expect(await of(SIZE)).toMatchObject([{ value: 1 }]);
    let fails = true;
    const worker = createWriteBehind(queue.tenant("acme"), {
      apply: async () => {
        if (fails) throw new Error("no database");
        return { refused: [] };
      },
      onFlush: observer.onFlush,
    });
    await worker.flushPendingWrites();
    fails = false;
    await worker.flushPendingWrites();
    expect(await of(SIZE)).toMatchObject([{ value: 0 }]);
    const text = await register.metrics();
    expect(text).toMatch(/^conn_dict_cache_write_behind_flush_duration_seconds_count 2$/m);
  });

  test("cache_hit_ratio, by endpoint and tenant", async () => {
    const { moonpath, lines } = await open();
    const cache = createHttpCache(moonpath, {
      tenant: "acme",
      policies: { products: policy({ path: "/products/:id", freshMs: 60_000 }) },
    });
    const answer = cacheFetch({ cache }, async () => new Response("lamp"));
    for (let request = 0; request < 4; request++) {
      await (await answer(new Request("http://shop.example/products/1"))).text();
      await eventually("it is stored", async () => {
        const reply = await answer(new Request("http://shop.example/products/1"));
        await reply.text();
        expect(reply.headers.get("cache-status")).toContain("hit");
      });
    }
    const text = (await lines()).join("\n");
    const labels = '\\{endpoint="/products/:id",tenant_id="acme"\\}';
    const ratio = Number(new RegExp(`^cache_hit_ratio${labels} (\\S+)`, "m").exec(text)?.[1]);
    const requests = Number(new RegExp(`^cache_hit_ratio_requests${labels} (\\d+)`, "m").exec(text)?.[1]);
    expect(requests).toBeGreaterThanOrEqual(8);
    expect(ratio * requests).toBeCloseTo(Math.round(ratio * requests), 6);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(1);
    expect(text).toMatch(/catalog_cache_hits_total\{cache_type="response",key_pattern="http:<url>"\} [1-9]/);
  });

  test("cache_key_distribution and cache_ttl_effectiveness", async () => {
    const { lines, observer } = await open();
    const read = (cache: string, status: "hit" | "miss") =>
      observer.onCacheRequest(cache, status, "acme", "read_through", undefined);
    for (let reading = 0; reading < 9; reading++) read("a", "hit");
    read("a", "miss");
    for (let reading = 0; reading < 10; reading++) read("b", "miss");
    observer.onCache({ kind: "fill", cache: "a", outcome: "stored" });
    observer.onCache({ kind: "fill", cache: "b", outcome: "stored" });
    observer.onCache({ kind: "fill", cache: "b", outcome: "overtaken" });
    const text = await lines();
    for (const line of [
      'cache_key_distribution{pattern="a"} 0.5',
      'cache_key_distribution{pattern="b"} 0.5',
      'cache_ttl_effectiveness{key_type="a"} 0.9',
      'cache_ttl_effectiveness{key_type="b"} 0',
    ])
      expect(text).toContain(line);
  });

  test("catalog_sync_operations_total, catalog_sync_operation_duration_seconds and catalog_sync_retries_total", async () => {
    const { lines, observer } = await open();
    observer.onSync({ kind: "retry", type: "orders", delayMs: 50 });
    observer.onSync({ kind: "operation", type: "orders", outcome: "timeout", durationMs: 20, attempts: 2 });
    observer.onSync({ kind: "breaker", state: "open", before: "closed" });
    const text = await lines();
    for (const line of [
      'catalog_sync_operations_total{sync_type="orders",status="timeout"} 1',
      'catalog_sync_operation_duration_seconds_bucket{le="0.025",sync_type="orders"} 1',
      'catalog_sync_retries_total{sync_type="orders"} 1',
    ])
      expect(text).toContain(line);
  });
});

test("hits in L1 are counted, and not measured", async () => {
  const { moonpath, definition, lines } = await open({ cache: { l1: memoryL1() } });
  const acme = moonpath.cache({ ...definition, load: async () => "value" }).tenant("acme");
  const statuses: string[] = [];
  await eventually("L1 answers", async () => {
    await acme.getOrLoad(lamp);
    statuses.push("read");
    const text = (await lines()).join("\n");
    const hits = Number(/catalog_cache_hits_total\{[^}]*\} (\d+)/.exec(text)?.[1]);
    const measured = Number(/cache_response_time_count\{operation="get_or_load"\} (\d+)/.exec(text)?.[1]);
    const misses = Number(/catalog_cache_misses_total\{[^}]*\} (\d+)/.exec(text)?.[1]);
    expect(hits + misses).toBe(statuses.length);
    expect(measured).toBeLessThan(statuses.length);
  });
});

describe("shopObserver", () => {
  test("registers the rows of the table that name it, under other beginnings if it is asked", async () => {
    const { register, lines } = await open({}, { prefixes: { catalog_: "shop_", cache_: "web_" } });
    const rows = Object.entries(metrics).filter(
      ([, row]) => "registeredBy" in row && row.registeredBy === "shopObserver",
    );
    const names = (await register.getMetricsAsJSON()).map(({ name }) => name);
    const wanted = rows.map(([name]) => name.replace(/^catalog_/, "shop_").replace(/^cache_/, "web_"));
    expect(names.sort()).toEqual(wanted.sort());
    expect((await lines()).join("\n")).toContain("# HELP shop_cache_hits_total");
  });

  test("exports the busiest tenants, and adds up the others", async () => {
    const { lines, observer } = await open({}, { maxTenants: 2 });
    const read = (tenant: string, count: number) => {
      for (let request = 0; request < count; request++)
        observer.onCacheRequest("http:<url>", request === 0 ? "miss" : "hit", tenant, "cache_aside", "/a");
    };
    for (let tenant = 0; tenant < 100; tenant++) read(`small-${tenant}`, 1);
    read("large", 50);
    read("larger", 100);
    const requests = (await lines()).filter((line) => line.startsWith("cache_hit_ratio_requests{"));
    expect(requests).toEqual([
      'cache_hit_ratio_requests{endpoint="/a",tenant_id="larger"} 100',
      'cache_hit_ratio_requests{endpoint="/a",tenant_id="large"} 50',
      'cache_hit_ratio_requests{endpoint="/a",tenant_id="other"} 100',
    ]);
  });

  test("forgets readings after five minutes", () => {
    let now = 0;
    const readings = new ShopReadings(2, () => now);
    const read = () => readings.request("http:<url>", "hit", "acme", "cache_aside", "/a");
    read();
    now = 4 * 60_000;
    read();
    expect(readings.endpoints()).toMatchObject([[{ tenant_id: "acme" }, { hits: 2 }]]);
    now = 5 * 60_000;
    expect(readings.endpoints()).toMatchObject([[{ tenant_id: "acme" }, { hits: 1 }]]);
    now = 20 * 60_000;
    expect(readings.endpoints()).toEqual([]);
    expect(readings.distribution()).toEqual([]);
  });

  test("adds a tenant that is named `other` to the others", () => {
    const readings = new ShopReadings(1);
    readings.request("http:<url>", "hit", "other", "cache_aside", "/a");
    readings.request("http:<url>", "miss", "other", "cache_aside", "/a");
    expect(readings.endpoints()).toMatchObject([[{ tenant_id: "other" }, { hits: 1, misses: 1 }]]);
  });

  test("exports nothing of requests that no policy names, nor before the first request", async () => {
    const { lines, observer } = await open();
    observer.onCacheRequest("http:<url>", "bypass", "acme", "cache_aside", "");
    expect((await lines()).filter((line) => line.startsWith("cache_hit_ratio"))).toEqual([]);
  });

  test("refuses wrong options", () => {
    const make = (options: object) => () => shopObserver({ register: new Registry(), ...options });
    expect(make({ maxTenants: 0 })).toThrow("maxTenants");
    expect(make({ prefixes: { catalog: "a" } })).toThrow("catalog_");
    expect(make({ prefixes: { catalog_: "a b" } })).toThrow("prefixes.catalog_");
    expect(make({ prefixes: null })).not.toThrow();
    expect(make({ register: {} })).toThrow("Registry");
    expect(make({ tenants: 1 })).toThrow("maxTenants");
  });
});
