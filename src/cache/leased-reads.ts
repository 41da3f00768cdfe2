import { asError, notify } from "../core/notify.js";
import { cacheDefaults as defaults } from "./defaults.js";
import type { ResolvedDefinition } from "./definition.js";
import { type EntryCall, keyOf } from "./entry-call.js";
import { EntryLoad } from "./load/entry-load.js";
import { JoinableLoad, JoinableLoads, type Joined } from "./load/joinable-load.js";
import { type Loaded, load } from "./load/load.js";
import { LoadLimit } from "./load/load-limit.js";
import { LoadTimes } from "./load/load-times.js";
import { type OldValue, Refreshes } from "./load/refreshes.js";
import { RunningLoads } from "./load/running-loads.js";
import { SharedLoads } from "./load/shared-loads.js";
import { firstWithin } from "./load/soft-timeout.js";
import { waitForFill } from "./load/wait-for-fill.js";
import { ask } from "./read/ask.js";
import type { GrantedLease, Lookup, LookupOptions } from "./read/lookup.js";
import { keepInL1, sharedValue, storedValue } from "./read/stored-values.js";
import type { TagStates } from "./read/tag-reads.js";
import { TimeLimit } from "./read/time-limit.js";

/** Reads entries with leases, and loads them once when they are missing. */
export class LeasedReads<Fields, Value> {
  readonly #definition: ResolvedDefinition<Fields, Value>;
  /** The loads of the pattern. */
  readonly limit: LoadLimit;
  readonly running = new RunningLoads();
  readonly refreshes: Refreshes<Fields, Value>;
  /** No more refreshes begin. */
  isClosed = false;
  readonly #joinable = new JoinableLoads<Value | undefined>();
  readonly #unstored = new SharedLoads();
  readonly #loadTimes = new LoadTimes();

  constructor(definition: ResolvedDefinition<Fields, Value>) {
    this.#definition = definition;
    this.limit = new LoadLimit(definition.maxLoads);
    this.refreshes = new Refreshes(definition, this.running, {
      lookup: (call, limit, more) => this.#lookup(call, limit, more),
      load: (call, lease, old, limit) => this.#load(call, lease, undefined, old, limit),
    });
  }

