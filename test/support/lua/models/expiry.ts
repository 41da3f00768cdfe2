import * as fc from "fast-check";

// Items are due a quarter of a tick after one and leases end half a tick after one; see support/ticks.ts.

const item = fc.constantFrom("a", "b", "c", "d", "e");
const items = fc.array(item, { maxLength: 5 });
const claim = fc.constantFrom("x", "y", "z");
const limit = fc.integer({ min: 1, max: 4 });
const dueIn = fc.integer({ min: -3, max: 3 });
const ticks = fc.integer({ min: 0, max: 3 });
const reason = fc.constantFrom("no such offer", "too large", "ungültig");

/** A random command on a set of items. */
export const command = fc.oneof(
  fc.record({ do: fc.constant("track" as const), item, dueIn }),
  fc.record({ do: fc.constant("track" as const), item, dueIn: fc.constant(-1) }),
  fc.record({ do: fc.constant("extend" as const), item, dueIn }),
  fc.record({ do: fc.constant("cancel" as const), item }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("claim" as const), claim, limit, ticks }) },
  fc.record({ do: fc.constant("renew" as const), claim, ticks }),
  fc.record({ do: fc.constant("ack" as const), claim, items }),
  fc.record({ do: fc.constant("retry" as const), claim, items, delay: ticks, untried: fc.boolean() }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("park" as const), claim, items, reason }) },
  fc.record({ do: fc.constant("redrive" as const), items }),
  fc.record({ do: fc.constant("dead" as const), limit }),
  fc.record({ do: fc.constant("upcoming" as const), ticks: fc.integer({ min: 1, max: 3 }), limit }),
  fc.record({ do: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 2 }) }),
);

export type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Of<Name extends Command["do"]> = Extract<Command, { do: Name }>;

interface Claim {
  ends: number;
  items: string[];
}

/** A set of items by the instants that its parts wait for, in ticks. */
export class ExpiryModel {
  now = 0;
  readonly due = new Map<string, number>();
  readonly processing = new Map<string, number>();
  readonly attempts = new Map<string, number>();
  readonly claims = new Map<string, Claim>();
  readonly dead = new Map<string, { readonly since: number; readonly reason: string }>();
  /** How often workers have been woken. */
  woken = 0;

  /** Runs a command and gives its reply, with instants and durations in ticks. */
  run(step: Command): object {
    switch (step.do) {
      case "wait":
        this.now += step.ticks;
        for (const [name, { ends }] of this.claims) if (ends < this.now) this.claims.delete(name);
        return {};
      case "track":
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
        return held ? this.#held(step, held) : { outcome: "lost" };
      }
      case "redrive":
        return this.#redrive(step.items);
      case "dead":
        return { items: inOrder(this.#givenUp(), this.now).slice(0, step.limit).map(this.#deadItem) };
      case "upcoming": {
        const soon = inOrder(this.due, this.now + step.ticks).slice(0, step.limit);
        return { items: soon.map((name) => ({ item: name, dueMs: this.due.get(name) ?? 0 })) };
      }
    }
  }

  #plan(step: Of<"track"> | Of<"extend"> | Of<"cancel">): string {
    if ((this.processing.get(step.item) ?? this.now) > this.now) return "claimed";
    const known = this.due.has(step.item) || this.processing.has(step.item);
    const wasDead = step.do !== "extend" && this.dead.delete(step.item);
    if (step.do !== "track" && !known && !wasDead) return "missing";
    this.processing.delete(step.item);
    if (step.do === "cancel" || wasDead) this.attempts.delete(step.item);
    if (step.do === "cancel") {
      this.due.delete(step.item);
      return known ? "cancelled" : "discarded";
    }
    this.#wake(this.now + step.dueIn + 0.25);
    this.due.set(step.item, this.now + step.dueIn + 0.25);
    return step.do === "track" ? "tracked" : "extended";
  }

  #wake(instant: number): void {
    if (instant < Math.min(...this.due.values())) this.woken++;
  }

  #claim(step: Of<"claim">): object {
    const known = this.claims.get(step.claim);
    if (known) return this.#claimed(known);
    const names = inOrder(new Map([...this.due, ...this.processing]), this.now).slice(0, step.limit);
    if (names.length === 0) {
      const next = Math.min(...this.due.values(), ...this.processing.values());
      if (next === Number.POSITIVE_INFINITY) return { outcome: "idle" };
      return { outcome: "idle", nextDueMs: next, waitMs: Math.max(next - this.now, 0) };
    }
    const ends = this.now + step.ticks + 0.5;
    for (const name of names) {
      this.due.delete(name);
      this.processing.set(name, ends);
      this.attempts.set(name, (this.attempts.get(name) ?? 0) + 1);
    }
    const made = { ends, items: names };
    this.claims.set(step.claim, made);
    return this.#claimed(made);
  }

  #claimed({ items: names, ends }: Claim): object {
    const counted = names.map((name) => ({ item: name, attempts: this.attempts.get(name) ?? 1 }));
    return { outcome: "claimed", items: counted, leaseEndsMs: ends };
  }

  #held(step: Of<"renew"> | Of<"ack"> | Of<"retry"> | Of<"park">, held: Claim): object {
    if (step.do === "renew") {
      held.ends = Math.max(held.ends, this.now + step.ticks + 0.5);
      for (const name of held.items) this.processing.set(name, held.ends);
      return { outcome: "renewed", leaseEndsMs: held.ends };
    }
    const given = new Set<string>(step.items);
    const mine = held.items.filter((name) => given.has(name));
    held.items = held.items.filter((name) => !given.has(name));
    for (const name of mine) this.processing.delete(name);
    switch (step.do) {
      case "ack":
        for (const name of mine) this.attempts.delete(name);
        return { outcome: "acked" };
      case "retry":
        if (mine.length > 0) this.#wake(this.now + step.delay + 0.25);
        for (const name of mine) this.due.set(name, this.now + step.delay + 0.25);
        for (const name of step.untried ? mine : []) {
          this.attempts.set(name, Math.max((this.attempts.get(name) ?? 0) - 1, 0));
        }
        return { outcome: "returned" };
      case "park":
        for (const name of mine) this.dead.set(name, { since: this.now, reason: step.reason });
        return { outcome: "dead_lettered" };
    }
  }

  #redrive(names: readonly string[]): object {
    const redriven = [...new Set(names)].filter((name) => this.dead.delete(name));
    if (redriven.length > 0) this.#wake(this.now);
    for (const name of redriven) {
      this.due.set(name, this.now);
      this.attempts.delete(name);
    }
    return { redriven: redriven.length };
  }

  #givenUp = () => new Map([...this.dead].map(([name, { since }]) => [name, since]));

  #deadItem = (name: string) => ({
    item: name,
    attempts: this.attempts.get(name) ?? 1,
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
