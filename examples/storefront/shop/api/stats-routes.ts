import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { Cluster, type Redis } from "ioredis";
import type { ShopContext } from "../context.js";
import { ShopError } from "../http/errors.js";

/** A server that has not replied within this time counts as unavailable. */
const LIMIT_MS = 1_000;
const MEGABYTE = 1_048_576;

/** What a server says about itself. */
interface ServerStats {
  readonly version: string;
  readonly memoryBytes: number;
  readonly peakBytes: number;
  readonly clients: number;
  readonly hits: number;
  readonly misses: number;
  readonly keys: number;
}

/**
 * `GET /api/v1/cache-stats`: the state of the cache's servers. Of a cluster, the sums of all primaries.
 * `GET /api/v1/cache-report`: what the caches of all processes do, and what to change.
 */
export function statsRoutes(
  shop: FastifyInstance,
  { redis, caches }: Pick<ShopContext, "redis" | "caches">,
): void {
  shop.get("/api/v1/cache-report", async () => ({ caches: await caches.report() }));
  shop.get("/api/v1/cache-stats", async () => {
    const nodes = redis instanceof Cluster ? redis.nodes("master") : redis === undefined ? [] : [redis];
    const late = new AbortController();
    const limit = sleep(LIMIT_MS, undefined, { signal: late.signal }).catch(() => undefined);
    const all = Promise.all(nodes.map(statsOf)).catch(() => undefined);
    const stats = await Promise.race([all, limit]);
    late.abort();
    const [first] = stats ?? [];
    if (stats === undefined || first === undefined)
      throw new ShopError(503, "CACHE_UNAVAILABLE", "the cache cannot be asked at the moment");
    const sum = (count: (one: ServerStats) => number) => stats.reduce((total, one) => total + count(one), 0);
    const [hits, misses] = [sum((one) => one.hits), sum((one) => one.misses)];
    return {
      redis_version: first.version,
      memory_used_mb: inMegabytes(sum((one) => one.memoryBytes)),
      memory_peak_mb: inMegabytes(sum((one) => one.peakBytes)),
      connected_clients: sum((one) => one.clients),
      total_keys: sum((one) => one.keys),
      // In percent.
      hit_rate: hits + misses === 0 ? 0 : Math.round((1_000 * hits) / (hits + misses)) / 10,
    };
  });
}

async function statsOf(node: Redis): Promise<ServerStats> {
  const [info, keys] = await Promise.all([node.info(), node.dbsize()]);
  const fields = new Map<string, string>();
  for (const line of info.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const number = (name: string) => Number(fields.get(name) ?? 0);
  return {
    // Valkey also has the version of Redis that it is compatible with.
    version: fields.get("valkey_version") ?? fields.get("redis_version") ?? "unknown",
    memoryBytes: number("used_memory"),
    peakBytes: number("used_memory_peak"),
    clients: number("connected_clients"),
    hits: number("keyspace_hits"),
    misses: number("keyspace_misses"),
    keys,
  };
}

function inMegabytes(bytes: number): number {
  return Math.round((100 * bytes) / MEGABYTE) / 100;
}
