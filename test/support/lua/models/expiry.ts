import * as fc from "fast-check";

// Items are due a quarter of a tick after one and leases end half a tick after one; see support/ticks.ts.

const item = fc.constantFrom("a", "b", "c", "d", "e");
const items = fc.array(item, { maxLength: 5 });
const claim = fc.constantFrom("x", "y", "z");
const limit = fc.integer({ min: 1, max: 4 });
const dueIn = fc.integer({ min: -3, max: 3 });
const ticks = fc.integer({ min: 0, max: 3 });
const reason = fc.constantFrom("no such offer", "too large", "ungültig");

/** How long a series of calls is debounced, and the most from its first call. */
const debounce = fc
  .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))
  .map(([ticks, more]) => ({ ticks, maxTicks: ticks + more }));

const operation = fc.constantFrom("o1", "o2", "o3", undefined, undefined, undefined);

/** A random command on a queue. A named operation comes several times: later copies change nothing. */
export const command = fc.oneof(
  fc.record({ do: fc.constant("track" as const), item, dueIn, operation }),
  fc.record({ do: fc.constant("track" as const), item, dueIn: fc.constant(-1), operation }),
  fc.record({ do: fc.constant("debounce" as const), item, debounce, operation }),
  fc.record({ do: fc.constant("extend" as const), item, dueIn, operation }),
  fc.record({ do: fc.constant("cancel" as const), item, operation }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("claim" as const),
      claim,
      limit,
      ticks,
      maxAge: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    }),
  },
  fc.record({ do: fc.constant("renew" as const), claim, ticks, isStale: fc.boolean() }),
  fc.record({ do: fc.constant("ack" as const), claim, items }),
  fc.record({ do: fc.constant("retry" as const), claim, items, delay: ticks, untried: fc.boolean() }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("park" as const), claim, items, reason }) },
  fc.record({ do: fc.constant("redrive" as const), items, operation }),
  fc.record({ do: fc.constant("discard" as const), items, operation }),
  fc.record({
    do: fc.constant("discardOld" as const),
    ticks: fc.integer({ min: 1, max: 3 }),
    limit,
    operation,
  }),
  fc.record({ do: fc.constant("dead" as const), limit, after: fc.option(item, { nil: undefined }) }),
  fc.record({ do: fc.constant("upcoming" as const), ticks: fc.integer({ min: 1, max: 3 }), limit }),
  fc.record({ do: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 2 }) }),
);

export type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Of<Name extends Command["do"]> = Extract<Command, { do: Name }>;

interface Claim {
  /** 0: nothing was due. */
  ends: number;
  items: string[];
}

interface Remembered {
  /** The script and its arguments. */
  readonly call: string;
  readonly reply: object;
}

/** A queue of items by the instants that its parts wait for, in ticks. */
export class ExpiryModel {
  now = 0;
  readonly due = new Map<string, number>();
  readonly processing = new Map<string, number>();
  /** The claims of each item. */
  readonly attempts = new Map<string, number>();
  /** When claimed items that were tracked meanwhile are due again. */
  readonly again = new Map<string, number>();
  /** The first of an item's debounced calls since its last claim. */
  readonly since = new Map<string, number>();
  readonly claims = new Map<string, Claim>();
  readonly dead = new Map<string, { readonly since: number; readonly reason: string }>();
  readonly operations = new Map<string, Remembered>();
  /** When the index of the slot says that the shard is due. */
  indexed: number | undefined;
  /** How often workers have been woken. */
  woken = 0;

  /** Runs a command and gives its reply, with instants and durations in ticks. */
  run(step: Command): object {
    if (!("operation" in step) || step.operation === undefined) return this.#run(step);
    const { operation: name, ...given } = step;
    // An empty list changes nothing at any time, so it is not remembered.
    if ("items" in given && given.items.length === 0) return this.#run(step);
    const call = JSON.stringify(given);
    const known = this.operations.get(name);
    if (known) return known.call === call ? known.reply : { outcome: "mismatch" };
    const reply = this.#run(step);
    this.operations.set(name, { call, reply });
    return reply;
  }

