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

/** Who receives the errors of what is counted. */
export interface Watched {
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

  /**
   * Stores an entry, or returns the error that says that the quota has no room for it. A quota that refuses
   * counts it before, and forgets it if it was not stored. Otherwise it is counted in the background, where
   * the oldest ones make room for it.
   *
   * @param stored what `store` returns if it has stored the entry
   */
  async storing<Outcome extends string>(
    counted: CountedEntry,
    deadlineMs: number,
    watched: Watched,
    stored: Outcome,
    store: () => Promise<Outcome>,
  ): Promise<Outcome | QuotaError> {
    const quota = this.#quota(watched);
    if (!quota) return store();
    const { refuses, maxBytes } = quota;
    // No other entry could make room for it.
    if (maxBytes !== undefined && counted.bytes > maxBytes) return noRoomIn(quota);
    const number = refuses ? await this.#admitted(quota, counted, deadlineMs, watched) : NOT_COUNTED;
    if (number === undefined) return noRoomIn(quota);
    let outcome: Outcome | undefined;
    try {
      outcome = await store();
      return outcome;
    } finally {
      if (outcome !== stored) this.#forget(quota, counted.entry, number).catch(reportTo(watched));
      else if (!refuses) this.#count(quota, counted).catch(reportTo(watched));
    }
  }

  /** The entry lives longer now. In the background its time is counted. */
  touched(counted: CountedEntry, watched: Watched): void {
    const quota = this.#quota(watched);
    if (quota) this.#count(quota, counted).catch(reportTo(watched));
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

  /** @throws ArgumentError if the option's function returns something else than a quota */
  check(): void {
    try {
      this.#current();
    } catch (error) {
      if (error instanceof ArgumentError) throw error;
      // It is reported when an entry is stored.
    }
  }

  /** The number of its count; undefined if there is no room. */
  async #admitted(
    quota: ShardQuota,
    counted: CountedEntry,
    deadlineMs: number,
    watched: Watched,
  ): Promise<number | undefined> {
    try {
      const { outcome, number } = await this.#scripts.count(argsOf(quota, counted), { deadlineMs });
      return outcome === "full" ? undefined : number;
    } catch (error) {
      notify(watched.onError, asError(error));
      return NOT_COUNTED;
    }
  }

  async #count(quota: ShardQuota, counted: CountedEntry): Promise<void> {
    const { outcome, evicted, number } = await this.#scripts.count(argsOf(quota, counted));
    const { entry } = counted;
    const removed = outcome === "full" ? [...evicted, entry] : evicted;
    if (removed.length > 0) await this.#remove(removed);
    // An older value of it was counted.
    if (outcome === "full") await this.#forget(quota, entry, number);
  }

  /** Unless another call has counted it again. */
  async #forget({ shards }: ShardQuota, entry: string, number: number): Promise<void> {
    if (number === NOT_COUNTED) return;
    await this.#scripts.forget({ usageShard: shardOf(entry, shards), entry, number });
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
    return quota === undefined ? undefined : shardQuotaOf(quota);
  }
}

function argsOf({ shards, refuses, maxEntries, maxBytes }: ShardQuota, counted: CountedEntry) {
  return { ...counted, usageShard: shardOf(counted.entry, shards), refuses, maxEntries, maxBytes };
}

/** `quota.count` replies this number of an entry that it does not count. */
const NOT_COUNTED = 0;

function noRoomIn({ quota: { entries, bytes } }: ShardQuota): QuotaError {
  const limits = [entries && `${entries} entries`, bytes && `${bytes} bytes`].filter(Boolean).join(" and ");
  return new QuotaError(`the tenant's quota of ${limits} has no room for the value`);
}

function reportTo({ onError }: Watched): (error: unknown) => void {
  return (error) => notify(onError, asError(error));
}

function shardOf(entry: string, shards: number): string {
  return String(slotOf(entry) % shards);
}

const allShards: readonly string[] = Array.from({ length: MAX_SHARDS }, (_, shard) => String(shard));
