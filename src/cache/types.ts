import type { SettledWrite, WriteBehindRun } from "../writebehind/index.js";
import type { CodecFor } from "./coding/json-value.js";
import type { CacheDefinition } from "./definition.js";
import type { Loader } from "./load/load-context.js";
import type { FieldsOf } from "./pattern.js";
import type { CacheUsage } from "./quota/tenant-quota.js";
import type { InvalidateOptions, InvalidationOutcome } from "./write/invalidations.js";

/** Options of one reading. All may be left out. */
export interface GetOptions<Fields, Value> {
  /** Loads the value in place of the definition's loader. Callers that share a load use one of theirs. */
  readonly load?: Loader<Fields, Value> | undefined;
}

/** What a write has done to the cache. `value` is what the write has returned. */
export interface WriteResult<Value> {
  readonly value: Value;
  /**
   * `set`: the entry has the new value. `removed`: the next caller loads it, because another write or an
   * invalidation came between. `pending`: Redis has not confirmed the removal; see `InvalidationOutcome`.
   */
  readonly cache: "set" | "removed" | "pending";
}

/** Options of a write. All may be left out. */
export interface WriteOptions {
  /** Milliseconds, longer than the write takes; meanwhile no load is stored. Default 10,000. */
  readonly blockMs?: number | undefined;
  /**
   * With `loaderTags`: the tags that the loader would add. Without them, `writeThrough` ends with a
   * removal, because the new value could not be invalidated by them.
   */
  readonly tags?: readonly string[] | undefined;
}

/** What `writeBehind` has done. */
export interface WriteBehindResult {
  /**
   * `queued`, `replaced`: the write is stored in the queue, and reads see it. `replaced`: it took the
   * place of an older one. `full`: the queue has no room, and nothing is written.
   */
  readonly outcome: "queued" | "replaced" | "full";
  /** As in `WriteResult`. */
  readonly cache: "set" | "removed" | "pending";
}

/** Options of `set`. All may be left out. */
export interface SetOptions {
  /** The tags that the loader would add. Required with `loaderTags`. */
  readonly tags?: readonly string[] | undefined;
  /** Another fresh time for this value. */
  readonly freshMs?: number | undefined;
}

/** The entries of one pattern and one tenant. */
export interface TenantCache<Fields, Value> {
  /**
   * The value of an entry. One caller of all processes loads a missing one; the others wait for it.
   *
   * ```ts
   * const lamp = await products.tenant("acme").getOrLoad({ product: "lamp" });
   * ```
   *
   * Redis takes at most `cacheTimeoutMs` of the time. Without it, the loader answers.
   *
   * @throws LoadTimeoutError, OverloadedError, ArgumentError, or what the loader throws
   */
  getOrLoad(fields: Fields, options?: GetOptions<Fields, Value>): Promise<Value | undefined>;
  /**
   * The values of several entries, in their order. One reading finds those that are stored, and one call
   * of `loadMany` loads the others.
   */
  getMany(fields: readonly Fields[]): Promise<(Value | undefined)[]>;
  /** The stored value, fresh or stale; undefined if there is none, or Redis does not answer. */
  get(fields: Fields): Promise<Value | undefined>;
  /** Whether a value is stored, fresh or stale. */
  exists(fields: Fields): Promise<boolean>;
  /**
   * Loads an entry anew, and returns its value. Other callers get the old one meanwhile, if it may be
   * stale.
   */
  refresh(fields: Fields, options?: GetOptions<Fields, Value>): Promise<Value | undefined>;
  /** Loads what is missing, in the background. Errors go to `onError`. */
  prefetch(fields: readonly Fields[]): void;
  /** Loads what is missing, and resolves when it is there. */
  warm(fields: readonly Fields[]): Promise<void>;
  /**
   * Stores a value. Use `writeThrough` if you also write it to the source: two calls of `set` may arrive
   * in another order than the writes.
   *
   * `blocked`: somebody writes to the source now. `full`: the memory of the server is nearly full. In both
   * cases the old value was removed, and this one is not stored.
   */
  set(fields: Fields, value: Value, options?: SetOptions): Promise<"set" | "blocked" | "full">;
  /**
   * Writes to the source, then stores what the write returns. While it runs, nobody fills the entry. Of two
   * writes at a time, the cache has the later value, or none.
   *
   * ```ts
   * await products.tenant("acme").writeThrough({ product: "lamp" }, () => database.save(lamp));
   * ```
   *
   * @throws what `write` throws; then the entry is removed
   */
  writeThrough(
    fields: Fields,
    write: () => Promise<Value>,
    options?: WriteOptions,
  ): Promise<WriteResult<Value>>;
  /** Writes to the source, and removes the entries before and after. For changes of many entries. */
  writeAround<Result>(
    fields: readonly Fields[],
    write: () => Promise<Result>,
    options?: WriteOptions,
  ): Promise<WriteResult<Result>>;
  /**
   * Queues a value for the source, then stores it. A worker of `createWriteBehind` writes it to the source
   * later; until then, a load reads the queued value. `undefined`: the source shall have none. The
   * definition needs `writeBehind`. `writeThrough` and `writeAround` are refused then, because a queued
   * value would overwrite theirs.
   *
   * ```ts
   * const { outcome } = await products.tenant("acme").writeBehind({ product: "lamp" }, lamp);
   * ```
   *
   * @throws OutcomeUnknownError if the value may be queued; reads tell whether it is
   * @throws ArgumentError for a value above `maxBytes`
   */
  writeBehind(fields: Fields, value: Value | undefined, options?: WriteOptions): Promise<WriteBehindResult>;
  /**
   * Brings the writes of the tenant that are queued now to the database, by the workers of this process.
   *
   * @throws ArgumentError without a queue, or if this process has no started worker for the tenant
   */
  flushPendingWrites(): Promise<WriteBehindRun>;
  /** From now on, nobody is served the old value. */
  invalidate(fields: Fields, options?: InvalidateOptions): Promise<InvalidationOutcome>;
  /** The old value is stale from now on: callers get it while one of them loads. */
  expire(fields: Fields, options?: InvalidateOptions): Promise<InvalidationOutcome>;
  /** The same as `invalidate`. */
  delete(fields: Fields): Promise<InvalidationOutcome>;
  /**
   * Removes all entries with these fields, on every node. Fields that are left out may have any value.
   * It reads the whole keyspace in steps; a tag is invalidated in one call. Returns how many it removed.
   */
  deletePattern(fields: Partial<Fields>): Promise<number>;
  /**
   * The stored values with these fields, and the names of their entries, such as `product:lamp`. It reads
   * the whole keyspace in steps. What is stored meanwhile may be missing, and an entry may come twice.
   *
   * @throws UnavailableError, or the error of a server that refuses `SCAN`
   */
  entries(fields: Partial<Fields>): AsyncGenerator<{ readonly name: string; readonly value: Value }, void>;
}

