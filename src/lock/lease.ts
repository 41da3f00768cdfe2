import type { Tenant } from "../../generated/ts/index.js";
import type { CallOptions } from "../client/index.js";
import type { ResolvedLockOptions } from "./options.js";

/** The scripts that locks rest on. */
export type LockScripts = Pick<Tenant["lock"], "acquire" | "renew" | "release">;

/** A lease that is kept alive while work goes on: a lock's, or a request's. By the monotonic clock of this process. */
export interface RenewableLease {
  /** Whose lease it is. */
  readonly key: string;
  readonly fence: number;
  readonly leaseMs: number;
  /** Until then nobody else can have it; 0 when that is over. */
  readonly remainingMs: number;
  /** Until the next renewal is due, at a third of the lease. */
  readonly renewInMs: number;
  readonly isOver: boolean;
  /** A new lease from now on. An error leaves the old one as it was. */
  renew(options?: CallOptions): Promise<"renewed" | "lost">;
  /** Gives it back, as far as that is still to be done. */
  release(): Promise<unknown>;
}

/** One lock, as one holder has it, by the monotonic clock of this process. */
export class Lease implements RenewableLease {
  readonly #scripts: LockScripts;
  readonly #terms: ResolvedLockOptions;
  #askedAt: number;
  #endsAt: number;

  /** `askedAt`: `performance.now()` before the request was sent. */
  constructor(
    scripts: LockScripts,
    readonly key: string,
    terms: ResolvedLockOptions,
    readonly fence: number,
    askedAt: number,
  ) {
    this.#scripts = scripts;
    this.#terms = terms;
    this.#askedAt = askedAt;
    this.#endsAt = endOf(askedAt, terms.leaseMs);
  }

  get leaseMs(): number {
    return this.#terms.leaseMs;
  }

  get owner(): string {
    return this.#terms.owner;
  }

  /** Until then nobody else can have the lock; 0 when that is over. */
  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** Until the next renewal is due, at a third of the lease. */
  get renewInMs(): number {
    return Math.max(0, this.#askedAt + this.leaseMs / 3 - performance.now());
  }

  get isOver(): boolean {
    return this.remainingMs === 0;
  }

  /** A new lease from now on. An error leaves the old one as it was. */
  async renew(options: CallOptions = {}): Promise<"renewed" | "lost"> {
    const { leaseMs, owner, minReplicas, replicaWaitMs } = this.#terms;
    const askedAt = performance.now();
    const { outcome } = await this.#scripts.renew(
      { lock: this.key, owner, fence: this.fence, leaseMs },
      { ...options, minReplicas, replicaWaitMs },
    );
    if (outcome === "lost") this.#endsAt = Number.NEGATIVE_INFINITY;
    else if (askedAt > this.#askedAt) {
      this.#askedAt = askedAt;
      this.#endsAt = Math.max(this.#endsAt, endOf(askedAt, leaseMs));
    }
    return outcome;
  }

  async release(): Promise<"released" | "lost"> {
    const { outcome } = await this.#scripts.release({ lock: this.key, owner: this.owner, fence: this.fence });
    return outcome;
  }
}

/**
 * The lease begins in Redis after `askedAt`, so it ends there after `askedAt + leaseMs`, by Redis's clock. That
 * one and ours drift apart while it runs: a clock that NTP corrects runs at most 500 ppm fast or slow, two of
 * them part by 0.1 %. 1 % leaves room for worse machines, 2 ms for clocks that are read in whole milliseconds.
 * A clock of Redis that jumps is beyond any margin; against that there is the fence.
 */
export function endOf(askedAt: number, leaseMs: number): number {
  return askedAt + leaseMs - (leaseMs * 0.01 + 2);
}
