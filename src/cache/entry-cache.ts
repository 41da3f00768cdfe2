import { asError, notify } from "../core/notify.js";
import type { ResolvedDefinition } from "./definition.js";
import { type EntryCall, keyOf } from "./entry-call.js";
import { LeasedReads } from "./leased-reads.js";
import type { LoadLimit } from "./load/load-limit.js";
import { StaleRefreshes } from "./load/stale-refreshes.js";
import { ask } from "./read/ask.js";
import { isAway } from "./read/is-away.js";
import { type QuickEntry, QuickRead } from "./read/quick-reads.js";
import { CircuitOpen } from "./read/shared-reads.js";
import { type FoundValue, storedValue } from "./read/stored-values.js";
import { TimeLimit } from "./read/time-limit.js";
import type { TenantState } from "./tenant-state.js";

/** Reads entries of one definition: from L1, else with MGET, else with a lease. */
export class EntryCache<Fields, Value> {
  readonly #definition: ResolvedDefinition<Fields, Value>;
  readonly #leased: LeasedReads<Fields, Value>;
  readonly #refreshes = new StaleRefreshes((error) => notify(this.#definition.onError, error));

  constructor(definition: ResolvedDefinition<Fields, Value>) {
    this.#definition = definition;
    this.#leased = new LeasedReads(definition);
  }

  /** The loads of the pattern. */
  get limit(): LoadLimit {
    return this.#leased.limit;
  }

  /** Begins no more refreshes, and waits for the loads. Returns how many still run. */
  close(graceMs: number): Promise<number> {
    this.#leased.isClosed = true;
    return this.#leased.running.drain(graceMs);
  }

  /** The answer of L1, if it has one. It is typed as the caller has stored it. */
  answerOfL1(state: TenantState, entry: string): Promise<Value | undefined> | undefined;
  answerOfL1({ values, invalidations }: TenantState, entry: string): Promise<unknown> | undefined {
    // While an invalidation is pending, the path with all checks answers.
    return invalidations.pending > 0 ? undefined : values?.answerOf(entry);
  }

  /** The same for a caller. */
  known(state: TenantState, entry: string): Promise<Value | undefined> | undefined {
    const answer = this.answerOfL1(state, entry);
    if (answer) {
      this.#definition.observer?.request("l1_hit", state.tenant);
      this.#definition.recorder?.l1Hit(state, entry);
    }
    return answer;
  }

  get(call: EntryCall<Fields, Value>): Promise<Value | undefined> {
    const begun = this.begin(call);
    return begun instanceof QuickRead ? this.#answered(call, begun) : begun;
  }

  /** Begins to read the entry with others, or answers in another way. */
  begin(call: EntryCall<Fields, Value>): QuickRead | Promise<Value | undefined> {
    const { state, entry, tags } = call;
    if (this.#isPending(call)) return this.#bypass(call);
    const joined = this.#leased.join(call);
    if (joined) return joined;
    const { cacheTimeoutMs } = this.#definition;
    const quick = call.needsFresh ? undefined : state.quick?.begin(entry, tags, cacheTimeoutMs);
    return quick ?? this.#leased.get(call, new TimeLimit(cacheTimeoutMs));
  }

  /** The answer after the end of a reading: at once, if the reading has found it. */
  answerOf(call: EntryCall<Fields, Value>, quick: QuickRead): FoundValue<Value> | Promise<Value | undefined> {
    const found = quick.command.isRead ? quick.find() : undefined;
    return found ? this.#judged(call, quick, found) : this.#readOn(call, quick);
  }

  async #answered(call: EntryCall<Fields, Value>, quick: QuickRead): Promise<Value | undefined> {
    try {
      await quick.command.answered;
    } catch {
      return this.#readOn(call, quick);
    }
    const answer = this.answerOf(call, quick);
    return answer instanceof Promise ? answer : answer.value;
  }

