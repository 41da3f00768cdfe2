import { statusOf } from "./status.js";

interface Answer {
  readonly outcome: string;
  readonly call: string;
  readonly total: number;
  readonly available: number;
}

export interface Reservation {
  readonly state: "held" | "committed" | "released" | "expired";
  readonly units: number;
  /** When the lease of a held one ends, or a closed one may be forgotten. */
  readonly ends: number;
}

/** What is stored of one product, and the steps that several scripts share. Its instants are in ticks. */
export class StockState {
  now = 0;
  readonly levels = new Map<string, number>();
  readonly sequences = new Map<string, number>();
  /** By warehouse, the sum of what was sold and returned since its first event. */
  readonly moved = new Map<string, number>();
  /** The last sequences of warehouses that have no level. */
  readonly past = new Map<string, number>();
  readonly reservations = new Map<string, Reservation>();
  /** The remembered answers, by script and operation. */
  readonly answers = new Map<string, Answer>();
  /** The event that watches the product. */
  watch: { readonly sequence: number; readonly low: number } | undefined;
  /** The sequence of the event after which nobody watched it. */
  pastWatch: number | undefined;
  /** The messages about changes of the status. */
  readonly published: string[] = [];
  /** Whether it is noted how much is held. */
  holds = false;
  /** When the product is due by the index of its slot. */
  due: number | undefined;
  /**
   * Whether less may be on the shelves than reservations hold: a count found less, a sale was told
   * to, or the product was forgotten in part.
   */
  mayFallShort = false;

  get total(): number {
    return sum(this.levels.values());
  }

  get held(): number {
    const held = [...this.reservations.values()].filter(({ state }) => state === "held");
    return sum(held.map((one) => one.units));
  }

  get available(): number {
    return this.total - this.held;
  }

  shown() {
    const { total, available } = this;
    return { total, available, status: statusOf(available) };
  }

  level(name: string): number {
    return this.levels.get(name) ?? 0;
  }

  latest(name: string): number {
    if (this.levels.has(name)) return this.sequences.get(name) ?? -1;
    return this.past.get(name) ?? -1;
  }

  shelves(only: string | undefined): string[] {
    return [...this.levels.keys()].filter((name) => only === undefined || name === only).sort();
  }

  onShelves(names: readonly string[]): number {
    return sum(names.map((name) => Math.max(this.level(name), 0)));
  }

  /**
   * One unit at a time from the warehouse that was the fullest at the start; all of a return to the
   * emptiest.
   */
  move(names: readonly string[], change: number): void {
    const direction = change < 0 ? -1 : 1;
    const inTurn = [...names].sort((one, other) => (this.level(one) - this.level(other)) * direction);
    const first = inTurn[0] ?? "";
    for (let unit = 0; unit < Math.abs(change); unit++) {
      const from = change > 0 ? first : (inTurn.find((name) => this.level(name) > 0) ?? first);
      this.levels.set(from, this.level(from) + direction);
      this.moved.set(from, (this.moved.get(from) ?? 0) + direction);
    }
  }

  /** The held or the closed reservations, the earliest first. */
  queue(kind: "held" | "closed") {
    return [...this.reservations]
      .filter(([, { state }]) => (state === "held") === (kind === "held"))
      .sort(([one, first], [other, second]) => first.ends - second.ends || (one < other ? -1 : 1));
  }

  endedLeases() {
    return this.queue("held").filter(([, { ends }]) => ends < this.now);
  }

  /** Closes ended leases and then removes closed reservations, together at most `limit`. */
  endDue(limit: number, remember: number) {
    const held = this.endedLeases();
    const closed = this.queue("closed").filter(([, { ends }]) => ends < this.now);
    const expired = held.slice(0, limit);
    const forgotten = closed.slice(0, limit - expired.length);
    for (const [name] of forgotten) this.reservations.delete(name);
    for (const [name, one] of expired) this.close(name, one, "expired", remember);
    return { expired: expired.length, forgotten: forgotten.length };
  }

  close(name: string, { units }: Reservation, state: Reservation["state"], remember: number): void {
    this.reservations.set(name, { state, units, ends: this.now + remember + 0.5 });
  }

  /** Closes one reservation alone. Nothing is noted of a product without stock that holds nothing. */
  closeAlone(name: string, one: Reservation, state: Reservation["state"], remember: number): void {
    this.close(name, one, state, remember);
    if (this.levels.size === 0 && this.held === 0) this.holds = false;
  }

  isOver({ state, ends }: Reservation): boolean {
    return state === "expired" || (state === "held" && ends < this.now);
  }
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, number) => all + number, 0);
