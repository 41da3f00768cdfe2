import type { CacheStatus, Listening } from "../../client/index.js";
import { asError, notify } from "../../core/notify.js";
import type { Codec } from "../coding/codec.js";
import { cacheDefaults as defaults } from "../defaults.js";
import { type ResolvedDefinition, resolveDefinition } from "../definition.js";
import type { CacheHost } from "../host.js";
import { waitForFill } from "../load/wait-for-fill.js";
import { ask } from "../read/ask.js";
import { EVERY_ENTRY } from "../read/header.js";
import { isAway } from "../read/is-away.js";
import type { FoundEntry, GrantedLease, Lookup } from "../read/lookup.js";
import type { QuickReads } from "../read/quick-reads.js";
import type { RedisClock } from "../read/redis-clock.js";
import { CircuitOpen } from "../read/shared-reads.js";
import { storedValue } from "../read/stored-values.js";
import { TimeLimit } from "../read/time-limit.js";
import type { TenantState } from "../tenant-state.js";
import type { EntryChecks } from "./checks.js";
import { type KeptEntry, keep, keptEntry, keptOf } from "./kept-entry.js";
import { type EntryFields, EntryLease, type Filling } from "./lease.js";
import { storeEntry } from "./store-entry.js";
import { TenantTags } from "./tenant-tags.js";

/** What a reading of an entry has found. */
export type EntryReading<Value> =
  | FoundReading<Value>
  /** There is none. This caller may fill it. */
  | { readonly kind: "granted"; readonly lease: EntryLease<Value> }
  /** There is none. Another caller fills it. */
  | { readonly kind: "busy"; readonly leaseEndsInMs: number }
  /** A load must not be stored. */
  | { readonly kind: "unstored" }
  /** Redis does not answer, or an invalidation is pending. */
  | { readonly kind: "away" };

export interface FoundReading<Value> {
  readonly kind: "found";
  readonly value: Value;
  readonly fillId: string;
  /** For how long the entry is stored from now on, by Redis's clock. */
  readonly leftMs: number;
  /** A soft invalidation has come since. */
  readonly isExpired: boolean;
  /** The right to replace it, if it is expired and nobody else does. */
  readonly lease: EntryLease<Value> | undefined;
  /** The entry for `isCurrent`. */
  toKept(): KeptEntry<Value>;
}

export interface LeasedEntriesOptions<Value> {
  /** The first part of the names of entries, and the name of this cache in metrics. */
  readonly pattern: string;
  readonly codec: Codec<Value>;
  /** The longest time for which an entry is stored. */
  readonly maxKeepMs: number;
  readonly maxBytes: number;
  readonly cacheTimeoutMs: number | undefined;
  /** The longest wait for the fill of another process. */
  readonly loadTimeoutMs: number | undefined;
  readonly onError: ((error: Error) => void) | undefined;
}

/**
 * Entries whose users judge themselves how long a value may be served. They have the tags, the leases and
 * L1 of docs/cache-protocol.md, and no loader.
 */
export class LeasedEntries<Value> {
  readonly #host: CacheHost;
  readonly definition: ResolvedDefinition<EntryFields, Value>;
  readonly #checks: EntryChecks;
  #clock: RedisClock | undefined;

  /** @throws ArgumentError that names the option */
  constructor(
    host: CacheHost,
    {
      pattern,
      codec,
      maxKeepMs,
      maxBytes,
      cacheTimeoutMs,
      loadTimeoutMs,
      onError,
    }: LeasedEntriesOptions<Value>,
  ) {
    this.#host = host;
    const times = { freshMs: maxKeepMs, jitter: 0, earlyRefresh: 0, cacheTimeoutMs, loadTimeoutMs };
    this.definition = resolveDefinition<string, Value>(
      { pattern, codec, maxBytes, onError, ...times },
      host.observers,
    );
    this.#checks = host.checks(this.definition.cacheTimeoutMs);
  }

  /** Redis's clock, in epoch milliseconds. */
  nowMs(): number {
    this.#clock ??= this.#host.clock();
    return this.#clock.nowMs();
  }

  /** Tells observers of a request, and of the path of its policy. */
  count(status: CacheStatus, tenant: string, endpoint: string): void {
    this.definition.observer?.request(status, tenant, endpoint);
  }