  #run(step: Command): object {
    switch (step.do) {
      case "wait":
        this.now += step.ticks;
        return {};
      case "track":
        return { outcome: this.#track(step.item, this.now + step.dueIn + 0.25) };
      case "debounce":
        return { outcome: this.#debounce(step) };
      case "extend":
      case "cancel":
        return { outcome: this.#plan(step) };
      case "claim":
        return this.#claim(step);
      case "renew":
      case "ack":
      case "retry":
      case "park": {
        const held = this.claims.get(step.claim);
        return held && held.ends > 0 && held.ends >= this.now ? this.#held(step, held) : { outcome: "lost" };
      }
      case "redrive":
        return this.#redrive(step.items);
      case "discard":
        return this.#discard([...new Set(step.items)].filter((name) => this.dead.has(name)));
      case "discardOld": {
        // Instants of the dead are whole ticks, and the run itself takes time: they are just older.
        const old = inOrder(this.#deadSince(), this.now - step.ticks);
        return this.#discard(old.slice(0, step.limit));
      }
      case "dead": {
        const all = inOrder(this.#deadSince(), this.now);
        const from = step.after === undefined ? 0 : all.indexOf(step.after) + 1;
        return { items: all.slice(from, from + step.limit).map(this.#deadItem) };
      }
      case "upcoming": {
        const soon = inOrder(this.due, this.now + step.ticks).slice(0, step.limit);
        return { items: soon.map((name) => ({ item: name, dueMs: this.due.get(name) ?? 0 })) };
      }
    }
  }

  #isClaimed(name: string): boolean {
    return (this.processing.get(name) ?? this.now) > this.now;
  }

  #track(name: string, due: number): string {
    if (this.#isClaimed(name)) {
      this.again.set(name, due);
      return "again";
    }
    this.#noteDue(due);
    if (this.dead.delete(name)) this.attempts.delete(name);
    this.processing.delete(name);
    this.again.delete(name);
    this.due.set(name, due);
    return "tracked";
  }

  #debounce({ item: name, debounce: { ticks: after, maxTicks } }: Of<"debounce">): string {
    const first = this.since.get(name) ?? this.now;
    this.since.set(name, first);
    const due = Math.min(this.now + after, first + maxTicks) + 0.25;
    const isTried = !this.dead.has(name) && (this.attempts.get(name) ?? 0) > 0;
    const retryAt = isTried && !this.processing.has(name) ? (this.due.get(name) ?? due) : due;
    return this.#track(name, Math.max(due, retryAt));
  }

  #plan(step: Of<"extend"> | Of<"cancel">): string {
    if (this.#isClaimed(step.item)) return "claimed";
    const known = this.due.has(step.item) || this.processing.has(step.item);
    const wasDead = step.do === "cancel" && this.dead.has(step.item);
    if (!known && !wasDead) return "missing";
    this.processing.delete(step.item);
    this.again.delete(step.item);
    if (step.do === "extend") {
      this.#noteDue(this.now + step.dueIn + 0.25);
      this.due.set(step.item, this.now + step.dueIn + 0.25);
      return "extended";
    }
    this.dead.delete(step.item);
    this.attempts.delete(step.item);
    this.since.delete(step.item);
    this.due.delete(step.item);
    return known ? "cancelled" : "discarded";
  }

  /** The index has no other shards, so workers are woken of each earlier time. */
  #noteDue(instant: number): void {
    if (instant >= (this.indexed ?? Number.POSITIVE_INFINITY)) return;
    this.indexed = instant;
    this.woken++;
  }

  /** When the shard is due; Infinity if it is empty. */
  #nextDue(maxAge: number | undefined): number {
    // A dead item is too old a quarter of a tick before it has had its age in whole ticks.
    const old = [...this.dead.values()].map(
      ({ since }) => since + (maxAge ?? Number.POSITIVE_INFINITY) - 0.25,
    );
    return Math.min(...this.due.values(), ...this.processing.values(), ...old);
  }

  #claim(step: Of<"claim">): object {
    const known = this.claims.get(step.claim);
    if (known && known.ends >= this.now && known.ends > 0) return this.#claimed(known);
    if (known && known.ends !== 0) return { outcome: "ended" };
    const names = known
      ? []
      : [...inOrder(this.processing, this.now), ...inOrder(this.due, this.now)].slice(0, step.limit);
    if (names.length === 0) {
      this.claims.set(step.claim, { ends: 0, items: [] });
      const next = this.#nextDue(step.maxAge);
      if (!known) this.indexed = next === Number.POSITIVE_INFINITY ? undefined : next;
      if (next === Number.POSITIVE_INFINITY) return { outcome: "idle" };
      return { outcome: "idle", nextDueMs: next, waitMs: Math.max(next - this.now, 0) };
    }
    const ends = this.now + step.ticks + 0.5;
    const [later, taken] = this.#split(names);
    // Their worker died, and track has stored a later time: it holds, as after a retry.
    for (const name of later) {
      this.due.set(name, this.again.get(name) ?? this.now);
      this.again.delete(name);
      this.processing.delete(name);
    }
    for (const name of taken) {
      this.due.delete(name);
      this.again.delete(name);
      this.since.delete(name);
      this.processing.set(name, ends);
      this.attempts.set(name, (this.attempts.get(name) ?? 0) + 1);
    }
    const made = { ends, items: taken };
    this.claims.set(step.claim, made);
    const next = this.#nextDue(step.maxAge);
    this.indexed = next;
    return { ...this.#claimed(made), nextDueMs: next, waitMs: Math.max(next - this.now, 0) };
  }

  /** The items that track has noted for later, and the others. */
  #split(names: readonly string[]): [string[], string[]] {
    const isLater = (name: string) => (this.again.get(name) ?? this.now) > this.now;
    return [names.filter(isLater), names.filter((name) => !isLater(name))];
  }

