import { asError, notify } from "../../core/notify.js";
import type { ResolvedDefinition } from "../definition.js";
import type { EntryCall } from "../entry-call.js";
import type { FoundEntry, GrantedLease, Lookup, LookupOptions } from "../read/lookup.js";
import { storedValue } from "../read/stored-values.js";
import { TimeLimit } from "../read/time-limit.js";
import type { RunningLoads } from "./running-loads.js";

/** The entry that a refresh replaces. */
export interface OldValue<Value> {
  readonly entry: FoundEntry;
  readonly value: Value | undefined;
}

/** How refreshes ask Redis for a lease, and load with it. */
export interface LeasedLoads<Fields, Value> {
  lookup(
    call: EntryCall<Fields, Value>,
    limit: TimeLimit,
    more?: Pick<LookupOptions, "replaces">,
  ): Promise<Lookup | undefined>;
  load(
    call: EntryCall<Fields, Value>,
    lease: GrantedLease,
    old: OldValue<Value> | undefined,
    limit: TimeLimit,
  ): Promise<Value | undefined>;
}

/** Loads entries again while callers get the old values. */
export class Refreshes<Fields, Value> {
  readonly #definition: ResolvedDefinition<Fields, Value>;
  readonly #running: RunningLoads;
  readonly #reads: LeasedLoads<Fields, Value>;

  constructor(
    definition: ResolvedDefinition<Fields, Value>,
    running: RunningLoads,
    reads: LeasedLoads<Fields, Value>,
  ) {
    this.#definition = definition;
    this.#running = running;
    this.#reads = reads;
  }

  /** Loads a stale entry if no other caller does. Returns for how long another one has the lease. */
  stale(call: EntryCall<Fields, Value>): Promise<number> {
    const limit = new TimeLimit(this.#definition.cacheTimeoutMs);
    return this.#counted(
      () => this.#reads.lookup(call, limit),
      (lookup) => this.#staleFound(call, lookup, limit),
    );
  }

  async #staleFound(
    call: EntryCall<Fields, Value>,
    lookup: Lookup | undefined,
    limit: TimeLimit,
  ): Promise<number> {
    const { onError } = this.#definition;
    if (lookup?.kind === "granted") await this.#reads.load(call, lookup.lease, undefined, limit);
    if (lookup?.kind === "busy") return lookup.leaseEndsInMs;
    if (lookup?.kind !== "stale") return 0;
    if (!lookup.lease) return lookup.leaseEndsInMs ?? 0;
    const found = storedValue(this.#definition, call.state, call.entry, lookup.entry);
    const old = { entry: lookup.entry, value: found?.value };
    await this.#reads
      .load(call, lookup.lease, old, limit)
      .catch((error: unknown) => notify(onError, asError(error)));
    return 0;
  }

  /** Loads a fresh entry that ends soon, in the background. */
  early(call: EntryCall<Fields, Value>, entry: FoundEntry, value: Value | undefined): void {
    const limit = new TimeLimit(this.#definition.cacheTimeoutMs);
    const refresh = async (lookup: Lookup | undefined) => {
      if (lookup?.kind === "granted") await this.#reads.load(call, lookup.lease, { entry, value }, limit);
      // Somebody has filled the entry since.
      if (lookup?.kind === "fresh" && lookup.reading) call.state.l1?.readings.end(lookup.reading);
      if (lookup?.kind === "stale" && lookup.lease) call.state.reads.release(call.entry, lookup.lease.fillId);
    };
    const { fillId } = entry.header;
    const refreshing = this.#counted(() => this.#reads.lookup(call, limit, { replaces: fillId }), refresh);
    refreshing.catch((error: unknown) => notify(this.#definition.onError, asError(error)));
  }

  /** Counts the reading before a refresh, whose load then counts itself. */
  async #counted<Result>(
    lookup: () => Promise<Lookup | undefined>,
    refresh: (lookup: Lookup | undefined) => Promise<Result>,
  ): Promise<Result> {
    this.#running.begin();
    let refreshing: Promise<Result>;
    try {
      refreshing = refresh(await lookup());
    } finally {
      this.#running.end();
    }
    return refreshing;
  }
}
