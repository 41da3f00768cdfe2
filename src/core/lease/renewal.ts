import { LONGEST_MS } from "../../lock/defaults.js";
import type { RenewableLease } from "../../lock/lease.js";

/** Renews a lease by itself until `end()`, and tells once if it is lost. Holds no process open. */
export class Renewal {
  readonly #lease: RenewableLease;
  readonly #onLost: () => void;
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> = Promise.resolve();
  #isStopped = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(lease: RenewableLease, onLost: () => void) {
    this.#lease = lease;
    this.#onLost = onLost;
    this.#watch();
    this.#later(lease.renewInMs);
  }

  /** Renews no more; one that is under way is waited for. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#underWay;
  }

  end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#ending.abort();
  }

  #watch(): void {
    if (this.#lease.isOver) {
      this.#lose();
      return;
    }
    // One more, since timers may fire a fraction of a millisecond early.
    const ms = Math.min(this.#lease.remainingMs + 1, LONGEST_MS);
    this.#deadline = setTimeout(() => this.#watch(), ms).unref();
  }

  #later(ms: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#underWay = this.#renew();
    }, ms).unref();
  }

  async #renew(): Promise<void> {
    const { leaseMs, remainingMs } = this.#lease;
    const { signal } = this.#ending;
    const deadlineMs = Math.max(1, Math.min(leaseMs / 3, remainingMs));
    const outcome = await this.#lease.renew({ deadlineMs, signal }).catch(() => "failed" as const);
    if (signal.aborted) return;
    switch (outcome) {
      case "renewed":
        return this.#later(this.#lease.renewInMs);
      case "failed":
        return this.#later((leaseMs / 20) * (0.5 + Math.random()));
      case "lost":
        return this.#lose();
    }
  }

  #lose(): void {
    this.end();
    this.#onLost();
  }
}
