import { QuotaError } from "../../core/errors.js";
import { asError, notify } from "../../core/notify.js";
import { UNCOMPRESSED } from "../coding/compression.js";
import { cacheDefaults as defaults } from "../defaults.js";
import type { ResolvedDefinition } from "../definition.js";
import { fill } from "../load/fill.js";
import { Renewals } from "../load/renewals.js";
import type { FillOutcome } from "../observed.js";
import type { FieldsOf } from "../pattern.js";
import { newFillId } from "../random-ids.js";
import { tokensText } from "../read/header.js";
import type { GrantedLease } from "../read/lookup.js";
import { TimeLimit } from "../read/time-limit.js";
import type { TenantState } from "../tenant-state.js";

/** The fields of an entry's name. */
export type EntryFields = FieldsOf<string>;

const renewals = new Renewals(defaults.leaseMs.value / 3);

/** What to store. */
export interface Filling<Value> {
  readonly value: Value;
  readonly keepMs: number;
  /** Tags that became known with the value. */
  readonly addedTags: readonly string[];
  /** Another entry than that of the lease. Loads of it that began before do not replace it. */
  readonly entry?: string | undefined;
}

/** The right of this process to fill an entry. End it: with `release`, or after the last `store`. */
export class EntryLease<Value> {
  readonly #state: TenantState;
  readonly #definition: ResolvedDefinition<EntryFields, Value>;
  readonly entry: string;
  readonly #lease: GrantedLease;
  #tokens: Map<string, string> = new Map();
  #clock: number | undefined;
  readonly #startedAt = performance.now();

  constructor(
    state: TenantState,
    definition: ResolvedDefinition<EntryFields, Value>,
    entry: string,
    lease: GrantedLease,
  ) {
    this.#state = state;
    this.#definition = definition;
    this.entry = entry;
    this.#lease = lease;
  }

  /**
   * Reads what must be known before the value is made, and renews the lease from now on. `false`: the
   * value must not be stored, and the lease has ended.
   *
   * @param mayAddTags whether `store` may name further tags
   */
  async prepare(mayAddTags: boolean): Promise<boolean> {
    const { loadTags, memory, keys } = this.#state;
    const limit = new TimeLimit(this.#definition.cacheTimeoutMs);
    if (memory.isFull(keys.entry(this.entry), this.#definition)) {
      this.release();
      return false;
    }
    try {
      const [tokens, clock] = await Promise.all([
        loadTags.open(this.#lease.tags, this.#definition.freshMs, limit.remainingMs),
        mayAddTags ? loadTags.clock(limit.remainingMs) : undefined,
      ]);
      this.#tokens = tokens;
      this.#clock = clock;
    } catch (error) {
      this.#report(error);
      this.release();
      return false;
    }
    renewals.add(this);
    return true;
  }

  /** Stores a value, unless it was overtaken. It never rejects, and ends within the cache's time. */
  async store(filling: Filling<Value>): Promise<boolean> {
    const { observer } = this.#definition;
    try {
      const outcome = await this.#store(filling, new TimeLimit(this.#definition.cacheTimeoutMs));
      observer?.fill(outcome);
      return outcome === "stored";
    } catch (error) {
      this.#report(error);
      observer?.fill("failed");
      return false;
    }
  }

  /** Gives the lease back. Callers that wait for it go on. */
  release(): void {
    renewals.delete(this);
    this.#state.reads.release(this.entry, this.#lease.fillId);
  }

  /** The lease has ended by itself, for example with a fill. */
  end(): void {
    renewals.delete(this);
  }

  renew(): void {
    const leaseMs = defaults.leaseMs.value;
    const args = { entry: this.entry, fillId: this.#lease.fillId, leaseMs };
    this.#state.scripts.renew(args).catch((error: unknown) => this.#report(error));
  }

  async #store({ value, keepMs, addedTags, entry = this.entry }: Filling<Value>, limit: TimeLimit) {
    const { invalidations, tenant, loadTags, memory, keys, scripts } = this.#state;
    const { codec, maxBytes } = this.#definition;
    const bytes = codec.encode(value);
    if (bytes.length > maxBytes) return "too_large" as const;
    if (!(await memory.admits(keys.entry(entry), bytes.length, this.#definition))) return "full" as const;
    const tokens = new Map(this.#tokens);
    const added = addedTags.filter((tag) => !tokens.has(tag));
    if (added.length > 0) {
      if (this.#clock === undefined) return "overtaken" as const;
      const more = await loadTags.added(added, this.#clock, keepMs, limit);
      if (!more) return "overtaken" as const;
      for (const [tag, token] of more) tokens.set(tag, token);
    }
    if (invalidations.covers(tenant, entry, tokens.keys(), this.#startedAt)) return "overtaken" as const;
    const extended = loadTags.extend(tokens.keys(), keepMs, limit.remainingMs);
    extended.catch((error: unknown) => this.#report(error));
    const coded = { coding: codec.id + UNCOMPRESSED, value: bytes, freshMs: keepMs, keepMs };
    const store = async (): Promise<FillOutcome> => {
      if (entry === this.entry) {
        const isFilled = await fill(scripts, entry, this.#lease.fillId, tokens, coded, limit.remainingMs);
        return isFilled ? "stored" : "overtaken";
      }
      const args = { ...coded, entry, fillId: newFillId(), tokens: tokensText(tokens) };
      const { outcome } = await scripts.set(args, { deadlineMs: limit.remainingMs });
      this.#state.forget("entry", entry);
      return outcome === "set" ? "stored" : "overtaken";
    };
    const counted = { entry, bytes: bytes.length, keepMs };
    const outcome = await this.#state.storing(counted, limit.remainingMs, this.#definition, "stored", store);
    return outcome instanceof QuotaError ? ("over_quota" as const) : outcome;
  }

  #report(error: unknown): void {
    notify(this.#definition.onError, asError(error));
  }
}
