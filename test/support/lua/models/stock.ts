import type { Command, Of } from "./stock-commands.js";

/** At or below so many available units a product counts as low. */
export const low = 3;

/** The end of a lease that `extend` found over: before every instant, also after the clock went back. */
export const endedForGood = -1_000_000;

interface Answer {
  readonly outcome: "adjusted" | "refused" | "unknown" | "unknown_warehouse";
  readonly call: string;
  readonly total: number;
  readonly available: number;
}

interface Reservation {
  readonly state: "held" | "committed" | "released" | "expired";
  readonly units: number;
  /** When the lease of a held one ends, or a closed one may be forgotten. */
  readonly ends: number;
}

/** A product's stock in a few lines; its instants are in ticks. */
export class StockModel {
  now = 0;
  readonly levels = new Map<string, number>();
  readonly sequences = new Map<string, number>();
  /** By warehouse, the sum of what was sold and returned since its first event. */
  readonly moved = new Map<string, number>();
  /** The last sequences of warehouses that have no level. */
  readonly past = new Map<string, number>();
  readonly reservations = new Map<string, Reservation>();
  /** Whether it is noted how much is held. */
  holds = false;
  /** When the product is due by the index of its slot. */
  due: number | undefined;
  /**
   * Whether less may be on the shelves than reservations hold: a count found less, a sale was told
   * to, or the product was forgotten in part.
   */
  mayFallShort = false;
  readonly #answers = new Map<string, Answer>();

  get total(): number {
    return sum(this.levels.values());
  }

  get held(): number {
    const held = [...this.reservations.values()].filter(({ state }) => state === "held");
    return sum(held.map((one) => one.units));
  }

  run(step: Command): object {
    switch (step.do) {
      case "apply":
        return this.#apply(step);
      case "adjust":
        return this.#adjust(step);
      case "read":
        return this.levels.size === 0 ? { outcome: "unknown" } : { outcome: "known", ...this.#shown() };
      case "levels":
        return this.#levels();
      case "extend":
        return this.#extend(step);
      case "forget":
        return this.#forget(step);
      case "dropWarehouse":
        return this.#dropWarehouse(step);
      case "reserve":
        return this.#reserve(step);
      case "commit":
        return this.#commit(step);
      case "release":
        return this.#release(step);
      case "sweep":
        return this.#sweep(step);
      case "wait":
        this.now += step.ticks;
        return {};
    }
  }

  #shown() {
    const available = this.total - this.held;
    return { total: this.total, available, status: statusOf(available) };
  }

