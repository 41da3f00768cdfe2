import type { Call } from "../call.js";
import type { RateLimitOperation, RememberedOutcome } from "./rate-limit-calls.js";

/** What the replies of a history prove about the operations of one rate limit. */
export class RateLimitProof {
  /** Operations with a reply that depends on what is remembered of them. */
  readonly #told = new Set<string>();
  /** Operations of which a reply says that this very attempt took effect. Other calls of them did nothing. */
  readonly #settled = new Set<string>();
  /** The remembered outcomes that a reply repeats. */
  readonly #outcomes = new Map<string, RememberedOutcome>();
  /** The different calls of each operation. */
  readonly #calls = new Map<string, Set<string>>();

  constructor(history: readonly Call<RateLimitOperation>[]) {
    for (const call of history) this.#read(call);
  }

  #read({ operation: { name, args, reply }, endedMs }: Call<RateLimitOperation>): void {
    if (name === "peek") return;
    const { operation = "" } = args;
    const text = `${name} ${JSON.stringify(args)} ${endedMs}`;
    this.#calls.set(operation, (this.#calls.get(operation) ?? new Set()).add(text));
    if (reply === undefined || reply.outcome === "too_large") return;
    this.#told.add(operation);
    if (reply.outcome === "mismatch") return;
    if (!reply.repeated) this.#settled.add(operation);
    const cost = name === "take" ? args.cost : 0;
    this.#outcomes.set(operation, { outcome: reply.outcome, cost });
  }

  /** Whether a call without a reply did nothing, because a reply says that another one took effect. */
  isSettled({ operation: { name, args } }: Call<RateLimitOperation>): boolean {
    return name !== "peek" && this.#settled.has(args.operation ?? "");
  }

  /**
   * The outcomes that matter of a call without a reply, if it is the first of its operation. A refused
   * call only leaves a memory, which matters if another reply of the operation depends on it.
   */
  outcomesOf(operation: string, cost: number): readonly RememberedOutcome["outcome"][] {
    const known = this.#outcomes.get(operation);
    if (known) return known.cost === cost ? [known.outcome] : [];
    return this.#told.has(operation) ? ["allowed", "refused"] : ["allowed"];
  }

  /** Operations of which no call has a reply differ in their cost only. */
  kindOf({ operation: { name, args, reply }, endedMs }: Call<RateLimitOperation>): string | undefined {
    if (reply !== undefined || name === "peek") return undefined;
    const { operation = "" } = args;
    // Of several calls of an operation, only the first one has an effect. The search leaves out copies.
    if (this.#told.has(operation) || this.#calls.get(operation)?.size !== 1) return undefined;
    return `${name} ${name === "take" ? args.cost : ""} until ${endedMs}`;
  }
}
