import * as fc from "fast-check";

/** Times are minutes; those of rules and of `rememberMs` end half a minute after one. */
const minutes = fc.constantFrom(1, 2, 5, 11, 12, 60);
const remembered = fc.constantFrom(2, 12, 60).map((time) => time + 0.5);
const redemption = fc.constantFrom("a", "b", "c", "d");

/** A random command on a coupon. */
export const command = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("set" as const),
      limit: fc.integer({ min: 0, max: 6 }),
      each: fc.integer({ min: 0, max: 3 }),
      starts: fc.option(fc.constantFrom(-1.5, 1.5), { nil: undefined }),
      lasts: fc.option(fc.constantFrom(-20, 2, 40), { nil: undefined }),
      sequence: fc.integer({ min: 0, max: 12 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("redeem" as const),
      redemption,
      customer: fc.constantFrom("ada", "bob 1 2"),
      units: fc.integer({ min: 1, max: 2 }),
      remembered,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("release" as const), redemption, remembered }) },
  fc.record({ do: fc.constant("read" as const), customer: fc.constantFrom("ada", "bob 1 2", undefined) }),
  fc.record({ do: fc.constant("pass" as const), minutes }),
);

export type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Of<Name extends Command["do"]> = Extract<Command, { do: Name }>;

/** How long refusals and released redemptions are remembered at least. */
const HORIZON = 11;

interface Rules {
  readonly limit: number;
  readonly each: number;
  readonly from: number;
  readonly until: number;
  readonly sequence: number;
}

interface Redemption {
  /** What redeem answered; `cancelled` if a release came first. */
  state: string;
  readonly answer: { readonly remaining: number; readonly customerRemaining: number };
  readonly units: number;
  readonly customer: string;
  readonly life: number;
  forgottenAt: number;
}

/** A coupon as the contracts of its scripts describe it. */
export class CouponModel {
  now = 0;
  rules: Rules | undefined;
  readonly customers = new Map<string, number>();
  readonly redemptions = new Map<string, Redemption>();
  #removedAt = Number.POSITIVE_INFINITY;
  #life = 0;

  get redeemed(): number {
    return [...this.customers.values()].reduce((sum, units) => sum + units, 0);
  }

  /** The window that an event sets. The end comes after the beginning. */
  windowOf({ starts, lasts }: Of<"set">): { readonly from: number; readonly until: number } {
    const from = starts === undefined ? Number.NEGATIVE_INFINITY : this.now + starts;
    const until = lasts === undefined ? Number.POSITIVE_INFINITY : this.now + lasts + 0.5;
    return { from: from < until ? from : until - 1, until };
  }

  /** Runs a command and returns its reply. */
  run(step: Command): object {
    switch (step.do) {
      case "pass":
        this.#pass(step.minutes);
        return {};
      case "set":
        return { outcome: this.#set(step) };
      case "redeem":
        return this.#redeem(step);
      case "release":
        return this.#release(step);
      case "read":
        return this.#read(step.customer);
    }
  }

  #pass(time: number): void {
    this.now += time;
    if (this.now >= this.#removedAt) {
      this.rules = undefined;
      this.customers.clear();
      this.#removedAt = Number.POSITIVE_INFINITY;
    }
    for (const [name, { forgottenAt }] of this.redemptions) {
      if (this.now >= forgottenAt) this.redemptions.delete(name);
    }
  }

  #set(step: Of<"set">): string {
    const { limit, each, sequence } = step;
    if (this.rules && sequence <= this.rules.sequence) {
      return sequence === this.rules.sequence ? "repeated" : "stale";
    }
    if (!this.rules) this.#life++;
    const { from, until } = this.windowOf(step);
    this.rules = { limit, each, from, until, sequence };
    this.#removedAt = Math.max(until, this.now) + HORIZON;
    return "applied";
  }

  #redeem({ redemption: name, customer, units, remembered: time }: Of<"redeem">): object {
    const known = this.redemptions.get(name);
    if (known?.state === "cancelled") return { outcome: "released" };
    if (known && (known.units !== units || known.customer !== customer)) return { outcome: "mismatch" };
    if (known) return replyOf(known, true);
    const { rules, redeemed } = this;
    const own = this.customers.get(customer) ?? 0;
    const remaining = Math.max((rules?.limit ?? 0) - redeemed, 0);
    const customerRemaining = Math.max((rules?.each ?? 0) - own, 0);
    const state = this.#outcomeOf(units, remaining, customerRemaining);
    const taken = state === "redeemed" ? units : 0;
    if (taken > 0) this.customers.set(customer, own + taken);
    const made = {
      state,
      answer: { remaining: remaining - taken, customerRemaining: customerRemaining - taken },
      units,
      customer,
      life: this.#life,
      forgottenAt: this.now + (taken > 0 ? time : Math.min(time, HORIZON)),
    };
    this.redemptions.set(name, made);
    return replyOf(made, false);
  }

  #outcomeOf(units: number, remaining: number, customerRemaining: number): string {
    if (!this.rules) return "unknown";
    if (this.now < this.rules.from) return "not_started";
    if (this.now >= this.rules.until) return "ended";
    if (units > remaining) return "exhausted";
    return units > customerRemaining ? "customer_exhausted" : "redeemed";
  }

  #release({ redemption: name, remembered: time }: Of<"release">): object {
    const known = this.redemptions.get(name);
    const forgottenAt = Math.max(this.now + Math.max(time, HORIZON), known?.forgottenAt ?? 0);
    if (!known) {
      const answer = { remaining: 0, customerRemaining: 0 };
      const life = this.#life;
      this.redemptions.set(name, { state: "cancelled", answer, units: 0, customer: "", life, forgottenAt });
      return { outcome: "unknown" };
    }
    known.forgottenAt = forgottenAt;
    if (known.state === "cancelled") return { outcome: "unknown" };
    if (known.state !== "redeemed" && known.state !== "released") return { outcome: "not_redeemed" };
    if (known.state === "redeemed" && this.rules && known.life === this.#life) {
      const own = (this.customers.get(known.customer) ?? 0) - known.units;
      if (own > 0) this.customers.set(known.customer, own);
      else this.customers.delete(known.customer);
    }
    known.state = "released";
    return { outcome: "released", units: known.units };
  }

  #read(customer: string | undefined): object {
    if (!this.rules) return { outcome: "unknown" };
    const { limit, each, from, until } = this.rules;
    const own = this.customers.get(customer ?? "") ?? 0;
    const remaining = Math.max(limit - this.redeemed, 0);
    const status = this.#outcomeOf(1, remaining, 1);
    return {
      outcome: "found",
      status: status === "redeemed" ? "active" : status,
      limit,
      customerLimit: each,
      from,
      until,
      redeemed: this.redeemed,
      remaining,
      ...(customer === undefined
        ? {}
        : { customerRedeemed: own, customerRemaining: Math.max(each - own, 0) }),
    };
  }
}

function replyOf({ state, answer }: Redemption, repeated: boolean): object {
  const isCounted = ["redeemed", "exhausted", "customer_exhausted"].includes(state);
  return isCounted ? { outcome: state, repeated, ...answer } : { outcome: state };
}
