import { randomUUID } from "node:crypto";
import { keys, types } from "../../generated/ts/index.js";
import { AbortedError, ArgumentError, type Listening, LostError } from "../client/index.js";
import { readFrom } from "../client/reading.js";
import { backoffMs, checkedGrowth, type Growth, redisGrowth } from "./backoff.js";
import { Bell, endsWithin, pause } from "./bell.js";
import { ClaimLease } from "./claim-lease.js";
import { checkedInteger, graceOf, longestMs } from "./options.js";
import { type Redriven, type RedriveOptions, redrive } from "./redrive.js";
import { asError, tell } from "./report.js";
import { Settlement } from "./settlement.js";
import type { JobTenant } from "./tenant.js";
import { type ClaimedItem, type Limits, sortClaimed, verdictsOf, verdictsOfFailure } from "./verdicts.js";
import type {
  ClaimContext,
  ExpiryWorker,
  ExpiryWorkerOptions,
  ExpiryWorkerStatus,
  StopOptions,
} from "./worker.js";

/**
 * A worker over a set of items that come due: it claims them, hands them to `handle`, and acknowledges them.
 * It sleeps until the next one is due by Redis's clock, and is woken by an earlier one. Run as many as you like.
 *
 * ```ts
 * const worker = createExpiryWorker(acme, {
 *   set: "offers",
 *   handle: async (items, { signal }) => database.expire(items.map(({ item }) => item), signal),
 * });
 * worker.start();
 * ```
 *
 * @throws ArgumentError for options out of bounds
 */
export function createExpiryWorker(tenant: JobTenant, options: ExpiryWorkerOptions): ExpiryWorker {
  return readFrom("options", () => new Worker(tenant, options));
}

const defaultGrowth: Growth = { firstMs: 1_000, mostMs: 900_000, factor: 4 };
/** How long a handler may take to heed its signal. */
const heedMs = 1_000;

class Worker implements ExpiryWorker {
  readonly #tenant: JobTenant;
  readonly #options: ExpiryWorkerOptions;
  readonly #limit: number;
  readonly #leaseMs: number;
  readonly #maxSleepMs: number;
  readonly #limits: Limits;
  readonly #bell = new Bell();
  readonly #stopping = new AbortController();
  readonly #tally = { done: 0, retried: 0, parked: 0, lost: 0 };
  #loop: Promise<void> | undefined;
  #listening: Listening | undefined;
  #lease: ClaimLease | undefined;
  #inHand = 0;
  #over = false;

  constructor(tenant: JobTenant, options: ExpiryWorkerOptions) {
    const { limit = 100, leaseMs = 30_000, maxAttempts = 5, maxSleepMs = 60_000 } = options;
    this.#tenant = tenant;
    this.#options = options;
    this.#limit = checkedInteger("limit", limit, 1, 1_000);
    this.#leaseMs = checkedInteger("leaseMs", leaseMs, 10, longestMs);
    this.#maxSleepMs = checkedInteger("maxSleepMs", maxSleepMs, 1, longestMs);
    types.id.encode("set", options.set);
    if (typeof options.handle !== "function") throw new ArgumentError("handle", "a function");
    if (maxAttempts !== Number.POSITIVE_INFINITY) checkedInteger("maxAttempts", maxAttempts, 1, 1_000_000);
    this.#limits = { maxAttempts, retryGrowth: checkedGrowth(options.retryDelayMs ?? defaultGrowth) };
  }

