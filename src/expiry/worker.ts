import { randomUUID } from "node:crypto";
import { keys, types } from "../../generated/ts/index.js";
import type { Listening } from "../client/index.js";
import { type BackoffOptions, backoffMs, checkedBackoff, redisBackoff } from "../core/backoff.js";
import { checkedInteger, graceMsOf } from "../core/checks.js";
import { AbortedError, ArgumentError, UnavailableError } from "../core/errors.js";
import { Lease } from "../core/lease/lease.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { asError, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { endsWithin, pause } from "../core/wait.js";
import { WakeSignal } from "../core/wake-signal.js";
import { ClaimRun } from "./claim-run.js";
import { expiryDefaults as defaults } from "./defaults.js";
import type { AttemptLimits, ClaimedItem } from "./item-results.js";
import type { ExpiryWorker, ExpiryWorkerOptions, ExpiryWorkerStatus, StopOptions } from "./options.js";
import { type Redriven, type RedriveOptions, redrive } from "./redrive.js";
import type { ExpiryTenant } from "./tenant.js";

/**
 * Makes a worker for the due items of a queue. It claims them, passes them to `handle`, and
 * acknowledges them. It sleeps until the next item is due by Redis's clock. A message wakes it for
 * an earlier item. You can run any number of workers.
 *
 * ```ts
 * const worker = createExpiryWorker(acme, {
 *   queue: "offers",
 *   handle: async (items, { signal }) => database.expire(items.map(({ item }) => item), signal),
 * });
 * worker.start();
 * ```
 *
 * @throws ArgumentError if an option is out of bounds
 */
export function createExpiryWorker(tenant: ExpiryTenant, options: ExpiryWorkerOptions): ExpiryWorker {
  return readFrom("options", () => new QueueWorker(tenant, options));
}

const defaultBackoff: BackoffOptions = {
  firstMs: defaults.retryFirstMs.value,
  maxMs: defaults.retryMaxMs.value,
  factor: defaults.retryFactor.value,
};
/** More stale replies in a row mean that other calls with the same claim go on elsewhere. */
const maxStaleReplies = 3;
/** How long a handler may run after its signal has aborted. */
const abortGraceMs = defaults.abortGraceMs.value;

class QueueWorker implements ExpiryWorker {
  readonly #tenant: ExpiryTenant;
  readonly #options: ExpiryWorkerOptions;
  readonly #limit: number;
  readonly #leaseMs: number;
  readonly #maxSleepMs: number;
  readonly #limits: AttemptLimits;
  readonly #wakeSignal = new WakeSignal();
  readonly #stopping = new AbortController();
  readonly #counts = { done: 0, retried: 0, deadLettered: 0, lost: 0 };
  #loop: Promise<void> | undefined;
  #listening: Listening | undefined;
  #run: ClaimRun | undefined;
  #hasStopped = false;

  constructor(tenant: ExpiryTenant, options: ExpiryWorkerOptions) {
    const { limit = defaults.limit.value, leaseMs = defaults.leaseMs.value } = options;
    const { maxAttempts = defaults.maxAttempts.value, maxSleepMs = defaults.maxSleepMs.value } = options;
    this.#tenant = tenant;
    this.#options = options;
    this.#limit = checkedInteger("limit", limit, 1, defaults.maxLimit.value);
    this.#leaseMs = checkedInteger("leaseMs", leaseMs, defaults.minLeaseMs.value, MAX_DURATION_MS);
    this.#maxSleepMs = checkedInteger("maxSleepMs", maxSleepMs, 1, MAX_DURATION_MS);
    types.id.encode("queue", options.queue);
    if (typeof options.handle !== "function") throw new ArgumentError("handle", "a function");
    if (maxAttempts !== Number.POSITIVE_INFINITY) checkedInteger("maxAttempts", maxAttempts, 1, 1_000_000);
    this.#limits = { maxAttempts, retryBackoff: checkedBackoff(options.retryDelayMs ?? defaultBackoff) };
  }

