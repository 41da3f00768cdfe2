import { LostError } from "../client/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { pause } from "../core/wake-signal.js";

export interface ClaimLeaseOptions {
  readonly leaseMs: number;
  /** When the claim was sent, by `performance.now()`: Redis counts the lease from then on or later. */
  readonly sentAt: number;
  renew(deadlineMs: number): Promise<"renewed" | "lost">;
  readonly onError: OnError | undefined;
}

/** Keeps one claim's lease by renewing it at every third of it. Its signal is aborted when the lease is lost. */
export class ClaimLease {
  readonly #options: ClaimLeaseOptions;
  readonly #work = new AbortController();
  readonly #ended = new AbortController();
  #lost = false;

  constructor(options: ClaimLeaseOptions) {
    this.#options = options;
    void this.#renewUntilEnd();
  }

  /** Aborted when the lease is lost, or when the work is to end early. */
  get signal(): AbortSignal {
    return this.#work.signal;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** The work is to end early; the lease goes on, so that its items can be given back. */
  interrupt(reason: Error): void {
    this.#work.abort(reason);
  }

  lose(): void {
    this.#lost = true;
    this.#work.abort(new LostError("the lease of a claim ended before its work did"));
    this.end();
  }

  /** No more renewals: the work is over, or left to the lease's end. */
  end(): void {
    this.#ended.abort();
  }

  async #renewUntilEnd(): Promise<void> {
    const { leaseMs, sentAt, renew, onError } = this.#options;
    let endsAt = sentAt + leaseMs;
    let renewAt = sentAt + leaseMs / 3;
    let failures = 0;
    for (;;) {
      await pause(renewAt - performance.now(), this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      const startedAt = performance.now();
      if (startedAt >= endsAt) return this.lose();
      try {
        const outcome = await renew(Math.max(1, endsAt - startedAt));
        if (outcome === "lost") return this.lose();
        failures = 0;
        endsAt = startedAt + leaseMs;
        renewAt = startedAt + leaseMs / 3;
      } catch (error) {
        failures++;
        notify(onError, asError(error));
        renewAt = Math.min(endsAt, performance.now() + backoffMs(failures, redisBackoff));
      }
    }
  }
}
