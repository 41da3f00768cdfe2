/** The limits of one renewal. */
export interface RenewOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

export interface LeaseOptions {
  readonly leaseMs: number;
  /**
   * `performance.now()` when the request was sent. In Redis, the lease begins at that time or
   * later.
   */
  readonly sentAt: number;
  /** Renews the lease in Redis. */
  renew(options: RenewOptions | undefined): Promise<"renewed" | "lost">;
}

/** The lease of a lock, a request or a claim, by the monotonic clock of this process. */
export class Lease {
  readonly leaseMs: number;
  readonly #renew: LeaseOptions["renew"];
  #sentAt: number;
  #endsAt: number;

  constructor({ leaseMs, sentAt, renew }: LeaseOptions) {
    this.leaseMs = leaseMs;
    this.#renew = renew;
    this.#sentAt = sentAt;
    this.#endsAt = endOf(sentAt, leaseMs);
  }

  /** The milliseconds for which no other holder can have the lease; 0 if it has ended. */
  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** Milliseconds until the next renewal is due, at a third of the lease. */
  get renewInMs(): number {
    return Math.max(0, this.#sentAt + this.leaseMs / 3 - performance.now());
  }

  get hasEnded(): boolean {
    return this.remainingMs === 0;
  }

  /** Renews the lease from now on. After an error the old lease continues. */
  async renew(options?: RenewOptions): Promise<"renewed" | "lost"> {
    const sentAt = performance.now();
    const outcome = await this.#renew(options);
    if (outcome === "lost") this.#endsAt = Number.NEGATIVE_INFINITY;
    else if (sentAt > this.#sentAt) {
      this.#sentAt = sentAt;
      this.#endsAt = Math.max(this.#endsAt, endOf(sentAt, this.leaseMs));
    }
    return outcome;
  }

  /** Releases the lease in Redis, if its kind needs that. */
  async release(): Promise<unknown> {
    return undefined;
  }
}

/**
 * The lease begins in Redis after `sentAt`, so it ends there after `sentAt + leaseMs`, by Redis's
 * clock. That clock and ours drift apart while it runs. A clock that NTP corrects runs at most 500
 * ppm fast or slow, so two of them differ by 0.1 % at most. We subtract 1 % for worse machines, and
 * 2 ms because clocks are read in whole milliseconds. No margin helps when Redis's clock jumps; the
 * fence does.
 */
function endOf(sentAt: number, leaseMs: number): number {
  return sentAt + leaseMs - (leaseMs * 0.01 + 2);
}
