import type { Call } from "../call.js";
import type { PermitOperation, PermitState } from "./permit-state.js";
import { at, meet, type Span, windowOf } from "./time.js";

/** A grant that a reply tells. */
interface ToldGrant {
  readonly permit: number;
  readonly fence: number;
}

/** What the replies of a history prove about the permits of one name. */
export class PermitProof {
  /** Owners that a reply says have ended. */
  readonly #ended = new Set<string>();
  /** Owners of which a reply says that this very attempt has entered. */
  readonly #entered = new Set<string>();
  /** Requests whose reply says that this very attempt took effect. */
  readonly #settled = new Set<number>();
  /** Owners that were told `full` without waiting. They never enter. */
  readonly #full = new Set<string>();
  readonly #grants = new Map<string, ToldGrant>();
  /** The different calls of each owner. */
  readonly #calls = new Map<string, Set<string>>();

  constructor(history: readonly Call<PermitOperation>[]) {
    for (const call of history) this.#read(call);
  }

  #read({ operation: { name, args, reply }, attemptsOf, endedMs }: Call<PermitOperation>): void {
    const text = reply === undefined ? `${name} ${JSON.stringify(args)} ${endedMs}` : "answered";
    this.#calls.set(args.owner, (this.#calls.get(args.owner) ?? new Set()).add(text));
    switch (reply?.outcome) {
      case "entered":
        this.#grants.set(args.owner, reply);
        if (!reply.repeated) this.#entered.add(args.owner);
        break;
      case "full":
        if (name === "enter" && !args.waits) this.#full.add(args.owner);
        break;
      case "ended":
        this.#ended.add(args.owner);
        break;
      case "left":
        if (attemptsOf !== undefined) this.#settled.add(attemptsOf);
        break;
      default:
    }
  }

  /**
   * Whether a call without a reply did nothing. A reply says that another call of enter of the owner
   * has entered, or that another copy of leave has left.
   */
  isSettled({ operation: { name, args }, attemptsOf }: Call<PermitOperation>): boolean {
    if (name === "enter") return this.#entered.has(args.owner);
    return attemptsOf !== undefined && this.#settled.has(attemptsOf);
  }

  /** Owners without a reply and without another call differ in their leases only. */
  kindOf({ operation: { name, args, reply }, endedMs }: Call<PermitOperation>): string | undefined {
    if (name !== "enter" || reply !== undefined || this.#calls.get(args.owner)?.size !== 1) return undefined;
    return `enter for ${args.leaseMs} ms until ${endedMs}`;
  }

  hasEnded(owner: string): boolean {
    return this.#ended.has(owner);
  }

  grantOf(owner: string): ToldGrant | undefined {
    return this.#grants.get(owner);
  }

  /** Whether a call without a reply can have entered for this owner. */
  mayEnter(owner: string): boolean {
    return !this.#full.has(owner);
  }

  /** Whether an owner must have entered before this state, and has not. */
  isTooLate({ nowMs, owners }: PermitState): boolean {
    for (const [owner, { fence }] of this.#grants) {
      if (Math.floor(fence / 1_000) < nowMs && !owners.has(owner)) return true;
    }
    return false;
  }

  /** When the call can have run by Redis's clock, as far as its own reply tells. */
  windowOf(call: Call<PermitOperation>): Span {
    const window = windowOf(call);
    const told = timesTold(call.operation);
    return (told && meet(window, told)) ?? window;
  }
}

function timesTold({ name, args, reply }: PermitOperation): Span | undefined {
  if (name === "enter" && reply?.outcome === "entered") {
    const { repeated, leaseEndsMs } = reply;
    return repeated ? { from: -Infinity, to: leaseEndsMs - 1 } : at(leaseEndsMs - args.leaseMs);
  }
  if (name !== "renew" || reply?.outcome !== "renewed") return undefined;
  const to = reply.leaseEndsMs - args.leaseMs;
  return reply.leaseEndsMs === args.leaseEndsMs + 1 ? { from: -Infinity, to } : at(to);
}