  /** @throws ArgumentError for the name of a tenant that is not valid */
  tenant(name: string): TenantEntries<Value> {
    return new TenantEntries(this.#host, this.#host.stateOf(name), this.definition, this.#checks);
  }
}

/** What to read, and how. */
export interface ReadOptions {
  readonly tags: readonly string[];
  /** The entry with this fill id is to be replaced. */
  readonly replaces?: string | undefined;
  /** `false`: L1 may have missed changes. What it knows does not count. */
  readonly usesL1?: boolean | undefined;
}

export class TenantEntries<Value> {
  readonly tags: TenantTags;
  readonly #host: CacheHost;
  readonly #state: TenantState;
  readonly #definition: ResolvedDefinition<EntryFields, Value>;
  readonly #checks: EntryChecks;
  readonly #quickReads: QuickReads | undefined;

  constructor(
    host: CacheHost,
    state: TenantState,
    definition: ResolvedDefinition<EntryFields, Value>,
    checks: EntryChecks,
  ) {
    this.#checks = checks;
    this.tags = new TenantTags(host, state, definition.cacheTimeoutMs);
    this.#host = host;
    this.#quickReads = host.loopReads(state);
    this.#state = state;
    this.#definition = definition;
  }

  get hasL1(): boolean {
    return this.#state.values !== undefined;
  }

  /** The entry as L1 has it, and until when, in the time of `performance.now()`. */
  kept(entry: string): { readonly entry: KeptEntry<Value>; readonly endsAt: number } | undefined {
    const { values, invalidations } = this.#state;
    // While an invalidation is pending, the path with all checks answers.
    const stored = invalidations.pending > 0 ? undefined : values?.storedOf(entry);
    return stored && { entry: keptOf<Value>(stored), endsAt: stored.freshUntil };
  }

  /** Whether L1 knows all changes from before this call. `false` also if Redis does not answer. */
  caughtUp(): Promise<boolean> {
    return this.#state.caughtUp(this.#definition.cacheTimeoutMs);
  }

  /** Asks Redis whether a known entry is still the stored one. `false` also if Redis does not answer. */
  isCurrent(kept: KeptEntry<Value>): Promise<boolean> {
    return this.#checks.isCurrent(kept);
  }

  /** Reads an entry. If there is none, or `replaces` names it, one caller gets the lease. */
  async read(entry: string, options: ReadOptions): Promise<EntryReading<Value>> {
    const state = this.#state;
    const { tags, replaces } = options;
    if (state.invalidations.covers(state.tenant, entry, tags, performance.now())) {
      this.#definition.observer?.degraded("pending");
      return { kind: "away" };
    }
    if (replaces === undefined) {
      const quick = await this.#quick(entry, tags);
      if (quick) return quick;
    }
    return this.#lookup(entry, options, false);
  }

  /** Waits for the fill of another process, at most for one lease, and reads again. */
  async wait(entry: string, options: ReadOptions, leaseEndsInMs: number): Promise<EntryReading<Value>> {
    const { loadTimeoutMs } = this.#definition;
    const lookup = await waitForFill({
      leaseEndsInMs: Math.min(leaseEndsInMs, loadTimeoutMs),
      maxWaitMs: loadTimeoutMs,
      listen: (wake): Listening => this.#state.listen(entry, wake),
      open: () => undefined,
      close: () => undefined,
      lookup: () => this.#ask(entry, options, true),
    });
    return this.#readingOf(entry, lookup);
  }

  /** From now on, no caller is served an entry with one of the tags. */
  invalidateTags(tags: readonly string[]): Promise<"done" | "pending"> {
    return this.tags.invalidate(tags);
  }

