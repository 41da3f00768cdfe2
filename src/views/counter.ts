import { randomInt, randomUUID } from "node:crypto";
import { type Tenant, types } from "../../generated/ts/index.js";
import { ArgumentError, type ErrorCode, MoonpathError } from "../client/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { checkedInteger, graceMsOf } from "../core/checks.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { asError, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { endsWithin } from "../core/wait.js";
import { WakeSignal } from "../core/wake-signal.js";
import { counterDefaults as defaults } from "./defaults.js";
import { checkedShards } from "./shards.js";

/** The options of `countViews`. All except `shards` may be left out. */
export interface ViewCounterOptions {
  /** The shards to share views out to; the same for all processes and for the view sync. */
  readonly shards: readonly string[];
  /** The longest that a view stays in the process. Default 1,000. */
  readonly flushMs?: number | undefined;
  /** Products in one batch, 1 to 1,000; so many are sent without waiting for `flushMs`. Default 500. */
  readonly maxProducts?: number | undefined;
  /** Batches that may wait for Redis to come back, 1 to 10,000. Default 100. */
  readonly maxBatches?: number | undefined;
  /** How long a batch of unknown outcome may be sent again. Default 600,000. */
  readonly rememberMs?: number | undefined;
  /** Receives errors of Redis and of batches that were dropped. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/** The counts of a view counter since it was made, in views. */
export interface ViewCounterStatus {
  /** Views counted here that Redis has not confirmed. */
  readonly waiting: number;
  /** Views that Redis has. */
  readonly sent: number;
  /** Views given up: there was no room for them, no answer in `rememberMs`, or Redis can never take their batch. */
  readonly dropped: number;
}

/** Counts views in this process and sends them to Redis in batches. */
export interface ViewCounter {
  /**
   * Counts views of a product. Never waits.
   *
   * @throws ArgumentError for a product that is no `id`, and for a count that is no whole number from 1 or takes
   * what waits of the product beyond 9 * 10^15; nothing of it is counted
   */
  add(product: string, count?: number): void;
  /** Sends what is gathered. Resolves when Redis has it, or after one failed attempt. */
  flush(): Promise<void>;
  /** Sends what is gathered, for at most `graceMs` (default 5,000); later views are dropped. */
  stop(options?: { readonly graceMs?: number | undefined }): Promise<ViewCounterStatus>;
  status(): ViewCounterStatus;
}

/**
 * Gathers page views in the process and sends them to Redis a batch at a time, each exactly once, to one shard
 * after the other, so that a hot product does not bind one slot. A process that dies loses what `status()` says
 * is waiting: at most `flushMs` of views while Redis answers.
 *
 * ```ts
 * const views = countViews(acme, { shards: viewShards(8) });
 * views.add("lamp");
 * ```
 *
 * @throws ArgumentError for options out of bounds
 */
export function countViews(tenant: Pick<Tenant, "views">, options: ViewCounterOptions): ViewCounter {
  return readFrom("options", () => new Counter(tenant, options));
}

/** The most views of one product that scripts take. */
const maxViews = 9_000_000_000_000_000;

/** What Redis says of a batch that it will never take. Sent again, it would only hold up those behind it. */
const nonRetryable: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["ARGUMENT", "WRONG_TYPE", "CORRUPT"]);

interface Batch {
  readonly operation: string;
  readonly shard: string;
  readonly views: readonly types.ProductViews[];
  readonly total: number;
  /** Since when it may have been counted, by `performance.now()`. */
  firstSentAt: number | undefined;
}

class Counter implements ViewCounter {
  readonly #tenant: Pick<Tenant, "views">;
  readonly #options: ViewCounterOptions;
  readonly #shards: readonly string[];
  readonly #flushMs: number;
  readonly #maxProducts: number;
  readonly #maxBatches: number;
  readonly #rememberMs: number;
  readonly #wakeSignal = new WakeSignal();
  readonly #loop: Promise<void>;
  #live = new Map<string, number>();
  #waiting: Batch[] = [];
  #turn: number;
  #sending: Promise<boolean> | undefined;
  #stopped = false;
  #failures = 0;
  #sent = 0;
  #dropped = 0;

  constructor(tenant: Pick<Tenant, "views">, options: ViewCounterOptions) {
    const { flushMs = defaults.flushMs.value, maxProducts = defaults.maxProducts.value } = options;
    const { maxBatches = defaults.maxBatches.value, rememberMs = defaults.rememberMs.value } = options;
    this.#tenant = tenant;
    this.#options = options;
    this.#shards = checkedShards(options.shards);
    this.#flushMs = checkedInteger("flushMs", flushMs, 1, MAX_DURATION_MS);
    this.#maxProducts = checkedInteger("maxProducts", maxProducts, 1, 1_000);
    this.#maxBatches = checkedInteger("maxBatches", maxBatches, 1, 10_000);
    this.#rememberMs = checkedInteger("rememberMs", rememberMs, 1_000, MAX_DURATION_MS);
    this.#turn = randomInt(this.#shards.length);
    this.#loop = this.#run();
  }

  add(product: string, count = 1): void {
    checkedInteger("count", count, 1, maxViews);
    const before = this.#live.get(product);
    // A name that Redis refuses would take its whole batch with it. One that is gathered already is known to be good.
    if (before === undefined) types.id.encode("product", product);
    else if (before + count > maxViews) {
      throw new ArgumentError("count", `with what waits of the product at most ${maxViews}`);
    }
    if (this.#stopped || (before === undefined && this.#live.size >= this.#room())) {
      this.#dropped += count;
      return;
    }
    this.#live.set(product, (before ?? 0) + count);
    if (this.#live.size >= this.#maxProducts) this.#wakeSignal.wake();
  }

  async flush(): Promise<void> {
    // A send under way began without the views that came in since.
    if (this.#sending && !(await this.#sending)) return;
    await this.#send();
  }

  async stop(options?: { readonly graceMs?: number | undefined }): Promise<ViewCounterStatus> {
    const graceMs = graceMsOf(options, defaults.graceMs.value);
    this.#stopped = true;
    this.#wakeSignal.wake();
    await endsWithin(this.#loop, graceMs);
    return this.status();
  }

  status(): ViewCounterStatus {
    const live = [...this.#live.values()].reduce((sum, count) => sum + count, 0);
    const waiting = this.#waiting.reduce((sum, { total }) => sum + total, live);
    return { waiting, sent: this.#sent, dropped: this.#dropped };
  }

  /** Products that may be gathered: as many as fit into the batches that are not waiting yet, and one more. */
  #room(): number {
    return this.#maxProducts * (this.#maxBatches - this.#waiting.length + 1);
  }

  /** Makes batches of what was gathered, as many as there is room for. */
  #gather(): void {
    const live = [...this.#live].map(([product, count]) => ({ product, count }));
    while (live.length > 0 && this.#waiting.length < this.#maxBatches) {
      const views = live.splice(0, this.#maxProducts);
      const total = views.reduce((sum, { count }) => sum + count, 0);
      const shard = this.#shards[this.#turn++ % this.#shards.length] ?? "";
      this.#waiting.push({ operation: randomUUID(), shard, views, total, firstSentAt: undefined });
    }
    this.#live = new Map(live.map(({ product, count }) => [product, count]));
  }

  async #run(): Promise<void> {
    // Stopped: a last round, and further ones while Redis refuses, for as long as the caller of stop waits.
    while (!this.#stopped || this.#live.size > 0 || this.#waiting.length > 0) {
      const delayMs = this.#failures > 0 ? backoffMs(this.#failures, redisBackoff) : this.#flushMs;
      if (!this.#stopped || this.#failures > 0) await this.#wakeSignal.wait(delayMs);
      await this.#send();
    }
  }

  /** One sender at a time, so that batches keep their order and their room. */
  #send(): Promise<boolean> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<boolean> {
    this.#gather();
    for (let batch = this.#waiting[0]; batch; batch = this.#waiting[0]) {
      if (!(await this.#sendOne(batch))) return false;
      this.#waiting.shift();
      this.#failures = 0;
    }
    return true;
  }

  /** Whether the batch is dealt with: Redis has it, or never will. */
  async #sendOne(batch: Batch): Promise<boolean> {
    const { operation, shard, views, total } = batch;
    const now = performance.now();
    if (now - (batch.firstSentAt ?? now) >= this.#rememberMs / 2) {
      // Sent once more, it could be counted twice.
      this.#dropped += total;
      return true;
    }
    batch.firstSentAt ??= now;
    try {
      await this.#tenant.views.add({ shard, operation, views, rememberMs: this.#rememberMs });
      this.#sent += total;
      return true;
    } catch (error) {
      notify(this.#options.onError, asError(error));
      if (error instanceof MoonpathError && nonRetryable.has(error.code)) {
        this.#dropped += total;
        return true;
      }
      this.#failures++;
      return false;
    }
  }
}
