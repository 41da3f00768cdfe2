import { MAX_TIMER_MS } from "../limits.js";
import { asError, notify, type OnError } from "../notify.js";
import type { Lease } from "./lease.js";

interface RenewalOptions {
  /** Called once when the lease is lost. `LeaseGroup` aborts the signal of the work then. */
  readonly onLost: () => void;
  /** Receives the errors of renewals; the next attempt follows within the lease. */
  readonly onError: OnError | undefined;
}

/** Renews a lease at every third of it until `end()`. Keeps no process alive. */
export class Renewal {
  readonly #lease: Lease;
  readonly #options: RenewalOptions;
  /** For a renewal in flight. Most leases end before the first one. */
  #ending: AbortController | undefined;
  #hasEnded = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(lease: Lease, options: RenewalOptions) {
    this.#lease = lease;
    this.#options = options;
    if (lease.hasEnded) this.#reportLoss();
    else this.#schedule(lease.renewInMs);
  }

  /**
   * Sends no more renewals, and waits for one that was sent. It still watches the lease's end. Never
   * rejects.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    if (!this.#hasEnded) this.#watchEnd();
    await this.#running;
  }

  /** Sends no more renewals, aborts one that was sent, and no longer watches the lease's end. */
  end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#hasEnded = true;
    this.#ending?.abort();
  }

  /** Before the first renewal is due, the lease cannot end, so the end is watched from then on. */
  #watchEnd(): void {
    clearTimeout(this.#deadline);
    if (this.#lease.hasEnded) {
      this.#reportLoss();
      return;
    }
    // One more, because timers may fire a fraction of a millisecond early.
    const ms = Math.min(this.#lease.remainingMs + 1, MAX_TIMER_MS);
    this.#deadline = setTimeout(() => this.#watchEnd(), ms).unref();
  }

  #schedule(ms: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(
      () => {
        this.#running = this.#renew();
      },
      Math.min(ms, MAX_TIMER_MS),
    ).unref();
  }

  async #renew(): Promise<void> {
    this.#watchEnd();
    if (this.#hasEnded) return;
    const { leaseMs, remainingMs } = this.#lease;
    this.#ending ??= new AbortController();
    const { signal } = this.#ending;
    const deadlineMs = Math.max(1, Math.min(leaseMs / 3, remainingMs));
    const outcome = await this.#lease.renew({ deadlineMs, signal }).catch((error: unknown) => {
      if (!this.#hasEnded) notify(this.#options.onError, asError(error));
      return "failed" as const;
    });
    if (this.#hasEnded) return;
    switch (outcome) {
      case "renewed":
        return this.#schedule(this.#lease.renewInMs);
      case "failed":
        return this.#schedule((leaseMs / 20) * (0.5 + Math.random()));
      case "lost":
        return this.#reportLoss();
    }
  }

  #reportLoss(): void {
    this.end();
    this.#options.onLost();
  }
}