  /** Waits with others for a load of the entry that is open to callers; undefined if there is none. */
  join(call: EntryCall<Fields, Value>): Promise<Value | undefined> | undefined {
    const open = call.needsFresh ? undefined : this.#joinable.get(keyOf(call));
    if (!open) return undefined;
    this.#definition.observer?.request("joined", call.state.tenant);
    this.#definition.recorder?.request(call.state.tenant, call.entry, "joined");
    call.onWait?.();
    return open.join().then((joined) => this.#joined(joined, call));
  }

  /**
   * Reads the entry, and loads it if nobody else does.
   *
   * @param states of the caller's tags, if they were read after its call
   */
  async get(
    call: EntryCall<Fields, Value>,
    limit: TimeLimit,
    states?: TagStates,
  ): Promise<Value | undefined> {
    const joined = this.join(call);
    if (joined) return joined;
    const key = keyOf(call);
    const shared = new JoinableLoad<Value | undefined>();
    // A reading that others share may answer with a stale value.
    if (!call.needsFresh) {
      this.#joinable.open(key, shared);
      // Callers of the same event of the event loop share the reading.
      process.nextTick(() => this.#joinable.close(key, shared));
    }
    try {
      return await this.#lead(call, shared, limit, states);
    } catch (error) {
      shared.fail(error);
      throw error;
    } finally {
      this.#joinable.close(key, shared);
    }
  }

  async #lead(
    call: EntryCall<Fields, Value>,
    shared: JoinableLoad<Value | undefined>,
    readLimit: TimeLimit,
    states: TagStates | undefined,
  ): Promise<Value | undefined> {
    const { state, entry } = call;
    const { observer, recorder } = this.#definition;
    const { tenant } = state;
    let limit = readLimit;
    let lookup = await this.#lookup(call, limit, { states });
    const hasWaited = lookup?.kind === "busy";
    if (lookup?.kind === "busy") {
      observer?.request("joined", tenant);
      recorder?.request(tenant, entry, "joined");
      call.onWait?.();
      const other = call.needsFresh ? undefined : this.#joinable.get(keyOf(call));
      if (other && other !== shared) {
        const value = await this.#joined(await other.join(), call);
        shared.settleEarly(value);
        return value;
      }
      lookup = await this.#waitForFill(call, shared, lookup.leaseEndsInMs);
      limit = new TimeLimit(this.#definition.cacheTimeoutMs);
    }
    switch (lookup?.kind) {
      case "fresh":
      case "stale": {
        const found = storedValue(this.#definition, state, call.entry, lookup.entry);
        if (lookup.kind === "fresh") keepInL1(this.#definition.onError, state, lookup, found);
        if (!found) break;
        if (!hasWaited) {
          const status = lookup.kind === "fresh" ? "hit" : "stale";
          observer?.request(call.needsFresh ? "miss" : status, tenant);
          if (call.needsFresh) recorder?.request(tenant, entry, "miss");
          else
            recorder?.hit(
              tenant,
              entry,
              status,
              lookup.entry,
              lookup.kind === "fresh" ? lookup.freshForMs : 0,
            );
        }
        const value = await this.#answer(call, lookup, found.value, limit);
        shared.settleEarly(value);
        return value;
      }
      case "granted":
        if (!hasWaited) {
          observer?.request("miss", tenant);
          recorder?.request(tenant, entry, "miss");
        }
        return this.#load(call, lookup.lease, shared, undefined, limit);
    }
    if (!hasWaited) {
      observer?.request("bypass", tenant);
      recorder?.request(tenant, entry, "bypass");
    }
    if (lookup?.kind === "stale" && lookup.lease) call.state.reads.release(call.entry, lookup.lease.fillId);
    this.#joinable.close(keyOf(call), shared);
    const value = await this.loadUnstored(call);
    shared.settleEarly(value);
    return value;
  }

  /** Undefined if Redis did not answer, or not in time. */
  async #lookup(
    { state, entry, tags, needsFresh }: EntryCall<Fields, Value>,
    limit: TimeLimit,
    more: Pick<LookupOptions, "replaces" | "waits" | "states"> = {},
  ): Promise<Lookup | undefined> {
    const options = { entry, tags, limit, leaseMs: defaults.leaseMs.value, ...more };
    const lookup = await ask(this.#definition, state, () => state.reads.lookup(options));
    if (!needsFresh || lookup?.kind !== "stale" || lookup.lease) return lookup;
    const { leaseEndsInMs } = lookup;
    return leaseEndsInMs ? { kind: "busy", leaseEndsInMs } : { kind: "unstored" };
  }

  /** Waits while another process loads. Callers of this process may join meanwhile. */
  #waitForFill(
    call: EntryCall<Fields, Value>,
    shared: JoinableLoad<Value | undefined>,
    leaseEndsInMs: number,
  ): Promise<Lookup | undefined> {
    const key = keyOf(call);
    const { cacheTimeoutMs, loadTimeoutMs } = this.#definition;
    return waitForFill({
      leaseEndsInMs: Math.min(leaseEndsInMs, loadTimeoutMs),
      maxWaitMs: loadTimeoutMs,
      listen: (wake) => call.state.listen(call.entry, wake),
      open: () => {
        if (!call.needsFresh) this.#joinable.open(key, shared);
      },
      // A caller that joined before the reading is sent may use its result.
      close: () => this.#joinable.close(key, shared),
      lookup: () => this.#lookup(call, new TimeLimit(cacheTimeoutMs), { waits: true }),
    });
  }

  /** The value for the caller, and a refresh of the entry if it is stale or ends soon. */
  async #answer(
    call: EntryCall<Fields, Value>,
    lookup: Lookup & { readonly kind: "fresh" | "stale" },
    value: Value | undefined,
    limit: TimeLimit,
  ): Promise<Value | undefined> {
    if (lookup.kind === "fresh") {
      if (this.isDueEarly(lookup.freshForMs)) this.refreshes.early(call, lookup.entry, value);
      return value;
    }
    if (!lookup.lease) return value;
    if (this.isClosed && !call.needsFresh) {
      call.state.reads.release(call.entry, lookup.lease.fillId);
      return value;
    }
    const refreshing = this.#load(call, lookup.lease, undefined, { entry: lookup.entry, value }, limit);
    if (call.needsFresh) return refreshing;
    const { softTimeoutMs } = this.#definition;
    if (softTimeoutMs === 0) {
      refreshing.catch((error: unknown) => notify(this.#definition.onError, asError(error)));
      return value;
    }
    const answered = refreshing.catch((error: unknown) => {
      notify(this.#definition.onError, asError(error));
      return value;
    });
    return firstWithin(softTimeoutMs, answered, value);
  }

  /** Whether a fresh entry is refreshed now, by XFetch. */
  isDueEarly(freshForMs: number): boolean {
    return !this.isClosed && this.#loadTimes.isDueEarly(freshForMs, this.#definition.earlyRefresh);
  }

  /** Loads with a lease. The callers of `shared` share the load. */
  async #load(
    call: EntryCall<Fields, Value>,
    lease: GrantedLease,
    shared: JoinableLoad<Value | undefined> | undefined,
    old: OldValue<Value> | undefined,
    limit: TimeLimit,
  ): Promise<Value | undefined> {
    const key = keyOf(call);
    const entryLoad = new EntryLoad(call.state, this.#definition, call.entry, lease, old?.entry);
    this.running.begin();
    if (!(await entryLoad.prepare(limit))) {
      const loading = this.loadUnstored(call);
      this.running.end();
      const value = await loading;
      shared?.settleEarly(value);
      return value;
    }
    if (shared) {
      shared.startLoad();
      this.#joinable.open(key, shared);
    }
    let loaded: Loaded<Value>;
    try {
      loaded = await this.#run(call, old?.value);
    } catch (error) {
      entryLoad.fail();
      this.running.end();
      throw error;
    } finally {
      // Before the fill: who joins later might have called after an invalidation that the load missed.
      if (shared) this.#joinable.close(key, shared);
    }
    shared?.settleEarly(loaded.value);
    // Now, because its caller may change the value as soon as it has it.
    const late = shared?.hasLate ? sharedValue(call.state, loaded.value) : loaded.value;
    const isValid = entryLoad.store(loaded, shared?.hasLate === true);
    const settle = (valid: boolean) => {
      this.running.end();
      shared?.settleLate(valid ? { kind: "value", value: late } : { kind: "again" });
    };
    isValid.then(settle, (error: unknown) => {
      notify(this.#definition.onError, asError(error));
      settle(false);
    });
    return loaded.value;
  }

  async #run(
    { loader, fields, state, entry, isBatched }: EntryCall<Fields, Value>,
    stale: Value | undefined,
  ): Promise<Loaded<Value>> {
    const { loadTimeoutMs, loaderTags, calls, recorder } = this.#definition;
    const options = {
      loader,
      fields,
      tenant: state.tenant,
      stale,
      timeoutMs: loadTimeoutMs,
      mayTag: loaderTags,
      limit: isBatched ? undefined : this.limit,
    };
    // The batch tells of its load.
    const loaded = await (isBatched ? load(options) : calls.load(() => load(options)));
    this.#loadTimes.note(loaded.durationMs);
    recorder?.loaded(state.tenant, entry, isBatched ? 0 : loaded.durationMs);
    return loaded;
  }

  /** A value that begins to load after this call, and is not stored. */
  async loadUnstored(call: EntryCall<Fields, Value>): Promise<Value | undefined> {
    const key = keyOf(call);
    if (this.#unstored.isRunning(key)) call.onWait?.();
    const load = async () => (await this.#run(call, undefined)).value;
    const value = await this.running.during(() => this.#unstored.run(key, load));
    return sharedValue(call.state, value);
  }

  async #joined(
    joined: Joined<Value | undefined>,
    call: EntryCall<Fields, Value>,
  ): Promise<Value | undefined> {
    return joined.kind === "again" ? this.loadUnstored(call) : sharedValue(call.state, joined.value);
  }
}
