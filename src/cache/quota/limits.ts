import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";

/** How much the caches of one tenant may store, in all patterns together. At least one limit. */
export interface CacheQuota {
  /** The most entries, 1 to 100,000,000. */
  readonly entries?: number | undefined;
  /** The most bytes of values as Redis stores them, 1,024 to 10^15. */
  readonly bytes?: number | undefined;
  /**
   * `evict`, the default: the tenant's oldest entries make room. `refuse`: values are returned and not
   * stored, and `set` throws QuotaError. With both, a value that is larger than the quota is not stored.
   */
  readonly onFull?: "evict" | "refuse" | undefined;
}

/** One quota for each tenant, or a function of its name, which returns it at once; undefined is none. */
export type CacheQuotas = CacheQuota | ((tenant: string) => CacheQuota | undefined);

/** A quota, checked, for one of its shards. */
export interface ShardQuota {
  readonly quota: CacheQuota;
  readonly refuses: boolean;
  readonly shards: number;
  readonly maxEntries: number | undefined;
  readonly maxBytes: number | undefined;
}

/** The most shards of a tenant. */
export const MAX_SHARDS = 16;

/** With fewer in a shard, some shards would be full long before others. */
const ENTRIES_PER_SHARD = 1_000;
const BYTES_PER_SHARD = 16_777_216;

const quotaNames: OptionNames<CacheQuota> = { entries: true, bytes: true, onFull: true };

/** @throws ArgumentError that names the option */
export function shardQuotaOf(quota: CacheQuota): ShardQuota {
  if (typeof quota !== "object" || quota === null)
    throw new ArgumentError(
      "cache.quota",
      "a quota or a function of the tenant that returns one, such as { entries: 10_000 }",
    );
  if ("then" in quota) {
    // An asynchronous function may also fail.
    Promise.resolve(quota).catch(() => undefined);
    throw new ArgumentError("cache.quota", "a function that returns a quota at once, and not a promise");
  }
  refuseUnknownOptions(quota, quotaNames, "cache.quota");
  const { entries, bytes, onFull = "evict" } = quota;
  if (entries === undefined && bytes === undefined)
    throw new ArgumentError("cache.quota", "a limit of entries or of bytes");
  if (onFull !== "evict" && onFull !== "refuse")
    throw new ArgumentError("cache.quota.onFull", "evict or refuse");
  if (entries !== undefined) checkedInteger("cache.quota.entries", entries, 1, 100_000_000);
  if (bytes !== undefined) checkedInteger("cache.quota.bytes", bytes, 1_024, 1e15);
  const fitting = Math.min(
    Math.floor((entries ?? Number.POSITIVE_INFINITY) / ENTRIES_PER_SHARD),
    Math.floor((bytes ?? Number.POSITIVE_INFINITY) / BYTES_PER_SHARD),
  );
  const shards = Math.max(1, Math.min(MAX_SHARDS, fitting));
  const perShard = (limit: number | undefined) => limit && Math.ceil(limit / shards);
  return {
    quota,
    refuses: onFull === "refuse",
    shards,
    maxEntries: perShard(entries),
    maxBytes: perShard(bytes),
  };
}
