import { randomUUID } from "node:crypto";
import { keys, types } from "../../generated/ts/index.js";
import { AbortedError, ArgumentError, type Listening, LostError } from "../client/index.js";
import { type BackoffOptions, backoffMs, checkedBackoff, redisBackoff } from "../core/backoff.js";
import { asError, notify } from "../core/notify.js";
import { checkedInteger, graceOf, MAX_LEASE_MS } from "../core/options.js";
import { readFrom } from "../core/read-from.js";
import { endsWithin, pause, WakeSignal } from "../core/wake-signal.js";
import { ClaimCompletion } from "./claim-completion.js";
import { ClaimLease } from "./claim-lease.js";
import {
  type AttemptLimits,
  type ClaimedItem,
  resultsOf,
  resultsOfFailure,
  sortClaimed,
} from "./item-results.js";
import type {
  ClaimContext,
  ExpiryWorker,
  ExpiryWorkerOptions,
  ExpiryWorkerStatus,
  StopOptions,
} from "./options.js";
import { type Redriven, type RedriveOptions, redrive } from "./redrive.js";
import type { ExpiryTenant } from "./tenant.js";

/**
 * A worker over a set of items that come due: it claims them, hands them to `handle`, and acknowledges them.
 * It sleeps until the next one is due by Redis's clock, and is woken by an earlier one. Run as many as you like.
 *
 * ```ts
 * const worker = createExpiryWorker(acme, {
 *   queue: "offers",
 *   handle: async (items, { signal }) => database.expire(items.map(({ item }) => item), signal),
 * });
 * worker.start();
 * ```
 *
 * @throws ArgumentError for options out of bounds
 */
export function createExpiryWorker(tenant: ExpiryTenant, options: ExpiryWorkerOptions): ExpiryWorker {
  return readFrom("options", () => new QueueWorker(tenant, options));
}

const defaultBackoff: BackoffOptions = { firstMs: 1_000, maxMs: 900_000, factor: 4 };
/** How long a handler may take to heed its signal. */
const abortGraceMs = 1_000;

class QueueWorker implements ExpiryWorker {
  readonly #tenant: ExpiryTenant;
  readonly #options: ExpiryWorkerOptions;
  readonly #limit: number;
  readonly #leaseMs: number;
  readonly #maxSleepMs: number;
  readonly #limits: AttemptLimits;
  readonly #wakeSignal = new WakeSignal();
  readonly #stopping = new AbortController();
  readonly #tally = { done: 0, retried: 0, deadLettered: 0, lost: 0 };
  #loop: Promise<void> | undefined;
  #listening: Listening | undefined;
  #lease: ClaimLease | undefined;
  #inFlight = 0;
  #over = false;

  constructor(tenant: ExpiryTenant, options: ExpiryWorkerOptions) {
    const { limit = 100, leaseMs = 30_000, maxAttempts = 5, maxSleepMs = 60_000 } = options;
    this.#tenant = tenant;
    this.#options = options;
    this.#limit = checkedInteger("limit", limit, 1, 1_000);
    this.#leaseMs = checkedInteger("leaseMs", leaseMs, 10, MAX_LEASE_MS);
    this.#maxSleepMs = checkedInteger("maxSleepMs", maxSleepMs, 1, MAX_LEASE_MS);
    types.id.encode("set", options.queue);
    if (typeof options.handle !== "function") throw new ArgumentError("handle", "a function");
    if (maxAttempts !== Number.POSITIVE_INFINITY) checkedInteger("maxAttempts", maxAttempts, 1, 1_000_000);
    this.#limits = { maxAttempts, retryBackoff: checkedBackoff(options.retryDelayMs ?? defaultBackoff) };
  }