  start(): void {
    if (this.#loop || this.#stopping.signal.aborted) return;
    const channel = keys.due(this.#tenant.scope, this.#options.queue);
    const wake = () => this.#wakeSignal.wake();
    this.#listening = this.#tenant.listen(channel, wake);
    // Before the subscription was ready, an earlier item may have been tracked.
    this.#listening.ready.then(wake, () => undefined);
    this.#loop = this.#claimUntilStopped();
  }

  async stop(options?: StopOptions): Promise<"finished" | "timedOut"> {
    const graceMs = graceMsOf(options, defaults.graceMs.value);
    this.#stopping.abort();
    this.#wakeSignal.wake();
    this.#listening?.stop();
    const loop = this.#loop ?? Promise.resolve();
    if (await endsWithin(loop, graceMs)) return "finished";
    this.#run?.interrupt(new AbortedError("the worker was stopped"));
    if (await endsWithin(loop, abortGraceMs)) return "finished";
    void this.#run?.stopRenewals();
    return "timedOut";
  }

  redrive(options?: RedriveOptions): Promise<Redriven> {
    return redrive(this.#tenant, this.#options.queue, options);
  }

  status(): ExpiryWorkerStatus {
    return { state: this.#state(), inFlight: this.#run?.inFlight ?? 0, ...this.#counts };
  }

  #state(): ExpiryWorkerStatus["state"] {
    if (this.#hasStopped || (this.#stopping.signal.aborted && !this.#loop)) return "stopped";
    if (this.#stopping.signal.aborted) return "stopping";
    if (!this.#loop) return "new";
    return this.#run ? "working" : "asleep";
  }

  async #claimUntilStopped(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const sleepMs = await this.#claimOnce();
      if (sleepMs > 0 && !this.#stopping.signal.aborted) await this.#wakeSignal.wait(sleepMs);
    }
    this.#hasStopped = true;
  }

  /**
   * Claims and handles what is due. Resolves with the milliseconds to sleep until more may be due.
   */
  async #claimOnce(): Promise<number> {
    const { queue } = this.#options;
    const { expiry } = this.#tenant;
    const claim = randomUUID();
    for (let failures = 1; !this.#stopping.signal.aborted; failures++) {
      try {
        const sentAt = performance.now();
        // If the reply of a claim is lost, the same claim is sent again and returns the same items.
        const reply = await expiry.claim({ queue, claim, limit: this.#limit, leaseMs: this.#leaseMs });
        if (reply.outcome === "idle") {
          return Math.max(1, Math.min(reply.waitMs ?? this.#maxSleepMs, this.#maxSleepMs));
        }
        // The reply was lost, and the lease ended before a retry got this one.
        if (reply.outcome === "ended") return 0;
        const lease = this.#leaseOf(claim, reply.leaseEndsMs, sentAt);
        // The lease may have begun with an earlier attempt.
        let isKnown = failures === 1;
        // A reply may take so long that the lease has ended when it arrives.
        while (!isKnown || lease.hasEnded) {
          if (isKnown && this.#stopping.signal.aborted) return 0;
          if ((await lease.renew()) === "lost") return 0;
          isKnown = true;
        }
        await this.#handle(reply.items, claim, lease, reply.leaseEndsMs);
        return 0;
      } catch (error) {
        notify(this.#options.onError, asError(error));
        await pause(backoffMs(failures, redisBackoff), this.#stopping.signal);
      }
    }
    return 0;
  }

  #leaseOf(claim: string, claimedEndsMs: number, sentAt: number): Lease {
    const { queue } = this.#options;
    const { expiry } = this.#tenant;
    const leaseMs = this.#leaseMs;
    let leaseEndsMs = claimedEndsMs;
    return new Lease({
      leaseMs,
      sentAt,
      renew: async (limits) => {
        for (let replies = 0; replies < maxStaleReplies; replies++) {
          const reply = await expiry.renew({ queue, claim, leaseEndsMs, leaseMs }, limits);
          if (reply.outcome === "lost") return "lost";
          leaseEndsMs = reply.leaseEndsMs;
          if (reply.outcome === "renewed") return "renewed";
          // An earlier renewal without an answer has run, at an unknown time. So the lease is renewed
          // again, from now on.
        }
        throw new UnavailableError("other calls renewed the claim's lease at the same time");
      },
    });
  }

  async #handle(
    items: readonly ClaimedItem[],
    claim: string,
    lease: Lease,
    leaseEndsMs: number,
  ): Promise<void> {
    const run = new ClaimRun(this.#tenant.expiry, this.#options, {
      claim,
      lease,
      leaseEndsMs,
      limits: this.#limits,
      stopping: this.#stopping.signal,
      counts: this.#counts,
    });
    this.#run = run;
    try {
      await run.handleAll(items);
    } finally {
      this.#run = undefined;
    }
  }
}
