import * as fc from "fast-check";

// Time passes in whole ticks. Items are due a quarter of a tick after one and leases end half a tick after one, so
// that nothing happens at the instant at which it is asked for, and the run's own time changes nothing.

const item = fc.constantFrom("a", "b", "c", "d", "e");
const claim = fc.constantFrom("x", "y", "z");
const limit = fc.integer({ min: 1, max: 4 });
const dueIn = fc.integer({ min: -3, max: 3 });

/** A random command on a set of items. */
export const command = fc.oneof(
  fc.record({ do: fc.constant("track" as const), item, dueIn }),
  fc.record({ do: fc.constant("track" as const), item, dueIn: fc.constant(-1) }),
  fc.record({ do: fc.constant("extend" as const), item, dueIn }),
  fc.record({ do: fc.constant("cancel" as const), item }),
  fc.record({ do: fc.constant("claim" as const), claim, limit, ticks: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ do: fc.constant("ack" as const), claim, items: fc.uniqueArray(item, { maxLength: 5 }) }),
  fc.record({ do: fc.constant("upcoming" as const), ticks: fc.integer({ min: 1, max: 3 }), limit }),
  fc.record({ do: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 2 }) }),
);

export type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Of<Name extends Command["do"]> = Extract<Command, { do: Name }>;

/** A set of items by the instants that its parts wait for, in ticks. */
export class ExpiryModel {
  now = 0;
  readonly due = new Map<string, number>();
  readonly processing = new Map<string, number>();
  readonly attempts = new Map<string, number>();
  readonly claims = new Map<string, { readonly ends: number; items: string[] }>();

  /** Runs a command and gives its reply; `ms` tells an instant by Redis's clock. */
  run(step: Command, ms: (instant: number) => number): object {
    switch (step.do) {
      case "wait":
        this.now += step.ticks;
        for (const [name, { ends }] of this.claims) if (ends < this.now) this.claims.delete(name);
        return {};
      case "claim":
        return this.claim(step, ms);
      case "ack":
        return this.ack(step);
      case "upcoming": {
        const soon = inOrder(this.due, this.now + step.ticks).slice(0, step.limit);
        return { items: soon.map((name) => ({ item: name, dueMs: ms(this.due.get(name) ?? 0) })) };
      }
      default:
        return { outcome: this.plan(step) };
    }
  }

  private plan(step: Of<"track"> | Of<"extend"> | Of<"cancel">): string {
    if ((this.processing.get(step.item) ?? this.now) > this.now) return "claimed";
    const known = this.due.has(step.item) || this.processing.has(step.item);
    if (step.do !== "track" && !known) return "missing";
    this.processing.delete(step.item);
    if (step.do === "cancel") {
      this.due.delete(step.item);
      this.attempts.delete(step.item);
      return "cancelled";
    }
    this.due.set(step.item, this.now + step.dueIn + 0.25);
    return step.do === "track" ? "tracked" : "extended";
  }

  private claim(step: Of<"claim">, ms: (instant: number) => number): object {
    const held = this.claims.get(step.claim);
    if (held) return { outcome: "claimed", items: this.counted(held.items), leaseEndsMs: ms(held.ends) };
    const items = inOrder(new Map([...this.due, ...this.processing]), this.now).slice(0, step.limit);
    if (items.length === 0) {
      const next = Math.min(...this.due.values(), ...this.processing.values());
      if (next === Number.POSITIVE_INFINITY) return { outcome: "idle" };
      return { outcome: "idle", nextDueMs: ms(next), waitMs: ms(next) - ms(this.now) };
    }
    const ends = this.now + step.ticks + 0.5;
    for (const name of items) {
      this.due.delete(name);
      this.processing.set(name, ends);
      this.attempts.set(name, (this.attempts.get(name) ?? 0) + 1);
    }
    this.claims.set(step.claim, { ends, items });
    return { outcome: "claimed", items: this.counted(items), leaseEndsMs: ms(ends) };
  }

  private counted(items: readonly string[]): object[] {
    return items.map((name) => ({ item: name, attempts: this.attempts.get(name) }));
  }

  private ack(step: Of<"ack">): object {
    const held = this.claims.get(step.claim);
    if (!held) return { outcome: "lost" };
    const acked = new Set<string>(step.items);
    for (const name of held.items.filter((one) => acked.has(one))) {
      this.processing.delete(name);
      this.attempts.delete(name);
    }
    held.items = held.items.filter((name) => !acked.has(name));
    return { outcome: "acked" };
  }
}

/** The names whose instant has come by then, the earliest first and by name between equals. */
function inOrder(instants: ReadonlyMap<string, number>, by: number): string[] {
  return [...instants]
    .filter(([, instant]) => instant <= by)
    .sort(([one, first], [other, second]) => first - second || (one < other ? -1 : 1))
    .map(([name]) => name);
}
