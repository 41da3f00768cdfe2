/** `moonpath/next`: the cache handlers of Next.js. */
export type { InitialCacheResult } from "./initial-cache.js";
export { createNextCache, type NextCache } from "./next-cache.js";
export type { NextCacheOptions } from "./options.js";
export type {
  CacheControl,
  CacheEntry,
  CacheHandlerValue,
  GetContext,
  IncrementalCacheHandler,
  IncrementalCacheHandlerClass,
  NextValue,
  SetContext,
  TagDurations,
  UseCacheHandler,
} from "./types.js";
