import { afterAll, expect, test } from "vitest";
import { shopMetrics } from "../../../examples/storefront/shop/metrics.js";
import { exportedName, type MetricName, metrics } from "../../../src/metrics/table.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";
import { eventually } from "../../support/wait.js";

const shop = await openTestShop(
  undefined,
  {},
  {
    hasCaches: true,
    hasPages: true,
    observersOf: (register, redis) => shopMetrics(register, redis, () => undefined),
  },
);
afterAll(() => shop.close());

/** The names that the shop's earlier services have: those of the specification. */
const EARLIER = [
  "catalog_cache_hits_total",
  "catalog_cache_misses_total",
  "catalog_cache_operation_duration_seconds",
  "catalog_sync_operations_total",
  "catalog_sync_operation_duration_seconds",
  "catalog_sync_retries_total",
  "conn_dict_cache_hits_total",
  "conn_dict_cache_misses_total",
  "conn_dict_cache_errors_total",
  "conn_dict_cache_operation_duration_seconds",
  "conn_dict_cache_write_behind_flush_duration_seconds",
  "conn_dict_cache_write_behind_queue_size",
  "cache_hit_ratio",
  "cache_response_time",
  "cache_key_distribution",
  "cache_ttl_effectiveness",
  "redis_commands_processed_total",
  "redis_keyspace_hits_total",
  "redis_keyspace_misses_total",
  "redis_memory_used_bytes",
  "redis_memory_max_bytes",
  "redis_connected_clients",
  "redis_max_clients",
  "redis_blocked_clients",
  "redis_evicted_keys_total",
];

async function exported(): Promise<string> {
  const { payload } = await shop.shop.inject({ method: "GET", url: "/metrics" });
  return payload;
}

test("the storefront exports each metric of the table, and each name of the earlier services", async () => {
  const text = await exported();
  const types = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
  const isName = (name: string): name is MetricName => name in metrics;
  expect(types.sort()).toEqual(Object.keys(metrics).filter(isName).map(exportedName).sort());
  for (const name of EARLIER) expect(types, name).toContain(name);
});

test("a visit of a page moves the metrics of caches and of Redis", async () => {
  await shop.pool.query(
    `insert into ${shop.schema}.categories (category, parent, name) values ('lamps', null, 'Lamps')`,
  );
  const lamp = {
    organisation: "oslo",
    category: "lamps",
    schema: "lamp",
    name: "Lamp",
    description: "Bright.",
    product: "10001",
    priceMinor: 1_000,
    units: 100,
  };
  await shop.post("/api/v1/products", lamp);
  await eventually("the page is served from the cache", async () => {
    const { status, headers } = await shop.get("/api/v1/products/10001");
    expect(status).toBe(200);
    expect(headers["x-cache"]).toBe("HIT");
  });
  const text = await exported();
  for (const line of [
    /^cache_hit_ratio\{endpoint="\/api\/v1\/products\/:product",tenant_id="acme"\} 0\.\d+$/m,
    /^catalog_cache_hits_total\{cache_type="response",key_pattern="http:<url>"\} [1-9]/m,
    /^catalog_cache_misses_total\{cache_type="response",key_pattern="http:<url>"\} [1-9]/m,
    /^catalog_cache_hits_total\{cache_type="data",key_pattern="[^"]+"\} [1-9]/m,
    /^catalog_cache_operation_duration_seconds_count\{cache_type="data",operation="\w+"\} [1-9]/m,
    /^conn_dict_cache_operation_duration_seconds_count\{operation="\w+",strategy="\w+"\} [1-9]/m,
    /^cache_key_distribution\{pattern="[^"]+"\} 0\.\d+$/m,
    /^cache_response_time_count\{operation="\w+"\} [1-9]/m,
    /^conn_dict_cache_write_behind_queue_size 0$/m,
    /^redis_commands_processed_total [1-9]/m,
    /^redis_connected_clients [1-9]/m,
    /^moonpath_script_calls_total\{script="stock\.\w+",version="[^"]+"\} [1-9]/m,
  ])
    expect(text).toMatch(line);
  expect(text).not.toContain("10001");
});