  start(): void {
    if (this.#loop || this.#stopping.signal.aborted) return;
    const channel = keys.due(this.#tenant.scope, this.#options.queue);
    const wake = () => this.#wakeSignal.wake();
    this.#listening = this.#tenant.listen(channel, wake);
    // What came due earlier before anybody listened.
    this.#listening.ready.then(wake, () => undefined);
    this.#loop = this.#run();
  }

  async stop(options?: StopOptions): Promise<"finished" | "left"> {
    const graceMs = graceOf(options);
    this.#stopping.abort();
    this.#wakeSignal.wake();
    this.#listening?.stop();
    const loop = this.#loop ?? Promise.resolve();
    if (await endsWithin(loop, graceMs)) return "finished";
    this.#lease?.interrupt(new AbortedError("the worker was stopped"));
    if (await endsWithin(loop, abortGraceMs)) return "finished";
    this.#lease?.end();
    return "left";
  }

  redrive(options?: RedriveOptions): Promise<Redriven> {
    return redrive(this.#tenant, this.#options.queue, options);
  }

  status(): ExpiryWorkerStatus {
    return { state: this.#state(), inFlight: this.#inFlight, ...this.#tally };
  }

  #state(): ExpiryWorkerStatus["state"] {
    if (this.#over || (this.#stopping.signal.aborted && !this.#loop)) return "stopped";
    if (this.#stopping.signal.aborted) return "stopping";
    if (!this.#loop) return "new";
    return this.#inFlight > 0 ? "working" : "asleep";
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const sleepMs = await this.#claimOnce();
      if (sleepMs > 0 && !this.#stopping.signal.aborted) await this.#wakeSignal.wait(sleepMs);
    }
    this.#over = true;
  }

  /** Claims and works on what is due. Answers how long to sleep until there may be more. */
  async #claimOnce(): Promise<number> {
    const { queue } = this.#options;
    const { expiry } = this.#tenant;
    const claim = randomUUID();
    for (let failures = 1; !this.#stopping.signal.aborted; failures++) {
      try {
        let sentAt = performance.now();
        // A claim whose answer was lost is asked for again by its name, and gives the same items.
        const reply = await expiry.claim({ queue: queue, claim, limit: this.#limit, leaseMs: this.#leaseMs });
        if (reply.outcome === "idle") {
          return Math.max(1, Math.min(reply.waitMs ?? this.#maxSleepMs, this.#maxSleepMs));
        }
        // The lease may have begun with an earlier attempt.
        let known = failures === 1;
        // An answer may be so long on its way that the lease is over when it comes.
        while (!known || performance.now() >= sentAt + this.#leaseMs) {
          if (known && this.#stopping.signal.aborted) return 0;
          sentAt = performance.now();
          const renewal = await expiry.renew({ queue: queue, claim, leaseMs: this.#leaseMs });
          if (renewal.outcome === "lost") return 0;
          known = true;
        }
        await this.#work(reply.items, claim, sentAt, reply.leaseEndsMs);
        return 0;
      } catch (error) {
        notify(this.#options.onError, asError(error));
        await pause(backoffMs(failures, redisBackoff), this.#stopping.signal);
      }
    }
    return 0;
  }

  async #work(
    items: readonly ClaimedItem[],
    claim: string,
    sentAt: number,
    leaseEndsMs: number,
  ): Promise<void> {
    const { queue, onError } = this.#options;
    const { expiry } = this.#tenant;
    const lease = new ClaimLease({
      leaseMs: this.#leaseMs,
      sentAt,
      onError,
      renew: async (deadlineMs) =>
        (await expiry.renew({ queue: queue, claim, leaseMs: this.#leaseMs }, { deadlineMs })).outcome,
    });
    const settlement = new ClaimCompletion(
      expiry,
      { queue: queue, claim, leaseMs: this.#leaseMs, onError },
      lease,
    );
    this.#lease = lease;
    this.#inFlight = items.length;
    try {
      await this.#workThrough(items, { signal: lease.signal, claim, leaseEndsMs }, settlement);
    } finally {
      lease.end();
      this.#lease = undefined;
      this.#inFlight = 0;
    }
    if (!lease.lost) return;
    this.#tally.lost++;
    notify(onError, new LostError("the lease of a claim ended before its work did"));
  }

  async #workThrough(
    items: readonly ClaimedItem[],
    context: ClaimContext,
    settlement: ClaimCompletion,
  ): Promise<void> {
    const { exhausted: hopeless, batches } = sortClaimed(items, this.#limits.maxAttempts);
    if (hopeless.length > 0) await this.#park(settlement, "no worker came to an end with it", hopeless);
    for (const [position, batch] of batches.entries()) {
      if (context.signal.aborted || this.#stopping.signal.aborted) {
        await settlement.giveBack(batches.slice(position).flat().map(nameOf));
        return;
      }
      await this.#workOn(batch, context, settlement);
      this.#inFlight -= batch.length;
    }
  }

  async #workOn(
    batch: readonly ClaimedItem[],
    context: ClaimContext,
    settlement: ClaimCompletion,
  ): Promise<void> {
    const verdicts = await this.#verdicts(batch, context);
    if (verdicts === "interrupted") {
      await settlement.retry(1, batch.map(nameOf));
      return;
    }
    if (await settlement.ack(verdicts.done)) this.#tally.done += verdicts.done.length;
    for (const [delayMs, names] of verdicts.retry) {
      if (await settlement.retry(delayMs, names)) this.#tally.retried += names.length;
    }
    for (const [reason, names] of verdicts.dead) {
      await this.#park(
        settlement,
        reason,
        names.map((item) => ({ item })),
      );
    }
  }

  async #verdicts(batch: readonly ClaimedItem[], context: ClaimContext) {
    try {
      const outcomes = await this.#options.handle(batch, context);
      return resultsOf(batch, outcomes ?? [], this.#limits);
    } catch (error) {
      if (context.signal.aborted) return "interrupted";
      notify(this.#options.onError, asError(error));
      return resultsOfFailure(batch, error, this.#limits);
    }
  }

  async #park(
    settlement: ClaimCompletion,
    reason: string,
    items: readonly { readonly item: string }[],
  ): Promise<void> {
    const names = items.map(nameOf);
    if (!(await settlement.deadLetter(reason, names))) return;
    this.#tally.deadLettered += names.length;
    notify(this.#options.onDeadLetter, names, reason);
  }
}

function nameOf({ item }: { readonly item: string }): string {
  return item;
}