/** A cache of one pattern: `cache.tenant("acme")` has its functions. */
export interface Cache<Fields, Value> {
  readonly pattern: string;
  /**
   * The value of a write that `writeBehind` has queued, for the worker; undefined if the source shall have
   * none.
   *
   * @throws ArgumentError if another codec has coded it
   */
  decodeWrite(write: { readonly value: Uint8Array }): Value | undefined;
  /**
   * @throws ArgumentError unless the name has 1 to 64 characters of `A-Z a-z 0-9 _ . -`, and if a function as
   * option `quota` returns something else than a quota
   */
  tenant(name: string): TenantCache<Fields, Value>;
  /**
   * Waits until the loads of this process have ended and are stored, at most `graceMs` milliseconds
   * (default 10,000), and begins no more refreshes in the background. Call it before you close the source.
   * Returns how many loads still run. Later calls still answer.
   *
   * @throws ArgumentError for a `graceMs` out of bounds
   */
  close(options?: { readonly graceMs?: number | undefined }): Promise<{ readonly running: number }>;
}

/** Makes caches: `moonpath.cache({ pattern: "product:<product>", freshMs: 600_000, load })`. */
export type MakeCache = <const Pattern extends string, Value>(
  definition: CacheDefinition<Pattern, Value> & CodecFor<Value>,
) => Cache<FieldsOf<Pattern>, Value>;

/** What is to be invalidated, as a row of the outbox names it. */
export interface NamedTarget {
  readonly kind: "entry" | "tag";
  /** The name of an entry, such as `product:lamp`, or of a tag. The tag `*` has all entries. */
  readonly name: string;
  readonly isSoft: boolean;
  readonly settleMs: number | undefined;
}

/** Invalidates what several caches of a tenant have stored. */
export interface TenantInvalidations {
  /** From now on, nobody is served an entry with one of these tags. One round trip, at any number. */
  invalidateTags(tags: readonly string[], options?: InvalidateOptions): Promise<InvalidationOutcome>;
  /** Entries with one of these tags are stale: callers get the old values, and each is loaded once. */
  expireTags(tags: readonly string[], options?: InvalidateOptions): Promise<InvalidationOutcome>;
  /**
   * From now on, nobody is served anything that was stored for the tenant before. Queued writes stay, and
   * loads still read them; `purge` of the queue discards them.
   */
  invalidateAll(options?: InvalidateOptions): Promise<InvalidationOutcome>;
  /**
   * Invalidates one target, for the relay of `moonpath/outbox`. It has no outcome `pending`: the caller
   * keeps the target until a call has succeeded.
   *
   * @throws MoonpathError if Redis has not confirmed it
   */
  deliver(target: NamedTarget, options?: InvalidateOptions): Promise<void>;
  /**
   * What the caches of the tenant store, as the option `quota` counts it. It is approximate: entries that
   * have ended stay counted for a while, and those that a tag has invalidated until they end.
   *
   * @throws ArgumentError if the tenant has no quota, because nothing is counted then
   */
  usage(): Promise<CacheUsage>;
  /** Removes entries that have another value than the source; for `createWriteBehind`. */
  settleWrites(writes: readonly SettledWrite[]): Promise<void>;
}
