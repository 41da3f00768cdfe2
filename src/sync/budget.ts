import { syncDefaults as defaults } from "./defaults.js";

/**
 * Limits the retries to one host. Each call saves up a tenth of a retry. While the host says that it is
 * overloaded, each retry takes one: so all retries together are at most 10 % of the calls. At other
 * times retries take nothing, because `maxAttempts` bounds them.
 */
export class RetryBudget {
  /** In percent of a retry, so that the sum is exact. */
  #saved = 0;
  #overloadedUntil = Number.NEGATIVE_INFINITY;

  noteCall(): void {
    this.#saved = Math.min(this.#saved + defaults.budgetPercent.value, defaults.budgetBurst.value * 100);
  }

  /** The host has answered with 429 or 503, or has not answered in time. */
  noteOverload(nowMs: number): void {
    this.#overloadedUntil = nowMs + defaults.overloadMs.value;
  }

  /** Whether a retry may be made now. */
  take(nowMs: number): boolean {
    if (nowMs >= this.#overloadedUntil) return true;
    if (this.#saved < 100) return false;
    this.#saved -= 100;
    return true;
  }
}
