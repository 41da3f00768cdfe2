import {
  type CacheHost,
  type EntryLease,
  type EntryReading,
  type FoundReading,
  LeasedEntries,
  type TenantEntries,
} from "../cache/index.js";
import { asError, notify } from "../core/notify.js";
import { RecentKeys } from "../core/recent/recent-keys.js";
import { ClockReadings } from "./clock-readings.js";
import { nextDefaults as defaults } from "./defaults.js";
import { HeldLeases } from "./held-leases.js";
import { EntryNames, isPathTag, PATTERN, tagsOf } from "./names.js";
import type { ResolvedNextOptions } from "./options.js";
import { type Stored, type StoredPage, type StoredResult, storedCodec } from "./stored.js";
import { TagLog } from "./tag-log.js";
import type { TagDurations } from "./types.js";

/** An entry as a reader gets it. */
export interface Found<Entry> {
  readonly entry: Entry;
  readonly ageMs: number;
  /** It is to be made anew; meanwhile it is served. */
  readonly isStale: boolean;
  /** Another request makes it anew. */
  readonly isRefreshed: boolean;
}

/** How to judge an entry. */
export interface Judging<Entry> {
  /** The entry, if it is one of this kind and not too old. */
  accept(stored: Stored, ageMs: number): Entry | undefined;
  isOld(entry: Entry, ageMs: number): boolean;
  /** The tags of the reader's path. */
  readonly pathTags: readonly string[];
}

/** What to store. */
export interface Making {
  /** Seconds and such that belong to the entry; `clock` and `madeMs` are added. */
  readonly value: Omit<StoredResult, "clock" | "madeMs"> | Omit<StoredPage, "clock" | "madeMs">;
  /** For how long it is stored from when it was made. */
  readonly keepMs: number;
  /** When it began to be made, in epoch milliseconds of this process. Undefined: not known. */
  readonly begunAt: number | undefined;
}

/** The process remembers so many keys that are not waited for, and that are not stored. */
const MAX_RECENT = 10_000;

/** The entries of one build that all its processes share. */
export class FleetStore {
  readonly names: EntryNames;
  readonly log: TagLog;
  readonly entries: TenantEntries<Stored>;
  readonly #all: LeasedEntries<Stored>;
  readonly #held: HeldLeases;
  readonly #options: ResolvedNextOptions;
  readonly #clocks = new ClockReadings();
  /** Renders of these have ended without a result. */
  readonly #unfilled = new RecentKeys(defaults.unfilledMs.value, MAX_RECENT);
  /** Another process stores these. */
  readonly #skipped: RecentKeys;
  /** Invalidations of this tick, by tags and durations: both handlers report each one. */
  readonly #running = new Map<string, Promise<void>>();

