import type { Tenant } from "../../generated/ts/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { type ErrorCode, MoonpathError } from "../core/errors.js";
import type { LeaseGroup } from "../core/lease/lease-group.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { pause } from "../core/wait.js";

/** Names a claim. */
export interface ClaimName {
  readonly queue: string;
  readonly queueShard: string;
  readonly claim: string;
}

interface ClaimCompletionOptions {
  readonly name: ClaimName;
  readonly leaseMs: number;
  readonly onError: OnError | undefined;
}

/** A second call would end in the same way. */
const nonRetryable: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["ARGUMENT", "CLOSED", "NO_PERMISSION"]);

/** The items of one call, and the claim that holds them. */
interface ClaimedNames extends ClaimName {
  readonly items: readonly string[];
}

/**
 * Reports the results of a claim's items to Redis. Each call is safe to repeat, so it retries for
 * the time of a lease, unless no retry can succeed. After that, another worker gets the items. It
 * reports nothing after the lease is lost.
 */
export class ClaimCompletion {
  readonly #expiry: Tenant["expiry"];
  readonly #options: ClaimCompletionOptions;
  readonly #leases: LeaseGroup;

  constructor(expiry: Tenant["expiry"], options: ClaimCompletionOptions, leases: LeaseGroup) {
    this.#expiry = expiry;
    this.#options = options;
    this.#leases = leases;
  }

  ack(items: readonly string[]): Promise<boolean> {
    return this.#report(items, (names) => this.#expiry.ack(names));
  }

  /** Returns items that the worker has not tried. This claim does not count as an attempt. */
  returnUntried(items: readonly string[]): Promise<boolean> {
    return this.#report(items, (names) => this.#expiry.retry({ ...names, delayMs: 1, untried: true }));
  }

  retry(delayMs: number, items: readonly string[]): Promise<boolean> {
    return this.#report(items, (names) => this.#expiry.retry({ ...names, delayMs }));
  }

  deadLetter(reason: string, items: readonly string[]): Promise<boolean> {
    return this.#report(items, (names) => this.#expiry.deadLetter({ ...names, reason }));
  }

  /** Whether Redis accepted the report. */
  async #report(
    items: readonly string[],
    call: (names: ClaimedNames) => Promise<{ readonly outcome: string }>,
  ): Promise<boolean> {
    const { name, leaseMs, onError } = this.#options;
    const endsAt = performance.now() + leaseMs;
    for (let failures = 1; items.length > 0 && !this.#leases.checkLost(); failures++) {
      try {
        const { outcome } = await call({ ...name, items });
        if (outcome === "lost") this.#leases.markLost();
        return outcome !== "lost";
      } catch (error) {
        notify(onError, asError(error));
        if (error instanceof MoonpathError && nonRetryable.has(error.code)) return false;
        const delayMs = backoffMs(failures, redisBackoff);
        if (performance.now() + delayMs >= endsAt) return false;
        await pause(delayMs, new AbortController().signal);
      }
    }
    return false;
  }
}
