import type { Call } from "../call.js";
import type { StockOperation } from "./stock-state.js";
import { at, meet, type Span, windowOf } from "./time.js";

interface Reserving {
  readonly window: Span;
  readonly leaseMs: number;
}

/** What the replies of a history prove about the stock of one product. */
export class StockProof {
  /** Requests and sales whose reply says that this very attempt took effect. */
  readonly #settled = new Set<number>();
  readonly #firsts = new Map<string, Call<StockOperation>>();
  #contradiction: readonly Call<StockOperation>[] | undefined;
  /** The calls that pass each reservation, and the sales of each operation. */
  readonly #named = new Map<string, Set<string>>();
  /** The calls that reserve each reservation. */
  readonly #reserving = new Map<string, Reserving[]>();

  /** When the last call with a reply can have run. */
  readonly lastMs: number;
  /** Whether no lease can have ended before the last reply. */
  readonly endsNoLease: boolean;

  constructor(history: readonly Call<StockOperation>[]) {
    for (const call of history) this.#read(call);
    this.lastMs = Math.max(
      ...history.map((call) => (call.operation.reply === undefined ? -Infinity : windowOf(call).to)),
    );
    const leases = [...this.#reserving.values()].flat();
    this.endsNoLease = leases.every(({ window, leaseMs }) => window.from + leaseMs > this.lastMs);
  }

  #read(call: Call<StockOperation>): void {
    const { operation, attemptsOf } = call;
    const { name, args, reply } = operation;
    const subject = subjectOf(operation);
    if (subject !== undefined) {
      const text = reply === undefined ? `${name} ${JSON.stringify(args)}` : "answered";
      this.#named.set(subject, (this.#named.get(subject) ?? new Set()).add(text));
    }
    if (name === "reserve" && args.replaces !== undefined) {
      const text = `replaced by ${args.reservation}`;
      this.#named.set(args.replaces, (this.#named.get(args.replaces) ?? new Set()).add(text));
    }
    if (name === "reserve") {
      const others = this.#reserving.get(args.reservation) ?? [];
      const { leaseMs } = args;
      this.#reserving.set(args.reservation, [...others, { window: windowOf(call), leaseMs }]);
    }
    if (reply === undefined) return;
    if (name === "adjust" && "repeated" in reply && !reply.repeated && subject) {
      const first = this.#firsts.get(subject);
      if (first) this.#contradiction ??= [first, call];
      this.#firsts.set(subject, call);
    }
    if (reply.outcome === "committed" && attemptsOf !== undefined) this.#settled.add(attemptsOf);
  }

  /** Two calls whose replies say that they made one sale. Nothing can explain this. */
  get contradiction(): readonly Call<StockOperation>[] | undefined {
    return this.#contradiction;
  }

  /** Other copies of this call did nothing, because a reply says that its own attempt took effect. */
  isSettled({ operation, attemptsOf }: Call<StockOperation>): boolean {
    const subject = operation.name === "adjust" ? subjectOf(operation) : undefined;
    return (
      (attemptsOf !== undefined && this.#settled.has(attemptsOf)) ||
      (subject !== undefined && this.#firsts.has(subject))
    );
  }

  /** Sales and reservations that no other call names differ in their units only. */
  kindOf({ operation }: Call<StockOperation>): string | undefined {
    const { name, args, reply } = operation;
    const subject = subjectOf(operation);
    if (reply !== undefined || subject === undefined || this.#named.get(subject)?.size !== 1)
      return undefined;
    if (name === "adjust") return `adjust ${args.change} ${args.backorder} ${args.warehouse ?? ""}`;
    if (name !== "reserve" || args.replaces !== undefined) return undefined;
    return `reserve ${args.units} ${args.leaseMs} ${args.backorder === true}`;
  }

  /** When the call can have run by Redis's clock, as far as its own reply tells. */
  windowOf(call: Call<StockOperation>): Span {
    const window = windowOf(call);
    const { name, args, reply } = call.operation;
    if (name !== "reserve" || reply?.outcome !== "reserved") return window;
    const calls = this.#reserving.get(args.reservation) ?? [];
    if (calls.some(({ leaseMs }) => leaseMs !== args.leaseMs)) return window;
    const grantedMs = reply.leaseEndsMs - args.leaseMs;
    // Another call can have reserved it, and this one came later.
    const during = calls.filter((other) => meet(other.window, at(grantedMs)));
    const told = during.length === 1 ? at(grantedMs) : { from: grantedMs, to: Infinity };
    return meet(window, told) ?? window;
  }
}

/** What a call is about: a reservation, or one sale. */
function subjectOf({ name, args }: StockOperation): string | undefined {
  if (name === "read") return undefined;
  if (name === "adjust") return args.operation === undefined ? undefined : `sale ${args.operation}`;
  return args.reservation;
}