  /** @throws ArgumentError that names the option */
  constructor(host: CacheHost, options: ResolvedNextOptions, buildId: string) {
    const { maxBytes, maxKeepMs, cacheTimeoutMs, waitMs, loadTimeoutMs, tenant, onError } = options;
    this.#options = options;
    this.names = new EntryNames(buildId);
    this.#all = new LeasedEntries(host, {
      pattern: PATTERN,
      codec: storedCodec,
      maxKeepMs,
      maxBytes,
      cacheTimeoutMs,
      loadTimeoutMs: waitMs,
      onError,
    });
    this.entries = this.#all.tenant(tenant);
    this.log = new TagLog(this.entries, this.#all, this.names.log, maxKeepMs);
    this.#skipped = new RecentKeys(loadTimeoutMs, MAX_RECENT);
    this.#held = new HeldLeases(loadTimeoutMs, (entry) => {
      this.#unfilled.add(entry);
      this.#skip(entry);
    });
  }

  /** Redis's clock, in epoch milliseconds. */
  nowMs(): number {
    return this.#all.nowMs();
  }

  /**
   * Reads an entry. If there is none, this process may have the lease afterwards: the caller makes the entry,
   * and stores it. It waits for another process that makes it, at most `waitMs`. Never rejects.
   */
  async find<Entry extends StoredResult | StoredPage>(
    name: string,
    judging: Judging<Entry>,
  ): Promise<Found<Entry> | undefined> {
    const [reading, log] = await Promise.all([this.#read(name), this.log.read()]);
    const waited = reading.kind === "busy" ? await this.#wait(name, reading.leaseEndsInMs) : reading;
    if (!log && waited.kind === "granted") waited.lease.release();
    if (!log) return this.#skip(name);
    switch (waited.kind) {
      case "granted":
        await this.#hold(name, waited.lease);
        return undefined;
      case "found":
        return this.#judge(name, waited, judging, log);
      case "busy":
      case "unstored":
      case "away":
        return this.#skip(name);
    }
  }

  /** Stores what the caller has made, unless it was invalidated meanwhile, or another process stores it. */
  async store(name: string, { value, keepMs: wholeMs, begunAt }: Making): Promise<boolean> {
    const lease = this.#held.take(name);
    const ageMs = begunAt === undefined ? 0 : Math.max(0, localNow() - begunAt);
    const keepMs = Math.floor(Math.min(wholeMs - ageMs, this.#options.maxKeepMs));
    const madeMs = this.nowMs() - ageMs;
    const addedTags = tagsOf(value.tags);
    if (keepMs <= 0) {
      lease?.release();
      return false;
    }
    if (lease?.clock !== undefined) {
      const stored = { ...value, madeMs, clock: lease.clock };
      const isStored = await lease.store({ value: stored, keepMs, addedTags });
      if (isStored) lease.end();
      else lease.release();
      return isStored;
    }
    lease?.release();
    if (this.#skipped.has(name)) return false;
    // Next.js has made it without a reading, for example because somebody has asked for a new one.
    const clock = begunAt === undefined ? undefined : this.#clocks.before(begunAt);
    if (clock === undefined) {
      await this.entries.remove(name);
      return false;
    }
    return this.entries.put(name, { value: { ...value, madeMs, clock }, keepMs, addedTags }, clock);
  }

  /** The caller does not store the entry. */
  abandon(name: string): void {
    this.#unfilled.add(name);
    this.#held.take(name)?.release();
  }

  /** Invalidates tags: at once, or softly with durations. Never rejects. */
  changeTags(tags: readonly string[], durations: TagDurations | undefined): Promise<void> {
    const key = JSON.stringify([durations?.expire, durations !== undefined, ...tags]);
    const running = this.#running.get(key) ?? this.#changeTags(tags, durations);
    if (this.#running.size === 0) setImmediate(() => this.#running.clear());
    this.#running.set(key, running);
    return running;
  }

  async #changeTags(tags: readonly string[], durations: TagDurations | undefined): Promise<void> {
    const names = tagsOf(tags);
    const expire = durations?.expire;
    const isSoft = durations !== undefined && expire !== 0;
    const { maxKeepMs } = this.#options;
    const paths = tags.filter(isPathTag);
    try {
      if (isSoft) await this.entries.tags.expire(names);
      else await this.entries.tags.invalidate(names);
      const expiresMs = isSoft && expire !== undefined && expire * 1_000 < maxKeepMs;
      const expiring = expiresMs ? tags.filter((tag) => !isPathTag(tag)) : [];
      const at = this.nowMs() + (expire ?? 0) * 1_000;
      const records = [
        ...paths.map((tag) => [tag, 0] as const),
        ...expiring.map((tag) => [tag, at] as const),
      ];
      if (records.length > 0) await this.log.add(records);
    } catch (error) {
      this.report(error);
    }
  }

  report(error: unknown): void {
    notify(this.#options.onError, asError(error));
  }

  /** Gives all leases back. */
  close(): void {
    this.log.close();
    this.#held.releaseAll();
  }

  async #read(name: string): Promise<EntryReading<Stored>> {
    const kept = this.entries.kept(name);
    if (!kept) return this.entries.read(name, { tags: [] });
    const { value, fillId } = kept.entry;
    const leftMs = kept.endsAt - performance.now();
    return {
      kind: "found",
      value,
      fillId,
      leftMs,
      isExpired: false,
      lease: undefined,
      toKept: () => kept.entry,
    };
  }

  async #wait(name: string, leaseEndsInMs: number): Promise<EntryReading<Stored>> {
    if (this.#unfilled.has(name)) return { kind: "unstored" };
    const reading = await this.entries.wait(name, { tags: [] }, leaseEndsInMs);
    if (reading.kind !== "found") this.#unfilled.add(name);
    return reading;
  }

  async #judge<Entry extends StoredResult | StoredPage>(
    name: string,
    reading: FoundReading<Stored>,
    { accept, isOld, pathTags }: Judging<Entry>,
    log: Parameters<TagLog["isDead"]>[0],
  ): Promise<Found<Entry> | undefined> {
    const { value: stored, isExpired } = reading;
    const ageMs = "madeMs" in stored ? Math.max(0, this.nowMs() - stored.madeMs) : 0;
    const entry = accept(stored, ageMs);
    if (!entry || this.log.isDead(log, entry, pathTags, isExpired)) {
      const lease = await this.#claim(name, reading);
      if (lease) await this.#hold(name, lease);
      return lease ? undefined : this.#skip(name);
    }
    if (!isExpired && !isOld(entry, ageMs)) return { entry, ageMs, isStale: false, isRefreshed: false };
    const lease = await this.#claim(name, reading);
    const isHeld = lease !== undefined && (await this.#hold(name, lease));
    if (!isHeld) this.#skip(name);
    return { entry, ageMs, isStale: true, isRefreshed: !isHeld };
  }

  /** The right to replace an entry; undefined if somebody else has it. */
  async #claim(
    name: string,
    { lease, fillId }: FoundReading<Stored>,
  ): Promise<EntryLease<Stored> | undefined> {
    if (lease) return lease;
    const reading = await this.entries.read(name, { tags: [], replaces: fillId });
    if (reading.kind === "granted") return reading.lease;
    if (reading.kind === "found") reading.lease?.release();
    return undefined;
  }

  async #hold(name: string, lease: EntryLease<Stored>): Promise<boolean> {
    if (!(await lease.prepare(true)) || lease.clock === undefined) {
      this.#skip(name);
      return false;
    }
    this.#clocks.note(lease.clock);
    this.#skipped.delete(name);
    this.#held.add(lease);
    return true;
  }

  #skip(name: string): undefined {
    this.#skipped.add(name);
    return undefined;
  }
}

/** The clock that Next.js compares: epoch milliseconds of this process. */
export function localNow(): number {
  return performance.timeOrigin + performance.now();
}
