import { QuotaError } from "../../core/errors.js";
import { asError, notify } from "../../core/notify.js";
import { NO_VALUE } from "../coding/codec.js";
import { UNCOMPRESSED } from "../coding/compression.js";
import { cacheDefaults as defaults } from "../defaults.js";
import type { ResolvedDefinition } from "../definition.js";
import type { FillOutcome } from "../observed.js";
import { tokensText } from "../read/header.js";
import type { FoundEntry, GrantedLease } from "../read/lookup.js";
import { TimeLimit } from "../read/time-limit.js";
import type { TenantState } from "../tenant-state.js";
import { type CodedValue, codedValue, countedOf, fill, timesOf } from "./fill.js";
import type { Loaded } from "./load.js";
import { Renewals } from "./renewals.js";

/** The loads of all caches whose leases are renewed. */
const renewals = new Renewals(defaults.leaseMs.value / 3);

/** One load with a lease: prepares it, renews the lease, and stores the value. */
export class EntryLoad<Fields, Value> {
  readonly #state: TenantState;
  readonly #definition: ResolvedDefinition<Fields, Value>;
  readonly #entry: string;
  readonly #lease: GrantedLease;
  readonly #old: FoundEntry | undefined;
  #tokens: Map<string, string> = new Map();
  #clock = 0;
  /** What is stored now. */
  #coded: CodedValue | undefined;
  readonly #startedAt = performance.now();

  constructor(
    state: TenantState,
    definition: ResolvedDefinition<Fields, Value>,
    entry: string,
    lease: GrantedLease,
    old: FoundEntry | undefined,
  ) {
    this.#state = state;
    this.#definition = definition;
    this.#entry = entry;
    this.#lease = lease;
    this.#old = old;
  }

