import type { Tenant } from "../../generated/ts/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { pause } from "../core/wake-signal.js";
import type { ClaimLease } from "./claim-lease.js";

interface ClaimCompletionOptions {
  readonly queue: string;
  readonly claim: string;
  readonly leaseMs: number;
  readonly onError: OnError | undefined;
}

/**
 * Tells Redis what became of a claim's items. Every call is safe to make again, so a lost answer is asked for
 * again for as long as a lease; then the items come again. Nothing is told once the lease is lost.
 */
export class ClaimCompletion {
  readonly #expiry: Tenant["expiry"];
  readonly #options: ClaimCompletionOptions;
  readonly #lease: ClaimLease;
  readonly #never = new AbortController();

  constructor(expiry: Tenant["expiry"], options: ClaimCompletionOptions, lease: ClaimLease) {
    this.#expiry = expiry;
    this.#options = options;
    this.#lease = lease;
  }

  ack(items: readonly string[]): Promise<boolean> {
    return this.#tell(items, (names) => this.#expiry.ack(names));
  }

  /** Those that nobody has tried: the claim does not count. */
  giveBack(items: readonly string[]): Promise<boolean> {
    return this.#tell(items, (names) => this.#expiry.retry({ ...names, delayMs: 1, untried: true }));
  }

  retry(delayMs: number, items: readonly string[]): Promise<boolean> {
    return this.#tell(items, (names) => this.#expiry.retry({ ...names, delayMs }));
  }

  deadLetter(reason: string, items: readonly string[]): Promise<boolean> {
    return this.#tell(items, (names) => this.#expiry.deadLetter({ ...names, reason }));
  }

  /** Whether Redis took it. */
  async #tell(
    items: readonly string[],
    call: (names: { queue: string; claim: string; items: readonly string[] }) => Promise<{ outcome: string }>,
  ): Promise<boolean> {
    const { queue, claim, leaseMs, onError } = this.#options;
    const endsAt = performance.now() + leaseMs;
    for (let failures = 1; items.length > 0 && !this.#lease.lost; failures++) {
      try {
        const { outcome } = await call({ queue, claim, items });
        if (outcome === "lost") this.#lease.lose();
        return outcome !== "lost";
      } catch (error) {
        notify(onError, asError(error));
        const delayMs = backoffMs(failures, redisBackoff);
        if (performance.now() + delayMs >= endsAt) return false;
        await pause(delayMs, this.#never.signal);
      }
    }
    return false;
  }
}
