import { asError, notify } from "../../core/notify.js";
import { cacheDefaults as defaults } from "../defaults.js";
import type { ResolvedDefinition } from "../definition.js";
import { Renewals } from "../load/renewals.js";
import type { FieldsOf } from "../pattern.js";
import type { GrantedLease } from "../read/lookup.js";
import { TimeLimit } from "../read/time-limit.js";
import type { TenantState } from "../tenant-state.js";
import { storeEntry } from "./store-entry.js";

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
  #isMade = false;
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
      // Else the value could be made from data that is older than its tags.
      if (!(await this.#state.caughtUp(limit.remainingMs))) {
        this.release();
        return false;
      }
    } catch (error) {
      this.#report(error);
      this.release();
      return false;
    }
    renewals.add(this);
    return true;
  }

  /** The reading of the tenant's clock from before the value is made; undefined without `mayAddTags`. */
  get clock(): number | undefined {
    return this.#clock;
  }

  /**
   * As `prepare`, for a value that was made before the lease was granted, when the tenant's clock had this
   * reading. All its tags, also those of the lease, must be good by then.
   */
  prepareMade(clock: number): void {
    this.#clock = clock;
    this.#isMade = true;
    renewals.add(this);
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

  #store({ entry = this.entry, addedTags, ...filling }: Filling<Value>, limit: TimeLimit) {
    const tags = this.#isMade ? [...this.#lease.tags.keys(), ...addedTags] : addedTags;
    const clock = this.#clock;
    const made = {
      ...filling,
      entry,
      addedTags: tags,
      tokens: this.#tokens,
      clock,
      startedAt: this.#startedAt,
    };
    const fillId = entry === this.entry ? this.#lease.fillId : undefined;
    return storeEntry(this.#state, this.#definition, made, fillId, limit);
  }

  #report(error: unknown): void {
    notify(this.#definition.onError, asError(error));
  }
}
