import type { Call } from "../call.js";
import type { RequestOperation } from "./idempotency-calls.js";
import { at, meet, type Span, windowOf } from "./time.js";

const ANY: Span = { from: -Infinity, to: Infinity };

/** The time of a fence that the clock gave, in milliseconds. */
export function timeOfFence(fence: number): number {
  return Math.floor(fence / 1_000);
}

/** What the replies of a history prove about the runs of one request. */
export class RequestProof {
  /** Owners that a reply says have ended. */
  readonly #ended = new Set<string>();
  /** Requests whose reply says that this very attempt took effect. */
  readonly #settled = new Set<number>();
  /** The owner of each fence, or undefined if only `busy` names it. */
  readonly #owners = new Map<number, string | undefined>();
  /** When the lease of each fence ends. */
  readonly #ends = new Map<number, Span>();
  readonly #fences: readonly number[];
  /** Owners of which a reply, or a call that passes a fence, can show that they had a run. */
  readonly #shown = new Set<string>();
  /** Owners to which a reply said that they have no run. */
  readonly #lost = new Set<string>();
  /** The calls of begin of each owner. */
  readonly #begins = new Map<string, Call<RequestOperation>[]>();
  /** The payloads of calls that were told that another payload runs. */
  readonly #mismatched = new Set<string>();

  constructor(history: readonly Call<RequestOperation>[]) {
    for (const call of history) this.#read(call);
    this.#fences = [...this.#owners.keys()].sort((one, other) => one - other);
  }

  #read(call: Call<RequestOperation>): void {
    const { operation, attemptsOf } = call;
    const { name, args, reply } = operation;
    if (name !== "begin" && args.fence !== undefined) this.#shown.add(args.owner);
    if (name === "begin") {
      this.#begins.set(args.owner, [...(this.#begins.get(args.owner) ?? []), call]);
    }
    const settle = () => attemptsOf !== undefined && this.#settled.add(attemptsOf);
    switch (reply?.outcome) {
      case "run":
        this.#name(reply.fence, args.owner, at(reply.leaseEndsMs));
        if (!reply.repeated) settle();
        break;
      case "busy": {
        const { from, to } = windowOf(call);
        this.#name(reply.runnerFence, undefined, {
          from: from + reply.retryAfterMs,
          to: to + reply.retryAfterMs,
        });
        break;
      }
      case "mismatch":
        if (name === "begin") this.#mismatched.add(args.payloadHash);
        break;
      case "ended":
        this.#ended.add(args.owner);
        this.#shown.add(args.owner);
        break;
      case "released":
      case "completed":
        this.#shown.add(args.owner);
        if (name !== "begin" && args.fence !== undefined) this.#name(args.fence, args.owner, ANY);
        if (reply.outcome === "released") settle();
        break;
      case "lost":
        this.#lost.add(args.owner);
        break;
      default:
    }
  }

  #name(fence: number, owner: string | undefined, ends: Span): void {
    this.#owners.set(fence, owner ?? this.#owners.get(fence));
    // Ends that contradict each other make the span empty, and then no run has this fence.
    const known = this.#ends.get(fence) ?? ANY;
    this.#ends.set(fence, { from: Math.max(known.from, ends.from), to: Math.min(known.to, ends.to) });
  }

  /** Other copies of this call did nothing, because a reply says that its own attempt took effect. */
  isSettled({ attemptsOf }: Call<RequestOperation>): boolean {
    return attemptsOf !== undefined && this.#settled.has(attemptsOf);
  }

  hasEnded(owner: string): boolean {
    return this.#ended.has(owner);
  }

  /** The lowest fence above this one that a reply names. */
  nextFence(fence: number): number | undefined {
    return this.#fences.find((one) => one > fence);
  }

  /** Whether a run of this owner can have the fence. */
  mayHave(fence: number, owner: string): boolean {
    const known = this.#owners.get(fence);
    return known === undefined || known === owner;
  }

  endsOf(fence: number): Span {
    return this.#ends.get(fence) ?? ANY;
  }

  /** Whether a run whose fence no reply names can explain another reply. */
  mayRunUnseen(owner: string, payloadHash: string, lastOwner: string | undefined): boolean {
    return (
      this.#shown.has(owner) ||
      (lastOwner !== undefined && this.#lost.has(lastOwner)) ||
      [...this.#mismatched].some((other) => other !== payloadHash)
    );
  }

  /**
   * Whether a call that leaves the run as it is can be moved before all other calls. It changes the
   * replies of its own owner's later calls of begin, so none of these may be able to run before it.
   * A run of its own owner in between would have changed its own reply.
   */
  concernsNoOther(call: Call<RequestOperation>): boolean {
    const { name, args, reply } = call.operation;
    const begins = this.#begins.get(args.owner) ?? [];
    if (name === "fail") {
      return reply?.outcome === "lost" && begins.every(({ endedMs }) => endedMs < call.beganMs);
    }
    if (name !== "begin" || (reply?.outcome !== "busy" && reply?.outcome !== "mismatch")) return false;
    return begins.every(({ operation, endedMs, beganMs }) => {
      if (operation.args.owner !== args.owner || operation.name !== "begin") return true;
      if (operation.args.payloadHash !== args.payloadHash) return false;
      const isOther = operation !== call.operation && operation.reply !== undefined;
      return !isOther || endedMs < call.beganMs || beganMs > call.endedMs;
    });
  }

  /** When the call can have run by Redis's clock, as far as its own reply tells. */
  windowOf({ operation: { name, args, reply }, ...call }: Call<RequestOperation>): Span {
    const window = windowOf(call);
    if (name !== "begin" || reply === undefined) return window;
    if (reply.outcome === "run") {
      const { repeated, leaseEndsMs } = reply;
      const told = repeated ? { from: -Infinity, to: leaseEndsMs - 1 } : at(leaseEndsMs - args.leaseMs);
      return meet(window, told) ?? window;
    }
    if (reply.outcome !== "busy") return window;
    const ends = this.endsOf(reply.runnerFence);
    return meet(window, { from: ends.from - reply.retryAfterMs, to: ends.to - reply.retryAfterMs }) ?? window;
  }
}
