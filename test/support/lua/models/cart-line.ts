/** How long a closed reservation is remembered, in ticks. */
export const rememberTicks = 8.5;

/** The end of a lease that is over for good. */
const endedForGood = Number.NEGATIVE_INFINITY;

export interface Line {
  readonly state: "held" | "prepared" | "committed" | "released" | "expired";
  readonly units: number;
  /** When the lease ends, or when a closed line may be forgotten; in ticks. */
  readonly ends: number;
  /**
   * Of a prepared line the fence of its attempt, of a committed one that of the attempt that sold it, of
   * another one the highest that is over; 0 is none.
   */
  readonly fence: number;
}

/** The stock of one product in one warehouse, with the lines of carts that reserve it. */
export class ProductModel {
  total = 0;
  readonly lines = new Map<string, Line>();

  get held(): number {
    return this.#units("held") + this.prepared;
  }

  get prepared(): number {
    return this.#units("prepared");
  }

  get #available(): number {
    return this.total - this.held;
  }

  #units(state: Line["state"]): number {
    const found = [...this.lines.values()].filter((line) => line.state === state);
    return found.reduce((sum, line) => sum + line.units, 0);
  }

  #close(now: number, cart: string, line: Line, state: Line["state"], fence = 0): object {
    this.lines.set(cart, { state, units: line.units, ends: now + rememberTicks, fence });
    return { outcome: state };
  }

  reserve(now: number, cart: string, units: number, lease: number): object {
    const line = this.lines.get(cart);
    if (line?.state === "held" && line.ends > now) {
      if (line.units !== units) return { outcome: "mismatch" };
      return { outcome: "reserved", available: this.#available, leaseEndsMs: line.ends, repeated: true };
    }
    if (line?.state === "held") return this.#close(now, cart, line, "expired", line.fence);
    if (line) return { outcome: line.state === "committed" ? "already_committed" : line.state };
    this.#endDue(now);
    if (this.#available < units) return { outcome: "refused", available: this.#available };
    this.lines.set(cart, { state: "held", units, ends: now + lease, fence: 0 });
    return { outcome: "reserved", available: this.#available, leaseEndsMs: now + lease };
  }

  /** Forgets closed lines, and ends leases that are over. */
  #endDue(now: number) {
    const isForgotten = ({ state, ends }: Line) => ends < now && state !== "prepared" && state !== "held";
    const forgotten = [...this.lines].filter(([, line]) => isForgotten(line));
    for (const [cart] of forgotten) this.lines.delete(cart);
    return { expired: this.#endLeases(now), forgotten: forgotten.length };
  }

  #ended(now: number) {
    return [...this.lines].filter(([, { state, ends }]) => state === "held" && ends < now);
  }

  #endLeases(now: number): number {
    const ended = this.#ended(now);
    for (const [cart, line] of ended) this.#close(now, cart, line, "expired", line.fence);
    return ended.length;
  }

  sweep(now: number): object {
    const done = this.#endDue(now);
    return { outcome: done.expired + done.forgotten > 0 ? "swept" : "nothing_due", ...done };
  }

  extend(now: number, cart: string, lease: number): object {
    const line = this.lines.get(cart);
    if (!line) return { outcome: "unknown" };
    if (line.state === "committed") return { outcome: "already_committed" };
    if (line.state === "released" || line.state === "expired") return { outcome: line.state };
    if (line.ends < now) {
      if (line.state === "held") this.lines.set(cart, { ...line, ends: endedForGood });
      return { outcome: "expired" };
    }
    const ends = Math.max(now + lease, line.ends);
    this.lines.set(cart, { ...line, ends });
    return { outcome: "extended", leaseEndsMs: ends };
  }

  commit(now: number, cart: string): object {
    const line = this.lines.get(cart);
    if (!line) return { outcome: "unknown" };
    if (line.state === "committed") return { outcome: "already_committed" };
    if (line.state !== "held") return { outcome: line.state };
    if (line.ends < now) return this.#close(now, cart, line, "expired", line.fence);
    if (this.total < line.units || this.total - this.prepared < line.units) return { outcome: "short" };
    return this.#sell(now, cart, line, 0);
  }

  #sell(now: number, cart: string, line: Line, fence: number): object {
    this.total -= line.units;
    this.#close(now, cart, line, "committed", fence);
    return { outcome: "committed", total: this.total, available: this.#available };
  }

  release(now: number, cart: string): object {
    const line = this.lines.get(cart);
    if (!line) return { outcome: "unknown" };
    if (line.state === "held" || line.state === "expired") {
      // A released line is never retaken.
      const isOver = line.state === "expired" || line.ends < now;
      if (line.state === "held") this.#close(now, cart, line, "released");
      else this.lines.set(cart, { ...line, state: "released", fence: 0 });
      if (isOver) return { outcome: "expired" };
    } else if (line.state !== "released") {
      return { outcome: line.state === "committed" ? "already_committed" : line.state };
    }
    return { outcome: "released", available: this.#available };
  }

  prepare(now: number, cart: string, units: number, fence: number, retake: boolean): object {
    const line = this.lines.get(cart);
    if (!line) return { outcome: "unknown" };
    if (line.state === "committed")
      return { outcome: line.units === units ? "already_committed" : "mismatch" };
    if (line.state === "released") return { outcome: "released" };
    if (line.fence > fence || (line.fence === fence && line.state !== "prepared"))
      return { outcome: "superseded" };
    if (line.units !== units) return { outcome: "mismatch" };
    let { ends } = line;
    if (line.state !== "prepared") {
      const isOver = line.state === "expired" || ends < now;
      if (isOver && line.state === "held") this.#close(now, cart, line, "expired", line.fence);
      if (isOver && !retake) return { outcome: "expired" };
      // The line itself holds nothing now.
      const freed = this.#ended(now).reduce((sum, [, one]) => sum + one.units, 0);
      const others = this.held - freed;
      const missing = Math.min((isOver ? others : this.prepared) + units - this.total, units);
      if (missing > 0) return { outcome: isOver ? "shortfall" : "short", missing };
      if (isOver && this.held + units > this.total) this.#endLeases(now);
      if (isOver) ends = endedForGood;
    }
    this.lines.set(cart, { state: "prepared", units, ends, fence });
    return { outcome: "prepared" };
  }

  commitPrepared(now: number, cart: string, fence: number): object {
    const line = this.lines.get(cart);
    if (!line) return { outcome: "unknown" };
    if (line.state === "committed") return { outcome: "already_committed" };
    if (line.state !== "prepared" || line.fence !== fence) return { outcome: "not_prepared" };
    return this.#sell(now, cart, line, fence);
  }

  releasePrepared(now: number, cart: string, fence: number): object {
    const line = this.lines.get(cart);
    if (!line) return { outcome: "unknown" };
    if (line.state === "committed") return { outcome: line.fence === fence ? "sold" : "already_committed" };
    if (line.state === "released") return { outcome: "released" };
    if (line.state === "prepared" && line.fence > fence) return { outcome: "superseded" };
    if (line.state !== "expired" && line.ends < now)
      return this.#close(now, cart, line, "expired", Math.max(line.fence, fence));
    const state = line.state === "expired" ? "expired" : "held";
    this.lines.set(cart, { ...line, state, fence: Math.max(line.fence, fence) });
    return state === "held" ? { outcome: state, leaseEndsMs: line.ends } : { outcome: state };
  }

  claimPrepared(cart: string): object {
    const line = this.lines.get(cart);
    return line?.state === "prepared" ? { outcome: "prepared", fence: line.fence } : { outcome: "changed" };
  }

  recount(): object {
    return { outcome: "correct", total: this.total, available: this.#available };
  }

  adjust(change: number): object {
    const isRefused = change < 0 && (-change > Math.max(this.total, 0) || this.total + change < this.held);
    if (!isRefused) this.total += change;
    return { outcome: isRefused ? "refused" : "adjusted", total: this.total, available: this.#available };
  }

  setLevel(quantity: number): object {
    this.total = quantity;
    return { outcome: "applied", total: this.total, available: this.#available };
  }
}
