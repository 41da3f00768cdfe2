export { createCache, tenantInvalidations } from "./cache.js";
export { type Codec, jsonCodec } from "./codec.js";
export type { CacheDefinition } from "./definition.js";
export { type CacheClient, CacheHost, type CacheOptions } from "./host.js";
export type { L1Options } from "./l1/values.js";
export { type LoadContext, type Loader, UNCHANGED } from "./load/load-context.js";
export type { LoadMany, LoadManyContext } from "./load/load-many.js";
export type { FieldNames, FieldsOf } from "./pattern.js";
export type {
  Cache,
  GetOptions,
  MakeCache,
  SetOptions,
  TenantCache,
  TenantInvalidations,
  WriteBehindResult,
  WriteOptions,
  WriteResult,
} from "./types.js";
export type { InvalidateOptions, InvalidationOutcome } from "./write/invalidations.js";
