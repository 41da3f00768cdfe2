import type { Tenant } from "../../generated/ts/index.js";
import type { CallOptions } from "../client/index.js";
import { endOf, type RenewableLease } from "../lock/lease.js";

/** The scripts that idempotency rests on. */
export type RequestScripts = Pick<Tenant["idempotency"], "begin" | "complete" | "fail">;

/** Who asks to run what. */
export interface Attempt {
  readonly request: string;
  readonly owner: string;
  readonly fingerprint: string;
  readonly leaseMs: number;
}

/** The lease of a request that runs. It is renewed by beginning again under the same owner. */
export class RunLease implements RenewableLease {
  readonly #scripts: RequestScripts;
  readonly #attempt: Attempt;
  #askedAt: number;
  #endsAt: number;

  /** `askedAt`: `performance.now()` before the request was sent. */
  constructor(
    scripts: RequestScripts,
    attempt: Attempt,
    readonly fence: number,
    askedAt: number,
  ) {
    this.#scripts = scripts;
    this.#attempt = attempt;
    this.#askedAt = askedAt;
    this.#endsAt = endOf(askedAt, attempt.leaseMs);
  }

  get key(): string {
    return this.#attempt.request;
  }

  get leaseMs(): number {
    return this.#attempt.leaseMs;
  }

  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  get renewInMs(): number {
    return Math.max(0, this.#askedAt + this.leaseMs / 3 - performance.now());
  }

  get isOver(): boolean {
    return this.remainingMs === 0;
  }

  async renew(options: CallOptions = {}): Promise<"renewed" | "lost"> {
    const askedAt = performance.now();
    const begun = await this.#scripts.begin(this.#attempt, options);
    if (begun.outcome === "run" && begun.fence === this.fence) {
      this.#askedAt = askedAt;
      this.#endsAt = Math.max(this.#endsAt, endOf(askedAt, this.leaseMs));
      return "renewed";
    }
    this.#endsAt = Number.NEGATIVE_INFINITY;
    return "lost";
  }

  /** What is given back is said by `complete` or `fail`. */
  async release(): Promise<void> {}
}
