import { randomInt, randomUUID } from "node:crypto";
import type { Tenant } from "../../generated/ts/index.js";
import * as types from "../../generated/ts/types.js";
import { ArgumentError, type ErrorCode, MoonpathError } from "../client/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { checkedInteger, checkTenant, graceMsOf } from "../core/checks.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { asError, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { stopsWithin } from "../core/wait.js";
import { WakeSignal } from "../core/wake-signal.js";
import { counterDefaults as defaults } from "./defaults.js";
import { checkedShards } from "./shards.js";

/** Options of `countViews`. Times are milliseconds. */
export interface ViewCounterOptions {
  /**
   * The shards that batches are sent to in turn; the same for all processes and for the view sync.
   */
  readonly shards: readonly string[];
  /** The longest time between two sends. At least 1, default 1,000. */
  readonly flushMs?: number | undefined;
  /** Products in one batch, 1 to 100. A full batch is sent before `flushMs`. Default 100. */
  readonly maxProducts?: number | undefined;
  /** Batches kept in memory while Redis does not answer, 1 to 10,000. Default 500. */
  readonly maxBatches?: number | undefined;
  /**
   * How long Redis remembers a batch. The counter retries a batch for half of this time and then
   * drops it, because a later retry could count twice. At least 1,000, default 600,000.
   */
  readonly rememberMs?: number | undefined;
  /** Receives each failed send. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/** Numbers of views since the counter was created. */
export interface ViewCounterStatus {
  /** Views counted in this process that Redis has not confirmed. */
  readonly waiting: number;
  /** Views that Redis confirmed. */
  readonly sent: number;
  /** Views lost: memory was full, retries ended, Redis rejects the batch, or after `stop`. */
  readonly dropped: number;
}

/** A counter, as `countViews` returns it. */
export interface ViewCounter {
  /**
   * Counts views of a product in memory. `count` is 1 by default.
   *
   * @throws ArgumentError for a product that is no `id`, for a count that is no whole number from
   * 1, and if the product's unsent views would exceed 9 * 10^15; nothing is counted
   */
  add(product: string, count?: number): void;
  /**
   * Sends all unsent views. Resolves when Redis has them, or after one failed attempt. Never
   * rejects.
   */
  flush(): Promise<void>;
  /**
   * Sends all unsent views, for at most `graceMs` milliseconds (default 5,000). Views that are
   * added later are dropped.
   *
   * @throws ArgumentError for a `graceMs` out of bounds
   */
  stop(options?: { readonly graceMs?: number | undefined }): Promise<ViewCounterStatus>;
  /** The counts of this process; makes no call. */
  status(): ViewCounterStatus;
}

/**
 * Counts page views in memory and sends them to Redis in batches. Redis counts each batch exactly
 * once. Batches go to the shards in turn, because a hot product would overload a single slot. A
 * process that dies loses the views that `status()` reports as waiting: at most `flushMs` of views
 * while Redis answers.
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

const counterOptions: OptionNames<ViewCounterOptions> = {
  shards: true,
  flushMs: true,
  maxProducts: true,
  maxBatches: true,
  rememberMs: true,
  onError: true,
};

/** The most products in one call that the scripts accept. */
const MAX_PRODUCTS = 100;
/** The most views of one product that the scripts accept. */
const MAX_VIEWS = 9_000_000_000_000_000;

/** Redis rejects such a batch each time. A retry would only delay the batches behind it. */
const NON_RETRYABLE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["ARGUMENT", "WRONG_TYPE", "CORRUPT"]);

interface Batch {
  readonly operation: string;
  readonly shard: string;
  readonly views: readonly types.ProductViews[];
  readonly total: number;
  /** When it was first sent, by `performance.now()`; undefined before. */
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
  #pendingCounts = new Map<string, number>();
  #batches: Batch[] = [];
  #nextShard: number;
  #sending: Promise<boolean> | undefined;
  #stopped = false;
  #failures = 0;
  #sent = 0;
  #dropped = 0;

  constructor(tenant: Pick<Tenant, "views">, options: ViewCounterOptions) {
    checkTenant(tenant, "views.add");
    refuseUnknownOptions(options, counterOptions);
    const { flushMs = defaults.flushMs.value, maxProducts = defaults.maxProducts.value } = options;
    const { maxBatches = defaults.maxBatches.value, rememberMs = defaults.rememberMs.value } = options;
    this.#tenant = tenant;
    this.#options = options;
    this.#shards = checkedShards(options.shards);
    this.#flushMs = checkedInteger("flushMs", flushMs, 1, MAX_DURATION_MS);
    this.#maxProducts = checkedInteger("maxProducts", maxProducts, 1, MAX_PRODUCTS);
    this.#maxBatches = checkedInteger("maxBatches", maxBatches, 1, 10_000);
    this.#rememberMs = checkedInteger("rememberMs", rememberMs, 1_000, MAX_DURATION_MS);
    this.#nextShard = randomInt(this.#shards.length);
    this.#loop = this.#run();
  }

  add(product: string, count = 1): void {
    checkedInteger("count", count, 1, MAX_VIEWS);
    const before = this.#pendingCounts.get(product);
    // Redis rejects a whole batch for one invalid name. A pending product was checked before.
    if (before === undefined) types.id.encode("product", product);
    else if (before + count > MAX_VIEWS) {
      throw new ArgumentError("count", `at most ${MAX_VIEWS} together with the product's unsent views`);
    }
    if (this.#stopped || (before === undefined && this.#pendingCounts.size >= this.#maxPending())) {
      this.#dropped += count;
      return;
    }
    this.#pendingCounts.set(product, (before ?? 0) + count);
    if (this.#pendingCounts.size >= this.#maxProducts) this.#wakeSignal.wake();
  }

  async flush(): Promise<void> {
    // A send in progress does not include the views that were added since it began.
    if (this.#sending && !(await this.#sending)) return;
    await this.#send();
  }

  async stop(options?: { readonly graceMs?: number | undefined }): Promise<ViewCounterStatus> {
    const graceMs = graceMsOf(options, defaults.graceMs.value);
    this.#stopped = true;
    this.#wakeSignal.wake();
    await stopsWithin(this.#loop, graceMs);
    return this.status();
  }

  status(): ViewCounterStatus {
    const pending = [...this.#pendingCounts.values()].reduce((sum, count) => sum + count, 0);
    const waiting = this.#batches.reduce((sum, { total }) => sum + total, pending);
    return { waiting, sent: this.#sent, dropped: this.#dropped };
  }

  /**
   * The most products that may be pending: those of the batches that are free, and one batch more.
   */
  #maxPending(): number {
    return this.#maxProducts * (this.#maxBatches - this.#batches.length + 1);
  }

  /** Moves pending counts into batches, up to `maxBatches`. Returns the number of their products. */
  #makeBatches(): number {
    const pending = [...this.#pendingCounts].map(([product, count]) => ({ product, count }));
    while (pending.length > 0 && this.#batches.length < this.#maxBatches) {
      const views = pending.splice(0, this.#maxProducts);
      const total = views.reduce((sum, { count }) => sum + count, 0);
      const shard = this.#shards[this.#nextShard++ % this.#shards.length] ?? "";
      this.#batches.push({ operation: randomUUID(), shard, views, total, firstSentAt: undefined });
    }
    const moved = this.#pendingCounts.size - pending.length;
    this.#pendingCounts = new Map(pending.map(({ product, count }) => [product, count]));
    return moved;
  }

  async #run(): Promise<void> {
    // After `stop`, the loop retries until everything is sent. The caller waits up to `graceMs`.
    while (!this.#stopped || this.#pendingCounts.size > 0 || this.#batches.length > 0) {
      const delayMs = this.#failures > 0 ? backoffMs(this.#failures, redisBackoff) : this.#flushMs;
      if (!this.#stopped || this.#failures > 0) await this.#wakeSignal.wait(delayMs);
      await this.#send();
    }
  }

  /** Only one send runs at a time, because batches must keep their order. */
  #send(): Promise<boolean> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<boolean> {
    // Counts that did not fit into the batches get their place when these are sent. Those that are
    // added meanwhile wait for the next send.
    let unsent = this.#pendingCounts.size;
    do {
      unsent -= this.#makeBatches();
      for (let batch = this.#batches[0]; batch; batch = this.#batches[0]) {
        if (!(await this.#sendOne(batch))) return false;
        this.#batches.shift();
        this.#failures = 0;
      }
    } while (unsent > 0 && this.#pendingCounts.size > 0);
    return true;
  }

  /** Returns whether the batch is finished: Redis counted it, or it was dropped. */
  async #sendOne(batch: Batch): Promise<boolean> {
    const { operation, shard, views, total } = batch;
    const now = performance.now();
    if (now - (batch.firstSentAt ?? now) >= this.#rememberMs / 2) {
      // Redis may forget the batch before another attempt arrives, and would count it twice.
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
      if (error instanceof MoonpathError && NON_RETRYABLE_CODES.has(error.code)) {
        this.#dropped += total;
        return true;
      }
      this.#failures++;
      return false;
    }
  }
}