  /**
   * Stores an entry that was made without a lease. A lease of somebody else ends. Never rejects.
   *
   * @param clock the reading of the tenant's clock before it was made
   */
  async put(entry: string, { value, keepMs, addedTags }: Filling<Value>, clock: number): Promise<boolean> {
    const { cacheTimeoutMs, observer, onError } = this.#definition;
    const tags = [EVERY_ENTRY, ...addedTags];
    const startedAt = performance.now();
    const made = {
      entry,
      value,
      keepMs,
      tokens: new Map<string, string>(),
      addedTags: tags,
      clock,
      startedAt,
    };
    try {
      const limit = new TimeLimit(cacheTimeoutMs);
      const outcome = await storeEntry(this.#state, this.#definition, made, undefined, limit);
      observer?.fill(outcome);
      return outcome === "stored";
    } catch (error) {
      notify(onError, asError(error));
      observer?.fill("failed");
      return false;
    }
  }

  /**
   * Invalidates the tags of data, and then those of what is made from that data. Otherwise, what is made
   * between both could be stored with old data. On one server this is one round trip.
   */
  async invalidateInOrder(data: readonly string[], made: readonly string[]): Promise<"done" | "pending"> {
    if (data.length === 0 || made.length === 0 || this.#host.isOneServer)
      return this.invalidateTags([...data, ...made]);
    const outcomes = [await this.invalidateTags(data), await this.invalidateTags(made)];
    return outcomes.includes("pending") ? "pending" : "done";
  }

  /** Removes an entry. */
  async remove(entry: string): Promise<void> {
    const { tenant } = this.#state;
    await this.#host.invalidations.run(
      { tenant, kind: "entry", name: entry, isSoft: false, settleMs: undefined },
      undefined,
    );
  }

  /** A valid entry, read with MGET; undefined if another path must answer. */
  async #quick(entry: string, tags: readonly string[]): Promise<EntryReading<Value> | undefined> {
    const { cacheTimeoutMs, observer } = this.#definition;
    const quick = this.#quickReads?.begin(entry, tags, cacheTimeoutMs);
    if (!quick) return undefined;
    try {
      if (!(await quick.command.answered)) return undefined;
      const found = quick.find() ?? (await quick.findWithItsTags());
      if (!found || found.freshForMs <= 0) return undefined;
      return this.#foundOf(entry, found.entry, found.freshForMs, false);
    } catch (error) {
      if (error instanceof CircuitOpen) observer?.degraded("circuit_open");
      else observer?.degraded(isAway(error) ? "unavailable" : "error");
      return { kind: "away" };
    }
  }

  async #lookup(entry: string, options: ReadOptions, waits: boolean): Promise<EntryReading<Value>> {
    return this.#readingOf(entry, await this.#ask(entry, options, waits));
  }

  #ask(entry: string, { tags, replaces, usesL1 }: ReadOptions, waits: boolean): Promise<Lookup | undefined> {
    const limit = new TimeLimit(this.#definition.cacheTimeoutMs);
    const options = { entry, tags, limit, leaseMs: defaults.leaseMs.value, replaces, usesL1, waits };
    return ask(this.#definition, this.#state, () => this.#state.reads.lookup(options));
  }

  #readingOf(entry: string, lookup: Lookup | undefined): EntryReading<Value> {
    switch (lookup?.kind) {
      case undefined:
        return { kind: "away" };
      case "granted":
        return { kind: "granted", lease: this.#leaseOf(entry, lookup.lease) };
      case "busy":
      case "unstored":
        return lookup;
      case "fresh": {
        const found = this.#foundOf(entry, lookup.entry, lookup.freshForMs, false);
        keep(this.#definition, this.#state, entry, lookup, found?.value);
        return found ?? { kind: "unstored" };
      }
      case "stale": {
        const lease = lookup.lease && this.#leaseOf(entry, lookup.lease);
        const found = this.#foundOf(entry, lookup.entry, 0, true, lease);
        if (!found) lease?.release();
        return found ?? { kind: "unstored" };
      }
    }
  }

  #leaseOf(entry: string, lease: GrantedLease): EntryLease<Value> {
    return new EntryLease(this.#state, this.#definition, entry, lease);
  }

  #foundOf(
    entry: string,
    found: FoundEntry,
    leftMs: number,
    isExpired: boolean,
    lease?: EntryLease<Value>,
  ): FoundReading<Value> | undefined {
    const value = storedValue(this.#definition, this.#state, entry, found)?.value;
    if (value === undefined) return undefined;
    const toKept = () => keptEntry(this.#state.keys, entry, found, value);
    return { kind: "found", value, fillId: found.header.fillId, leftMs, isExpired, lease, toKept };
  }
}