  /** Reads what must be known before the load. `false`: the load must not be stored. */
  async prepare(limit: TimeLimit): Promise<boolean> {
    const { loadTags } = this.#state;
    const { loaderTags } = this.#definition;
    const { remainingMs } = limit;
    // Otherwise its tags would take memory too.
    if (!this.#old && this.#state.memory.isFull(this.#key, this.#definition)) {
      this.#release();
      return false;
    }
    try {
      const [tokens, clock] = await Promise.all([
        loadTags.open(this.#lease.tags, this.#keepMs, remainingMs),
        loaderTags ? loadTags.clock(remainingMs) : 0,
      ]);
      this.#tokens = tokens;
      this.#clock = clock;
      // Else the value could be made from other entries that are older than its tags.
      if (!(await this.#state.caughtUp(limit.remainingMs))) {
        this.#release();
        return false;
      }
    } catch (error) {
      this.#report(error);
      this.#release();
      return false;
    }
    renewals.add(this);
    return true;
  }

  /** The loader has failed. */
  fail(): void {
    renewals.delete(this);
    this.#endUnfilled();
  }

  #endUnfilled(): void {
    if (!this.#old) {
      this.#release();
      return;
    }
    // Callers get the old value, and the source is not asked again at once.
    const renewing = this.#state.scripts.renew(this.#leaseFor(defaults.failedRefreshMs.value));
    renewing.catch((error: unknown) => this.#report(error));
  }

  /**
   * Stores what was loaded. Returns whether the value was still valid after this call; it asks Redis
   * for that only if `verifies`.
   */
  async store(loaded: Loaded<Value>, verifies: boolean): Promise<boolean> {
    const limit = new TimeLimit(this.#definition.cacheTimeoutMs);
    try {
      const outcome = await this.#fill(loaded, limit);
      this.#definition.observer?.fill(outcome);
      if (outcome === "stored") this.#record(loaded.isUnchanged);
      if (outcome !== "stored" || !verifies) return false;
      return await this.#state.loadTags.areUnchanged(this.#tokens, limit.remainingMs);
    } catch (error) {
      this.#report(error);
      this.#definition.observer?.fill("failed");
      // Otherwise others would wait for the end of the lease.
      this.#release();
      return false;
    } finally {
      renewals.delete(this);
    }
  }

  async #fill(loaded: Loaded<Value>, limit: TimeLimit): Promise<FillOutcome> {
    const { scripts, loadTags, invalidations, tenant } = this.#state;
    const coded = loaded.isStorable && codedValue(this.#definition, loaded.value, loaded.freshMs);
    if (loaded.isStorable && !coded && loaded.value === undefined && this.#old) {
      await this.#removeOld(limit);
      return "unwanted";
    }
    if (!coded)
      return this.#notStored(loaded.isStorable && loaded.value !== undefined ? "too_large" : "unwanted");
    this.#coded = coded;
    const touches = loaded.isUnchanged && this.#old !== undefined;
    if (!touches && !(await this.#admits(coded.value.length))) return this.#notStored("full");
    const added = [...loaded.tags].filter((tag) => !this.#tokens.has(tag));
    if (added.length > 0) {
      const tokens = await loadTags.added(added, this.#clock, this.#keepMs, limit);
      if (!tokens) return this.#notStored("overtaken");
      for (const [tag, token] of tokens) this.#tokens.set(tag, token);
    }
    if (invalidations.covers(tenant, this.#entry, this.#tokens.keys(), this.#startedAt))
      return this.#notStored("overtaken");
    const extended = loadTags.extend(this.#tokens.keys(), this.#keepMs, limit.remainingMs);
    extended.catch((error: unknown) => this.#report(error));
    if (loaded.isUnchanged && this.#old) {
      const growth = tokensText(this.#tokens).length - this.#old.header.tokens.length;
      if (growth > 0 && !(await this.#admits(growth))) return this.#notStored("full");
      const touched = await this.#touch(this.#old, loaded.freshMs, limit.remainingMs);
      if (touched !== "absent") return touched === "touched" ? "stored" : "overtaken";
      if (!(await this.#admits(coded.value.length))) return this.#notStored("full");
    }
    const { fillId } = this.#lease;
    const counted = countedOf(this.#entry, coded);
    const store = async () => {
      const isStored = await fill(scripts, this.#entry, fillId, this.#tokens, coded, limit.remainingMs);
      return isStored ? "stored" : "overtaken";
    };
    const outcome = await this.#state.storing(counted, limit.remainingMs, this.#definition, "stored", store);
    return outcome instanceof QuotaError ? this.#notStored("over_quota") : outcome;
  }

  /** Records the entry that is stored now. */
  #record(isUnchanged: boolean): void {
    const { recorder } = this.#definition;
    const coded = this.#coded;
    if (!recorder || !coded) return;
    const { value, freshMs, coding } = coded;
    const old = this.#old?.stored;
    const { fillId } = this.#lease;
    recorder.filled(this.#state.tenant, this.#entry, { fillId, freshMs, coding, value, isUnchanged, old });
  }

  /** The source has the value no more, so nobody must be served the old one. What came since stays. */
  async #removeOld(limit: TimeLimit): Promise<void> {
    const { scripts } = this.#state;
    const gone = { coding: NO_VALUE + UNCOMPRESSED, value: new Uint8Array(0), freshMs: 1, keepMs: 1 };
    this.#state.forget("entry", this.#entry);
    try {
      if (await fill(scripts, this.#entry, this.#lease.fillId, this.#tokens, gone, limit.remainingMs))
        this.#state.removed("entry", this.#entry);
    } finally {
      this.#state.forget("entry", this.#entry);
    }
  }

  async #touch(old: FoundEntry, freshMs: number | undefined, deadlineMs: number) {
    const times = timesOf(this.#definition, freshMs);
    const { outcome } = await this.#state.scripts.touch(
      {
        entry: this.#entry,
        fillId: this.#lease.fillId,
        unchanged: old.header.fillId,
        tokens: tokensText(this.#tokens),
        ...times,
      },
      { deadlineMs },
    );
    if (outcome === "touched") {
      const bytes = old.stored.length - old.header.valueAt;
      const counted = { entry: this.#entry, bytes, keepMs: times.keepMs };
      this.#state.quota?.touched(counted, this.#definition);
    }
    return outcome;
  }

  /** Whether the server has room for so many bytes more. */
  #admits(bytes: number): Promise<boolean> {
    return this.#state.memory.admits(this.#key, bytes, this.#definition);
  }

  get #key(): string {
    return this.#state.keys.entry(this.#entry);
  }

  #notStored(outcome: FillOutcome): FillOutcome {
    // Then the old value is invalid too, and the next caller must not wait.
    if (outcome === "overtaken") this.#release();
    else this.#endUnfilled();
    return outcome;
  }

  /** Prolongs the lease. */
  renew(): void {
    const renewing = this.#state.scripts.renew(this.#leaseFor(defaults.leaseMs.value));
    renewing.catch((error: unknown) => this.#report(error));
  }

  #release(): void {
    this.#state.reads.release(this.#entry, this.#lease.fillId);
  }

  #leaseFor(leaseMs: number) {
    return { entry: this.#entry, fillId: this.#lease.fillId, leaseMs };
  }

  /** The longest time for which an entry may live under a token that is read now. */
  get #keepMs(): number {
    const { freshMs, staleMs, jitter, loadTimeoutMs, negativeMs } = this.#definition;
    return Math.ceil(Math.max(freshMs * (1 + jitter) + staleMs, negativeMs)) + 2 * loadTimeoutMs;
  }

  #report(error: unknown): void {
    notify(this.#definition.onError, asError(error));
  }
}