  /** Reads what the first reading lacks. */
  async #readOn(call: EntryCall<Fields, Value>, quick: QuickRead): Promise<Value | undefined> {
    let found: QuickEntry | undefined;
    try {
      found = (await quick.command.answered) ? await quick.findWithItsTags() : undefined;
    } catch (error) {
      this.#degraded(error);
      return this.#bypass(call);
    }
    if (!found) return this.#withLease(call, quick);
    const answer = this.#judged(call, quick, found);
    return answer instanceof Promise ? answer : answer.value;
  }

  #judged(
    call: EntryCall<Fields, Value>,
    quick: QuickRead,
    found: QuickEntry,
  ): FoundValue<Value> | Promise<Value | undefined> {
    const value = storedValue(this.#definition, call.state, call.entry, found.entry);
    if (!value) return this.#bypass(call);
    return this.#mayAnswer(call, found, value.value) ? value : this.#withLease(call, quick);
  }

  #withLease(call: EntryCall<Fields, Value>, quick: QuickRead): Promise<Value | undefined> {
    const limit = new TimeLimit(this.#definition.cacheTimeoutMs, quick.command.sentAt);
    return this.#leased.get(call, limit, quick.command.isRead ? quick.states() : undefined);
  }

  /** The stored value, fresh or stale; undefined if there is none, or Redis does not answer. */
  async peek(
    { state, entry, tags }: Pick<EntryCall<Fields, Value>, "state" | "entry" | "tags">,
    limit: TimeLimit,
  ): Promise<(FoundValue<Value> & { readonly isStale: boolean }) | undefined> {
    if (this.#isPending({ state, entry, tags })) return undefined;
    const quick = state.quick?.begin(entry, tags, this.#definition.cacheTimeoutMs);
    try {
      if (await quick?.command.answered) {
        const read = await quick?.findWithItsTags();
        const found = read && storedValue(this.#definition, state, entry, read.entry);
        return found && { ...found, isStale: read.freshForMs <= 0 };
      }
    } catch (error) {
      this.#degraded(error);
      return undefined;
    }
    const found = await ask(this.#definition, state, () => state.reads.peek({ entry, tags, limit }));
    const value = found && storedValue(this.#definition, state, entry, found);
    return value && { ...value, isStale: found.isStale };
  }

  /** Whether the value is an answer. Begins a refresh if it is stale, or ends soon. */
  #mayAnswer(
    call: EntryCall<Fields, Value>,
    { entry, freshForMs }: QuickEntry,
    value: Value | undefined,
  ): boolean {
    const { observer, recorder } = this.#definition;
    const { tenant } = call.state;
    if (freshForMs > 0) {
      observer?.request("hit", tenant);
      recorder?.hit(tenant, call.entry, "hit", entry, freshForMs);
      if (this.#leased.isDueEarly(freshForMs)) this.#leased.refreshes.early(call, entry, value);
      return true;
    }
    if (this.#definition.softTimeoutMs > 0) return false;
    observer?.request("stale", tenant);
    recorder?.hit(tenant, call.entry, "stale", entry, freshForMs);
    if (!this.#leased.isClosed) this.#refreshes.begin(keyOf(call), () => this.#leased.refreshes.stale(call));
    return true;
  }

  /** Whether an invalidation of the entry is pending. */
  #isPending({ state, entry, tags }: Pick<EntryCall<Fields, Value>, "state" | "entry" | "tags">): boolean {
    if (!state.invalidations.covers(state.tenant, entry, tags, performance.now())) return false;
    this.#definition.observer?.degraded("pending");
    return true;
  }

  #bypass(call: EntryCall<Fields, Value>): Promise<Value | undefined> {
    this.#definition.observer?.request("bypass", call.state.tenant);
    this.#definition.recorder?.request(call.state.tenant, call.entry, "bypass");
    return this.#leased.loadUnstored(call);
  }

  /** Redis has not answered, or it was not asked. */
  #degraded(error: unknown): void {
    const { observer, onError } = this.#definition;
    if (error instanceof CircuitOpen) {
      observer?.degraded("circuit_open");
      return;
    }
    observer?.degraded(isAway(error) ? "unavailable" : "error");
    notify(onError, asError(error));
  }
}
