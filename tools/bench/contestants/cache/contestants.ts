import type { StartContestant } from "../contestant.js";
import * as moonpath from "./moonpath.js";
import * as native from "./native.js";
import * as peers from "./peers.js";

const THREE = ["brand:oslo", "season:winter", "shop:north"];
const TEN = Array.from({ length: 10 }, (_, at) => `category:${at}`);

/** The contestants of caches. */
export const cacheContestants: Readonly<Record<string, StartContestant>> = {
  "cache hit, Moonpath": moonpath.hits({ kind: "hit" }),
  "cache hit, Moonpath, 3 tags": moonpath.hits({ kind: "hit-3", tags: THREE }),
  "cache hit, Moonpath, 10 tags": moonpath.hits({ kind: "hit-10", tags: TEN }),
  "cache hit, Moonpath, stale": moonpath.staleHits,
  "cache hit, ioredis": native.rawGet(false),
  "cache hit, ioredis with autopipelining": native.rawGet(true),
  "cache hit, Bentocache": peers.hits(peers.bentocache({})),
  "cache hit, Bentocache, 3 tags": peers.hits(peers.bentocache({ tags: THREE })),
  "cache hit, cacheable": peers.hits(peers.cacheable({})),
  "cache hit, cache-manager": peers.hits(peers.cacheManager),
  "cache hit, async-cache-dedupe": peers.hits(peers.asyncCacheDedupe),
  "L1 hit, Moonpath": moonpath.hits({ kind: "l1", hasL1: true }),
  "L1 hit, Moonpath, 3 tags": moonpath.hits({ kind: "l1-3", tags: THREE, hasL1: true }),
  "L1 hit, Bentocache": peers.hits(peers.bentocache({ hasL1: true })),
  "L1 hit, cacheable": peers.hits(peers.cacheable({ hasL1: true })),
  "L1 hit, node-redis": native.clientSideCache,
  "cache miss, Moonpath": moonpath.misses,
  "cache miss, Bentocache": peers.misses(peers.bentocache({})),
  "cache miss, cacheable": peers.misses(peers.cacheable({})),
  "cache miss, cache-manager": peers.misses(peers.cacheManager),
  "cache miss, async-cache-dedupe": peers.misses(peers.asyncCacheDedupe),
  "100 entries, Moonpath": moonpath.hundred,
};
