import { QuotaError, slotOf } from "../../client/index.js";
import { ArgumentError } from "../../core/errors.js";
import { asError, notify } from "../../core/notify.js";
import type { QuotaScripts } from "../scripts.js";
import { type CacheQuotas, MAX_SHARDS, type ShardQuota, shardQuotaOf } from "./limits.js";

/** What the caches of a tenant store, as the quota counts it. */
export interface CacheUsage {
  readonly entries: number;
  /** The bytes of values as Redis stores them. */
  readonly bytes: number;
}

/** An entry that is to be counted. */
export interface CountedEntry {
  readonly entry: string;
  readonly bytes: number;
  readonly keepMs: number;
}

interface Watched {
  readonly onError: ((error: Error) => void) | undefined;
}

/**
 * Counts the entries of one tenant on the first server. If that server does not answer, values are stored
 * and not counted.
 */
export class TenantQuota {
  readonly #tenant: string;
  readonly #quotas: CacheQuotas;
  /** The quota, if it is the same for all tenants. */
  readonly #fixed: ShardQuota | undefined;
  readonly #scripts: QuotaScripts;
  /** Removes entries from the server that has them. */
  readonly #remove: (entries: readonly string[]) => Promise<void>;

  constructor(
    tenant: string,
    quotas: CacheQuotas,
    scripts: QuotaScripts,
    remove: (entries: readonly string[]) => Promise<void>,
  ) {
    this.#tenant = tenant;
    this.#quotas = quotas;
    this.#fixed = typeof quotas === "function" ? undefined : shardQuotaOf(quotas);
    this.#scripts = scripts;
    this.#remove = remove;
  }

  /** Whether the entry may be stored. It is counted before if the quota refuses. */
  async admits(counted: CountedEntry, deadlineMs: number, watched: Watched): Promise<boolean> {
    const quota = this.#quota(watched);
    if (!quota?.refuses) return true;
    try {
      const { outcome } = await this.#scripts.count(argsOf(quota, counted), { deadlineMs });
      return outcome === "counted";
    } catch (error) {
      notify(watched.onError, asError(error));
      return true;
    }
  }

  /** The entry was stored. In the background it is counted, and the oldest ones make room for it. */
  stored(counted: CountedEntry, watched: Watched): void {
    if (!this.#quota(watched)?.refuses) this.touched(counted, watched);
  }

  /** The entry lives longer now. In the background its time is counted. */
  touched(counted: CountedEntry, watched: Watched): void {
    const quota = this.#quota(watched);
    if (quota) this.#count(quota, counted).catch((error: unknown) => notify(watched.onError, asError(error)));
  }

  /** After `admits`, the entry was not stored. */
  notStored(entry: string, watched: Watched): void {
    if (this.#quota(watched)?.refuses) this.removed(entry);
  }

  removed(entry: string): void {
    const quota = this.#quota({ onError: undefined });
    if (!quota) return;
    // What stays counted ends with its time.
    this.#scripts.forget({ usageShard: shardOf(entry, quota.shards), entry }).catch(() => undefined);
  }

  /** All entries were invalidated. */
  reset(): void {
    for (const usageShard of allShards) this.#scripts.reset({ usageShard }).catch(() => undefined);
  }

  /** @throws ArgumentError without a quota, and the errors of the script */
  async usage(): Promise<CacheUsage> {
    if (!this.#current())
      throw new ArgumentError("cache.quota", "a quota for this tenant; nothing is counted");
    const counts = await Promise.all(allShards.map((usageShard) => this.#scripts.read({ usageShard })));
    return {
      entries: counts.reduce((sum, { entries }) => sum + entries, 0),
      bytes: counts.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** The error of a value that `admits` has refused. */
  error(): QuotaError {
    const { entries, bytes } = this.#current()?.quota ?? {};
    const limits = [entries && `${entries} entries`, bytes && `${bytes} bytes`].filter(Boolean).join(" and ");
    return new QuotaError(`the tenant has used up its quota of ${limits}`);
  }

  async #count(quota: ShardQuota, counted: CountedEntry): Promise<void> {
    const reply = await this.#scripts.count(argsOf(quota, counted));
    if (reply.outcome === "counted" && reply.evicted.length > 0) await this.#remove(reply.evicted);
  }

  /** A function that fails gives no quota. */
  #quota(watched: Watched): ShardQuota | undefined {
    try {
      return this.#current();
    } catch (error) {
      notify(watched.onError, asError(error));
      return undefined;
    }
  }

  #current(): ShardQuota | undefined {
    if (typeof this.#quotas !== "function") return this.#fixed;
    const quota = this.#quotas(this.#tenant);
    return quota && shardQuotaOf(quota);
  }
}

function argsOf({ shards, refuses, maxEntries, maxBytes }: ShardQuota, counted: CountedEntry) {
  return { ...counted, usageShard: shardOf(counted.entry, shards), refuses, maxEntries, maxBytes };
}

function shardOf(entry: string, shards: number): string {
  return String(slotOf(entry) % shards);
}

const allShards: readonly string[] = Array.from({ length: MAX_SHARDS }, (_, shard) => String(shard));
