export { createCache, tenantInvalidations } from "./cache.js";
export { type CachedFunction, type CachedOptions, type CacheMaker, cached } from "./cached.js";
export { bytesCodec, type Codec, jsonCodec, textCodec } from "./coding/codec.js";
export type { Compression } from "./coding/compression.js";
export type { CodecFor, Json } from "./coding/json-value.js";
export {
  type CachePlace,
  type CodedBytes,
  type ConsistencyCheck,
  type ConsistencyObserver,
  type ConsistencyOptions,
  observeConsistency,
} from "./consistency/observer.js";
export type { CacheDefinition } from "./definition.js";
export { CacheHost } from "./host.js";
export { hostOf, setHostOf } from "./host-of.js";
export type { L1Options } from "./l1/values.js";
export type { KeptEntry } from "./leased/kept-entry.js";
export { type EntryFields, EntryLease } from "./leased/lease.js";
export {
  type EntryReading,
  type FoundReading,
  LeasedEntries,
  type TenantEntries,
} from "./leased/leased-entries.js";
export { type LoadContext, type Loader, UNCHANGED } from "./load/load-context.js";
export { LoadLimit } from "./load/load-limit.js";
export type { LoadMany, LoadManyContext } from "./load/load-many.js";
export { EntryPattern, type FieldNames, type FieldsOf } from "./pattern.js";
export type { CacheQuota, CacheQuotas } from "./quota/limits.js";
export type { CacheUsage } from "./quota/tenant-quota.js";
export { EVERY_ENTRY, freshUntilOf, headerOf } from "./read/header.js";
export type { FoundEntry } from "./read/lookup.js";
export type {
  CacheRecorder,
  EntryRecorder,
  FreshLimits,
  RecordedCache,
  RecordedFill,
  RecordedTenant,
} from "./record/recorder.js";
export { type CacheHealth, type Health, healthOf, type ServerHealth } from "./server/health.js";
export type { MemoryState } from "./server/memory-guard.js";
export type { CacheOptions } from "./server/options.js";
export { type CacheClient, type CacheServers, cacheServers } from "./server/servers.js";
export { checkedTags } from "./tags.js";
export type {
  Cache,
  GetOptions,
  MakeCache,
  NamedTarget,
  SetOptions,
  TenantCache,
  TenantInvalidations,
  WriteBehindResult,
  WriteOptions,
  WriteResult,
} from "./types.js";
export type { InvalidateOptions, InvalidationOutcome } from "./write/invalidations.js";