  #claimed({ items: names, ends }: Claim): object {
    const counted = names.map((name) => ({ item: name, attempts: this.attempts.get(name) ?? 1 }));
    return { outcome: "claimed", items: counted, leaseEndsMs: ends };
  }

  #held(step: Of<"renew"> | Of<"ack"> | Of<"retry"> | Of<"park">, held: Claim): object {
    if (step.do === "renew") {
      if (step.isStale) return { outcome: "stale", leaseEndsMs: held.ends };
      // A tick is more than the minute by which a lease may end later than asked.
      held.ends = this.now + step.ticks + 0.5;
      for (const name of held.items) this.processing.set(name, held.ends);
      return { outcome: "renewed", leaseEndsMs: held.ends };
    }
    const given = new Set<string>(step.items);
    const mine = held.items.filter((name) => given.has(name));
    const wanted = mine.filter((name) => this.again.has(name));
    held.items = held.items.filter((name) => !given.has(name));
    for (const name of mine) this.processing.delete(name);
    switch (step.do) {
      case "ack":
        for (const name of mine) this.attempts.delete(name);
        this.#makeDue(wanted, Number.NEGATIVE_INFINITY);
        if (mine.length > 0 && this.due.size + this.processing.size + this.dead.size === 0)
          this.indexed = undefined;
        return { outcome: "acked" };
      case "retry":
        this.#makeDue(mine, this.now + step.delay + 0.25);
        for (const name of step.untried ? mine : []) {
          this.attempts.set(name, Math.max((this.attempts.get(name) ?? 0) - 1, 0));
        }
        return { outcome: "returned" };
      case "park":
        for (const name of wanted) this.attempts.delete(name);
        this.#makeDue(wanted, Number.NEGATIVE_INFINITY);
        for (const name of mine.filter((one) => !wanted.includes(one)))
          this.dead.set(name, { since: this.now, reason: step.reason });
        return { outcome: "dead_lettered", again: wanted };
    }
  }

  /** Items whose claim ends are due at the time that track has stored, or at another one that is later. */
  #makeDue(names: readonly string[], earliest: number): void {
    const times = names.map((name) => Math.max(this.again.get(name) ?? earliest, earliest));
    for (const [position, name] of names.entries()) {
      this.again.delete(name);
      this.due.set(name, times[position] ?? earliest);
    }
    if (names.length > 0) this.#noteDue(Math.min(...times));
  }

  #redrive(names: readonly string[]): object {
    const redriven = [...new Set(names)].filter((name) => this.dead.delete(name));
    if (redriven.length > 0) this.#noteDue(this.now);
    for (const name of redriven) {
      this.due.set(name, this.now);
      this.attempts.delete(name);
    }
    return { outcome: "redriven", redriven: redriven.length };
  }

  #discard(names: readonly string[]): object {
    for (const name of names) {
      this.dead.delete(name);
      this.attempts.delete(name);
    }
    return { outcome: "discarded", discarded: names.length };
  }

  #deadSince = () => new Map([...this.dead].map(([name, { since }]) => [name, since]));

  #deadItem = (name: string) => ({
    item: name,
    attempts: Math.max(this.attempts.get(name) ?? 1, 1),
    reason: this.dead.get(name)?.reason,
    deadSinceMs: this.dead.get(name)?.since,
  });
}

/** The names whose instant has come by then, the earliest first and by name between equals. */
function inOrder(instants: ReadonlyMap<string, number>, by: number): string[] {
  return [...instants]
    .filter(([, instant]) => instant <= by)
    .sort(([one, first], [other, second]) => first - second || (one < other ? -1 : 1))
    .map(([name]) => name);
}