  start(): void {
    if (this.#loop || this.#stopping.signal.aborted) return;
    const channel = keys.due(this.#tenant.scope, this.#options.set);
    const wake = () => this.#bell.ring();
    this.#listening = this.#tenant.listen(channel, wake);
    // What came due earlier before anybody listened.
    this.#listening.ready.then(wake, () => undefined);
    this.#loop = this.#run();
  }

  async stop(options?: StopOptions): Promise<"finished" | "left"> {
    const graceMs = graceOf(options);
    this.#stopping.abort();
    this.#bell.ring();
    this.#listening?.stop();
    const loop = this.#loop ?? Promise.resolve();
    if (await endsWithin(loop, graceMs)) return "finished";
    this.#lease?.interrupt(new AbortedError("the worker was stopped"));
    if (await endsWithin(loop, heedMs)) return "finished";
    this.#lease?.end();
    return "left";
  }

  redrive(options?: RedriveOptions): Promise<Redriven> {
    return redrive(this.#tenant, this.#options.set, options);
  }

  status(): ExpiryWorkerStatus {
    return { state: this.#state(), inHand: this.#inHand, ...this.#tally };
  }

  #state(): ExpiryWorkerStatus["state"] {
    if (this.#over || (this.#stopping.signal.aborted && !this.#loop)) return "stopped";
    if (this.#stopping.signal.aborted) return "stopping";
    if (!this.#loop) return "new";
    return this.#inHand > 0 ? "working" : "asleep";
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const sleepMs = await this.#claimOnce();
      if (sleepMs > 0 && !this.#stopping.signal.aborted) await this.#bell.wait(sleepMs);
    }
    this.#over = true;
  }

  /** Claims and works on what is due. Answers how long to sleep until there may be more. */
  async #claimOnce(): Promise<number> {
    const { set } = this.#options;
    const { expiry } = this.#tenant;
    const claim = randomUUID();
    for (let failures = 1; !this.#stopping.signal.aborted; failures++) {
      try {
        let sentAt = performance.now();
        // A claim whose answer was lost is asked for again by its name, and gives the same items.
        const reply = await expiry.claim({ set, claim, limit: this.#limit, leaseMs: this.#leaseMs });
        if (reply.outcome === "idle") {
          return Math.max(1, Math.min(reply.waitMs ?? this.#maxSleepMs, this.#maxSleepMs));
        }
        // The lease may have begun with an earlier attempt.
        let known = failures === 1;
        // An answer may be so long on its way that the lease is over when it comes.
        while (!known || performance.now() >= sentAt + this.#leaseMs) {
          if (known && this.#stopping.signal.aborted) return 0;
          sentAt = performance.now();
          const renewal = await expiry.renew({ set, claim, leaseMs: this.#leaseMs });
          if (renewal.outcome === "lost") return 0;
          known = true;
        }
        await this.#work(reply.items, claim, sentAt, reply.leaseEndsMs);
        return 0;
      } catch (error) {
        tell(this.#options.onError, asError(error));
        await pause(backoffMs(failures, redisGrowth), this.#stopping.signal);
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
    const { set, onError } = this.#options;
    const { expiry } = this.#tenant;
    const lease = new ClaimLease({
      leaseMs: this.#leaseMs,
      sentAt,
      onError,
      renew: async (deadlineMs) =>
        (await expiry.renew({ set, claim, leaseMs: this.#leaseMs }, { deadlineMs })).outcome,
    });
    const settlement = new Settlement(expiry, { set, claim, leaseMs: this.#leaseMs, onError }, lease);
    this.#lease = lease;
    this.#inHand = items.length;
    try {
      await this.#workThrough(items, { signal: lease.signal, claim, leaseEndsMs }, settlement);
    } finally {
      lease.end();
      this.#lease = undefined;
      this.#inHand = 0;
    }
    if (!lease.lost) return;
    this.#tally.lost++;
    tell(onError, new LostError("the lease of a claim ended before its work did"));
  }

  async #workThrough(
    items: readonly ClaimedItem[],
    context: ClaimContext,
    settlement: Settlement,
  ): Promise<void> {
    const { hopeless, batches } = sortClaimed(items, this.#limits.maxAttempts);
    if (hopeless.length > 0) await this.#park(settlement, "no worker came to an end with it", hopeless);
    for (const [position, batch] of batches.entries()) {
      if (context.signal.aborted || this.#stopping.signal.aborted) {
        await settlement.giveBack(batches.slice(position).flat().map(nameOf));
        return;
      }
      await this.#workOn(batch, context, settlement);
      this.#inHand -= batch.length;
    }
  }

  async #workOn(batch: readonly ClaimedItem[], context: ClaimContext, settlement: Settlement): Promise<void> {
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
      return verdictsOf(batch, outcomes ?? [], this.#limits);
    } catch (error) {
      if (context.signal.aborted) return "interrupted";
      tell(this.#options.onError, asError(error));
      return verdictsOfFailure(batch, error, this.#limits);
    }
  }

  async #park(
    settlement: Settlement,
    reason: string,
    items: readonly { readonly item: string }[],
  ): Promise<void> {
    const names = items.map(nameOf);
    if (!(await settlement.park(reason, names))) return;
    this.#tally.parked += names.length;
    tell(this.#options.onParked, names, reason);
  }
}

function nameOf({ item }: { readonly item: string }): string {
  return item;
}
