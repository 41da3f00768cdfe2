import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { prometheusObserver, redisMetrics } from "../../src/metrics/prometheus.js";
import { metrics } from "../../src/metrics/table.js";
import { redisFromUrl, startProxy } from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { sharedCluster, sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const names = Object.entries(metrics)
  .filter(([, row]) => "registeredBy" in row && row.registeredBy === "redisMetrics")
  .map(([name]) => name);

/** A registry with the figures of the server, and how to read one. */
function collected(options: Omit<Parameters<typeof redisMetrics>[0], "register">) {
  const register = new Registry();
  redisMetrics({ register, ...options });
  const value = async (name: string) => (await register.getSingleMetric(name)?.get())?.values[0]?.value;
  return { register, value };
}

/** A client of a server of the test, which reconnects at once. */
function clientOf(url: string) {
  const redis = redisFromUrl(url, { retryStrategy: () => 20 });
  redis.on("error", () => undefined);
  afterTest(() => redis.disconnect());
  return redis;
}

test("redisMetrics exports each of its rows, with what the server says", async () => {
  const server = await startOwn();
  const redis = clientOf(server.url);
  await redis.config("SET", "maxmemory", "100mb", "maxclients", "500");
  await redis.set("a", "1");
  await redis.get("a");
  await redis.get("none");
  const { register, value } = collected({ redis });
  const exported = (await register.getMetricsAsJSON()).map(({ name }) => name);
  expect(exported.sort()).toEqual([...names].sort());
  expect(await value("redis_keyspace_hits_total")).toBe(1);
  expect(await value("redis_keyspace_misses_total")).toBe(1);
  expect(await value("redis_commands_processed_total")).toBeGreaterThanOrEqual(4);
  expect(await value("redis_memory_max_bytes")).toBe(100 * 1_048_576);
  expect(await value("redis_memory_used_bytes")).toBeGreaterThan(100_000);
  expect(await value("redis_max_clients")).toBe(500);
  expect(await value("redis_connected_clients")).toBeGreaterThanOrEqual(1);
  expect(await value("redis_evicted_keys_total")).toBe(0);
  expect(await value("redis_blocked_clients")).toBe(0);
});

test("redisMetrics counts clients that wait, and keys that the server has evicted", async () => {
  const server = await startOwn();
  const redis = clientOf(server.url);
  const waiting = clientOf(server.url);
  const popped = waiting.blpop("list", 0);
  await eventually("it waits", async () =>
    expect(await redis.info("clients")).toContain("blocked_clients:1"),
  );
  await redis.config("SET", "maxmemory", "3mb", "maxmemory-policy", "allkeys-lru");
  for (let key = 0; key < 300; key++) await redis.set(`key:${key}`, "x".repeat(20_000));
  const { value } = collected({ redis });
  expect(await value("redis_blocked_clients")).toBe(1);
  expect(await value("redis_evicted_keys_total")).toBeGreaterThan(0);
  await redis.lpush("list", "1");
  await popped;
});

test("one INFO answers all collections of five seconds", async () => {
  const server = await startOwn();
  const redis = clientOf(server.url);
  const calls = async () => /cmdstat_info:calls=(\d+)/.exec(await redis.info("commandstats"))?.[1];
  const before = Number((await calls()) ?? 0);
  const { register } = collected({ redis });
  await Promise.all([register.metrics(), register.metrics()]);
  await register.metrics();
  // One of them is that of the question before.
  expect(Number(await calls()) - before).toBe(2);
  expect(() => redisMetrics({ register: new Registry(), redis, intervalMs: 4_999 })).toThrow("intervalMs");
});

test("a cluster is the sum of its masters", async () => {
  const cluster = sharedCluster();
  await cluster.set("a", "1");
  const { value } = collected({ redis: cluster });
  const texts = await Promise.all(cluster.nodes("master").map((node) => node.info("clients")));
  const max = texts.reduce((sum, text) => sum + Number(/maxclients:(\d+)/.exec(text)?.[1]), 0);
  expect(texts.length).toBeGreaterThan(1);
  expect(await value("redis_max_clients")).toBe(max);
});

test("while Redis is down, its figures are absent, and those of the process are served at once", async () => {
  const server = await startOwn();
  const redis = clientOf(server.url);
  await redis.ping();
  // A command that waits in the queue of the connection would hold up the collection for so long.
  const { register } = collected({ redis, timeoutMs: 600_000 });
  const observer = prometheusObserver({ register });
  observer.onTake({ outcome: "allowed", degraded: true });
  await server.stop();
  await eventually("it is away", () => expect(redis.status).not.toBe("ready"));
  const text = await register.metrics();
  expect(text).toContain('moonpath_limit_takes_total{outcome="allowed",degraded="true"} 1');
  for (const name of names) expect(text).not.toMatch(new RegExp(`^${name} `, "m"));
});

test("a server that does not answer holds up a collection for timeoutMs", async () => {
  const server = await startOwn();
  const proxy = await startProxy(server);
  afterTest(() => proxy.stop());
  const redis = clientOf(proxy.url);
  await redis.ping();
  const { register } = collected({ redis, timeoutMs: 200 });
  proxy.blackHole();
  const startedAt = performance.now();
  const text = await register.metrics();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(text).not.toMatch(/^redis_max_clients /m);
});

test("an error of INFO is reported, and the figures are absent", async () => {
  const server = await startOwn();
  const admin = clientOf(server.url);
  await admin.call("ACL", "SETUSER", "poor", "on", ">p", "~*", "+@all", "-info");
  const url = new URL(server.url);
  url.username = "poor";
  url.password = "p";
  const redis = redisFromUrl(url.href, { enableReadyCheck: false });
  afterTest(() => redis.disconnect());
  await redis.ping();
  const errors: Error[] = [];
  const { value } = collected({ redis, onError: (error) => errors.push(error) });
  expect(await value("redis_max_clients")).toBeUndefined();
  expect(errors).toHaveLength(1);
  expect(errors[0]?.message).toContain("NOPERM");
});

test("a second server has another prefix, and wrong options are refused", () => {
  const register = new Registry();
  const redis = sharedRedis();
  redisMetrics({ register, redis });
  expect(() => redisMetrics({ register, redis })).toThrow("already been registered");
  redisMetrics({ register, redis, prefix: "redis_cache_" });
  expect(register.getSingleMetric("redis_cache_max_clients")).toBeDefined();
  const make = (options: object) => () => redisMetrics({ register: new Registry(), redis, ...options });
  expect(make({ timeoutMs: 0 })).toThrow("timeoutMs");
  expect(make({ prefix: "1" })).toThrow("prefix");
  expect(make({ redis: "redis://" })).toThrow("redis");
  expect(make({ interval: 1 })).toThrow("intervalMs");
  expect(make({ onError: 1 })).toThrow("onError");
});
