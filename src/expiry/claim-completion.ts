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

  async ack(items: readonly string[]): Promise<boolean> {
    return (await this.#report(items, (names) => this.#expiry.ack(names))) !== undefined;
  }

  /** Returns items that the worker has not tried. This claim does not count as an attempt. */
  async returnUntried(items: readonly string[]): Promise<boolean> {
    const returned = { delayMs: 1, untried: true };
    return (
      (await this.#report(items, (names) => this.#expiry.retry({ ...names, ...returned }))) !== undefined
    );
  }

  async retry(delayMs: number, items: readonly string[]): Promise<boolean> {
    return (await this.#report(items, (names) => this.#expiry.retry({ ...names, delayMs }))) !== undefined;
  }

  /** The items that are dead now. Those that were tracked during the claim are due again instead. */
  async deadLetter(reason: string, items: readonly string[]): Promise<readonly string[]> {
    const reply = await this.#report(items, (names) => this.#expiry.deadLetter({ ...names, reason }));
    if (reply?.outcome !== "dead_lettered") return [];
    const alive = new Set(reply.again);
    return items.filter((item) => !alive.has(item));
  }

  /** The reply if Redis accepted the report; undefined if not. */
  async #report<Reply extends { readonly outcome: string }>(
    items: readonly string[],
    call: (names: ClaimedNames) => Promise<Reply>,
  ): Promise<Reply | undefined> {
    const { name, leaseMs, onError } = this.#options;
    const endsAt = performance.now() + leaseMs;
    for (let failures = 1; items.length > 0 && !this.#leases.checkLost(); failures++) {
      try {
        const reply = await call({ ...name, items });
        if (reply.outcome !== "lost") return reply;
        this.#leases.markLost();
        return undefined;
      } catch (error) {
        notify(onError, asError(error));
        if (error instanceof MoonpathError && nonRetryable.has(error.code)) return undefined;
        const delayMs = backoffMs(failures, redisBackoff);
        if (performance.now() + delayMs >= endsAt) return undefined;
        await pause(delayMs, new AbortController().signal);
      }
    }
    return undefined;
  }
}
