/**
 * Moonpath: the hot path of a shop as typed functions over Redis Lua scripts.
 *
 * ```ts
 * const moonpath = createMoonpath(new Redis(), { namespace: "shop" });
 * const acme = moonpath.tenant("acme");
 * const sale = await acme.stock.adjust({
 *   product: "lamp",
 *   change: -1,
 *   backorder: false,
 *   low: 5,
 *   rememberMs: 60_000,
 * });
 * ```
 */
export * from "../generated/ts/scripts.js";
export {
  bytesCodec,
  type Cache,
  type CacheDefinition,
  type CachedFunction,
  type CachedOptions,
  type CacheHealth,
  type CacheMaker,
  type CacheOptions,
  type CachePlace,
  type CacheQuota,
  type CacheQuotas,
  type CacheUsage,
  type Codec,
  type CodecFor,
  type CodedBytes,
  type Compression,
  type ConsistencyCheck,
  type ConsistencyObserver,
  type ConsistencyOptions,
  cached,
  type FieldNames,
  type FieldsOf,
  type GetOptions,
  type Health,
  type InvalidateOptions,
  type InvalidationOutcome,
  type Json,
  jsonCodec,
  type L1Options,
  type LoadContext,
  type Loader,
  type LoadMany,
  type LoadManyContext,
  type MemoryState,
  type NamedTarget,
  observeConsistency,
  type ServerHealth,
  type SetOptions,
  type TenantCache,
  type TenantInvalidations,
  textCodec,
  UNCHANGED,
  type WriteBehindResult,
  type WriteOptions,
  type WriteResult,
} from "./cache/index.js";
export type {
  Cart,
  CartBundle,
  CartCommitArgs,
  CartCommitReply,
  CartEntry,
  CartExtendArgs,
  CartExtendReply,
  CartLine,
  CartReleaseArgs,
  CartReleaseReply,
  CartReserveArgs,
  CartReserveReply,
  ExtendedLine,
  Followed,
  RefusedLine,
  ReleasedLine,
  ReplacedCart,
  ReservedLine,
  UnsoldLine,
} from "./cart/index.js";
export type {
  CacheCallEvent,
  CacheEvent,
  CacheOperation,
  CacheStatus,
  CacheStrategy,
  CallEvent,
  CallOptions,
  ClientOptions,
  Credentials,
  CredentialsEvent,
  CredentialsProvider,
  Listening,
  ManyOperation,
  ManyResult,
  Observer,
  RedisLike,
  ReloadEvent,
  RetryEvent,
  SyncEvent,
  SyncOutcome,
  TakeEvent,
  TracedOperation,
} from "./client/index.js";
export { defaults } from "./client/index.js";
export * from "./core/errors.js";
export {
  CircuitOpenError,
  type SyncFacts,
  SyncRefusedError,
  SyncReplyError,
  type SyncReplyFacts,
  SyncTimeoutError,
  SyncUnavailableError,
} from "./core/http/sync-errors.js";
export {
  type ClusterArguments,
  type Environment,
  type EnvironmentOptions,
  type LoginOptions,
  optionsFromEnv,
  type SingleOptions,
} from "./environment/index.js";
export type { ErrorMeaning, Idempotency, RequestRun, RunOnce, RunOptions } from "./idempotency/index.js";
export type {
  HeldPermit,
  LimitNumbers,
  LimitOptions,
  Limits,
  OnUnavailable,
  PeekAnswer,
  PeekArgs,
  PermitOptions,
  RateLimit,
  ResetArgs,
  ResolvedLimit,
  TakeAnswer,
  TakeArgs,
} from "./limit/index.js";
export type { HeldLock, HeldLocks, Lock, LockOptions, UsingOptions } from "./lock/index.js";
export {
  createMoonpath,
  type Moonpath,
  type MoonpathOptions,
  type Tenant,
  type TenantScripts,
} from "./moonpath.js";
export type { Expiry, QueueOptions, Queues, Track, TrackArgs } from "./queues/index.js";
export { listenToStock, type StockEvent, type StockEvents, type StockListenOptions } from "./stock/index.js";