  #levels(): object {
    if (this.levels.size === 0) return { outcome: "unknown" };
    const levels = [...this.levels]
      .sort()
      .map(([warehouse, quantity]) => ({ warehouse, quantity, moved: this.moved.get(warehouse) ?? 0 }));
    const { total, available } = this.#shown();
    return { outcome: "known", total, available, levels };
  }

  #latest(name: string): number {
    if (this.levels.has(name)) return this.sequences.get(name) ?? -1;
    return this.past.get(name) ?? -1;
  }

  #apply({ warehouse: name, quantity, sequence: number, moved }: Of<"apply">): object {
    const latest = this.#latest(name);
    const outcome = number > latest ? "applied" : number === latest ? "repeated" : "stale";
    if (outcome === "applied") {
      const since = this.levels.has(name) && moved !== undefined ? (this.moved.get(name) ?? 0) - moved : 0;
      const level = quantity + since;
      if (level < this.#level(name)) this.mayFallShort = true;
      if (!this.levels.has(name)) this.moved.set(name, 0);
      this.levels.set(name, level);
      this.sequences.set(name, number);
    }
    return { outcome, ...this.#shown() };
  }

  #dropWarehouse({ warehouse: name, sequence: number }: Of<"dropWarehouse">): object {
    const latest = this.#latest(name);
    if (number <= latest) return { outcome: number === latest ? "repeated" : "stale" };
    if (this.#level(name) !== 0) {
      this.sequences.set(name, number);
      return { outcome: "not_empty" };
    }
    this.past.set(name, number);
    if (!this.levels.has(name)) return { outcome: "unknown" };
    this.levels.delete(name);
    if (this.levels.size === 0 && this.held === 0) this.holds = false;
    return { outcome: "dropped" };
  }

  #forget({ limit, remember }: Of<"forget">): object {
    const held = this.#queue("held").slice(0, limit);
    if (this.levels.size === 0 && held.length === 0 && !this.holds) return { outcome: "unknown" };
    for (const name of this.levels.keys()) this.past.set(name, this.sequences.get(name) ?? 0);
    this.levels.clear();
    for (const [name, one] of held) this.#close(name, one, "released", remember);
    const more = this.held > 0;
    if (!more) this.holds = false;
    if (more) this.mayFallShort = true;
    return { outcome: more ? "more" : "forgotten", released: held.length };
  }

  #adjust({ operation, change, warehouse: only, backorder }: Of<"adjust">): object {
    const call = `${change} ${only} ${backorder}`;
    const known = this.#answers.get(operation);
    if (known && known.call !== call) return { outcome: "mismatch" };
    if (known?.outcome.startsWith("unknown")) return { outcome: known.outcome };
    if (known) {
      const { call: _, ...answer } = known;
      return { ...answer, repeated: true, status: statusOf(known.available) };
    }
    const names = this.#shelves(only);
    if (names.length === 0) {
      const outcome = this.levels.size === 0 ? "unknown" : "unknown_warehouse";
      this.#answers.set(operation, { outcome, call, total: 0, available: 0 });
      return { outcome };
    }
    const short = change < 0 && (-change > this.#onShelves(names) || this.total + change < this.held);
    const outcome = short && !backorder ? "refused" : "adjusted";
    if (outcome === "adjusted") {
      if (short) this.mayFallShort = true;
      this.#move(names, change);
    }
    const { total, available } = this.#shown();
    this.#answers.set(operation, { outcome, call, total, available });
    return { outcome, repeated: false, total, available, status: statusOf(available) };
  }

  #reserve(step: Of<"reserve">): object {
    const known = this.reservations.get(step.reservation);
    if (known?.state === "held" && known.ends > this.now) {
      if (this.levels.size === 0) return { outcome: "unknown" };
      if (known.units !== step.units) return { outcome: "mismatch" };
      return { outcome: "reserved", available: this.#shown().available, leaseEndsMs: known.ends };
    }
    if (known) return { outcome: this.#closedAs(step.reservation, known, step.remember) };
    if (this.levels.size === 0) return { outcome: "unknown" };
    this.#endDue(100, step.remember);
    if (this.#shown().available < step.units) {
      return { outcome: "refused", available: this.#shown().available };
    }
    const ends = this.now + step.lease + 0.5;
    this.reservations.set(step.reservation, { state: "held", units: step.units, ends });
    this.holds = true;
    this.due = Math.min(this.due ?? ends, ends);
    return { outcome: "reserved", available: this.#shown().available, leaseEndsMs: ends };
  }

  #extend({ reservation: name, lease, late }: Of<"extend">): object {
    const known = this.reservations.get(name);
    if (!known) return { outcome: "unknown" };
    if (known.state === "held" && known.ends < this.now) {
      this.reservations.set(name, { ...known, ends: endedForGood });
    }
    if (known.state !== "held" || known.ends < this.now) return { outcome: closedAs(known) };
    if (late) return { outcome: "stale", leaseEndsMs: known.ends };
    const ends = Math.max(this.now + lease + 0.5, known.ends);
    this.reservations.set(name, { ...known, ends });
    return { outcome: "extended", leaseEndsMs: ends };
  }

  #commit(step: Of<"commit">): object {
    const known = this.reservations.get(step.reservation);
    if (!known) return { outcome: "unknown" };
    if (known.state !== "held" || known.ends < this.now) {
      return { outcome: this.#closedAs(step.reservation, known, step.remember) };
    }
    if (this.levels.size === 0) return { outcome: "unknown" };
    const names = this.#shelves(step.warehouse);
    if (this.#onShelves(names) < known.units) return { outcome: "short" };
    this.#move(names, -known.units);
    this.#close(step.reservation, known, "committed", step.remember);
    const { total, available } = this.#shown();
    return { outcome: "committed", total, available };
  }

  #release(step: Of<"release">): object {
    const known = this.reservations.get(step.reservation);
    if (!known) return { outcome: "unknown" };
    if (known.state === "held") {
      const state = known.ends > this.now ? "released" : "expired";
      this.#close(step.reservation, known, state, step.remember);
      if (this.levels.size === 0 && this.held === 0) this.holds = false;
      if (state === "expired") return { outcome: "expired" };
    } else if (known.state !== "released") return { outcome: closedAs(known) };
    return { outcome: "released", available: this.#shown().available };
  }

  #sweep(step: Of<"sweep">): object {
    const over = this.#endDue(step.limit, step.remember);
    if (over.expired > 0 && this.levels.size === 0 && this.held === 0) this.holds = false;
    const ends = [...this.reservations.values()].map((one) => one.ends);
    const next = Math.min(...ends);
    this.due = ends.length > 0 ? next : undefined;
    return {
      outcome: over.expired + over.forgotten > 0 ? "swept" : "nothing_due",
      ...over,
      ...(ends.length > 0 && { waitMs: Math.max(next - this.now, 0) }),
    };
  }

  /** The held or the closed reservations, the earliest first. */
  #queue(kind: "held" | "closed") {
    return [...this.reservations]
      .filter(([, { state }]) => (state === "held") === (kind === "held"))
      .sort(([one, first], [other, second]) => first.ends - second.ends || (one < other ? -1 : 1));
  }

  /** Closes ended leases and then removes closed reservations, together at most `limit`. */
  #endDue(limit: number, remember: number) {
    const held = this.#queue("held").filter(([, { ends }]) => ends < this.now);
    const closed = this.#queue("closed").filter(([, { ends }]) => ends < this.now);
    const expired = held.slice(0, limit);
    const forgotten = closed.slice(0, limit - expired.length);
    for (const [name] of forgotten) this.reservations.delete(name);
    for (const [name, one] of expired) this.#close(name, one, "expired", remember);
    return { expired: expired.length, forgotten: forgotten.length };
  }

  /** Tells how a reservation has ended, and closes it if its lease has ended only now. */
  #closedAs(name: string, one: Reservation, remember: number): string {
    if (one.state === "held") {
      this.#close(name, one, "expired", remember);
      if (this.levels.size === 0 && this.held === 0) this.holds = false;
    }
    return closedAs(one);
  }

  #close(name: string, one: Reservation, state: Reservation["state"], remember: number): void {
    this.reservations.set(name, { state, units: one.units, ends: this.now + remember + 0.5 });
  }

  #level = (name: string) => this.levels.get(name) ?? 0;

  #shelves(only: string | undefined): string[] {
    return [...this.levels.keys()].filter((name) => only === undefined || name === only).sort();
  }

  #onShelves(names: readonly string[]): number {
    return sum(names.map((name) => Math.max(this.#level(name), 0)));
  }

  /**
   * One unit at a time from the warehouse that was the fullest at the start; all of a return to the
   * emptiest.
   */
  #move(names: readonly string[], change: number): void {
    const direction = change < 0 ? -1 : 1;
    const inTurn = [...names].sort((one, other) => (this.#level(one) - this.#level(other)) * direction);
    const first = inTurn[0] ?? "";
    for (let unit = 0; unit < Math.abs(change); unit++) {
      const from = change > 0 ? first : (inTurn.find((name) => this.#level(name) > 0) ?? first);
      this.levels.set(from, this.#level(from) + direction);
      this.moved.set(from, (this.moved.get(from) ?? 0) + direction);
    }
  }
}

/** What a reservation that holds nothing more is said to be. */
function closedAs({ state }: Reservation): string {
  if (state === "held") return "expired";
  return state === "committed" ? "already_committed" : state;
}

function statusOf(available: number): string {
  if (available <= 0) return "out_of_stock";
  return available <= low ? "low_stock" : "in_stock";
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, number) => all + number, 0);
