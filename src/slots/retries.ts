import { type BackoffOptions, backoffMs } from "../core/backoff.js";

interface Delay {
  failures: number;
  untilMs: number;
  dueMs: number;
}

/**
 * When members that failed are tried again. A member that was served and is still due at the same
 * time counts as failed, because it would be served in a loop.
 */
export class Retries {
  readonly #delays = new Map<string, Delay>();
  readonly #backoff: BackoffOptions;

  constructor(backoff: BackoffOptions) {
    this.#backoff = backoff;
  }

  /** When the member may be served, by `performance.now()`; 0 if at once. */
  waitsUntil(member: string, dueMs: number): number {
    const delay = this.#delays.get(member);
    return delay === undefined || delay.dueMs !== dueMs ? 0 : delay.untilMs;
  }

  failed(member: string, dueMs: number): void {
    const failures = (this.#delays.get(member)?.failures ?? 0) + 1;
    const untilMs = performance.now() + backoffMs(failures, this.#backoff);
    this.#delays.set(member, { failures, untilMs, dueMs });
  }

  succeeded(member: string): void {
    this.#delays.delete(member);
  }

  /** Forgets members that were not tried again, because another worker has served them. */
  prune(): void {
    const before = performance.now() - 2 * this.#backoff.maxMs;
    for (const [member, { untilMs }] of this.#delays) if (untilMs < before) this.#delays.delete(member);
  }
}
