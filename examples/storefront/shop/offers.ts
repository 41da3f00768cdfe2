import { setTimeout as sleep } from "node:timers/promises";
import {
  type BackoffOptions,
  type ClaimContext,
  type ClaimedItem,
  createExpiryWorker,
  type ExpiryWorker,
  type ItemOutcome,
  redrive,
} from "moonpath/expiry";
import { inBooks } from "../books/errors.js";
import { type Offer, OfferBook } from "../books/offers.js";
import { otherPayload, ShopError, unknownProduct } from "./http/errors.js";
import type { OnTransientError } from "./page-views.js";
import type { ShopResources, Tenant } from "./terms.js";

/** The offers' queue in Redis. */
const QUEUE = "offers";
/** Offers in one query. */
const PAGE = 100;
/** The period of the daily clean-up. A later clean-up handles offers that end later. */
const AHEAD_MS = 2 * 24 * 60 * 60 * 1_000;
/** An offer that should have ended this long ago has lost its tracking or its workers. */
const OVERDUE_MS = 30_000;
/** A new connection to PostgreSQL replaces a broken one at once. */
const RETRY: BackoffOptions = { firstMs: 200, maxMs: 60_000, factor: 4 };
/** It takes milliseconds to end offers. Those of a process that died wait for this time. */
const LEASE_MS = 5_000;
const SETTLED_LIMIT_MS = 20_000;
const CHECK_INTERVAL_MS = 50;

/** Awaited after each step of an offer, before its answer. */
export type OfferChanged = (product: string) => Promise<void>;

/**
 * Offers. The shop first writes the row in the books and then the end in Redis. So it can repair an
 * interrupted offer from its row.
 */
export class Offers {
  readonly book: OfferBook;
  readonly worker: ExpiryWorker;
  readonly #acme: Tenant;
  #cleaned = 0;

  readonly #changed: OfferChanged;

  constructor(
    { moonpath, acme, pool, schema }: ShopResources,
    onTransientError: OnTransientError,
    changed: OfferChanged = async () => undefined,
  ) {
    this.book = new OfferBook(pool, schema);
    this.#acme = acme;
    this.#changed = changed;
    this.worker = createExpiryWorker(moonpath, {
      queue: QUEUE,
      handle: (items, context) => this.#end(items, context),
      leaseMs: LEASE_MS,
      retryDelayMs: RETRY,
      onError: (error) => onTransientError("the offers' worker", error),
      onDeadLetter: (items, reason) =>
        onTransientError("the offers' worker", `${items.length} dead letters: ${reason}`),
    });
  }

  /** The number of orphans that clean-ups of this process have repaired. */
  get cleaned(): number {
    return this.#cleaned;
  }

  /**
   * Makes an offer. The same offer again changes nothing, and is tracked again if it still runs.
   * Its name with other content is 422.
   */
  async make(offer: Offer) {
    const stock = await this.#acme.stock.read({ product: offer.product, low: 0 });
    if (stock.outcome === "unknown") throw unknownProduct();
    const made = await inBooks(this.book.make(offer));
    if (made === "mismatch") throw otherPayload();
    const { state, endsMs, repeated } = made;
    if (state === "running")
      await this.#acme.expiry.track({ queue: QUEUE, item: offer.offer, dueMs: endsMs });
    await this.#changed(offer.product);
    return { outcome: state, endsMs, repeated };
  }

  async extend(offer: string, endsInMs: number) {
    await inBooks(this.book.extend(offer, endsInMs));
    const { product, state, endsMs } = await this.#known(offer);
    await this.#changed(product);
    // If a worker has claimed the offer at its old end, the worker finds the new end in the books.
    if (state === "running") await this.#track(offer, endsMs);
    return { outcome: state, endsMs };
  }

  async cancel(offer: string) {
    await inBooks(this.book.cancel(offer));
    const { product, state, endsMs } = await this.#known(offer);
    await this.#changed(product);
    if (state === "cancelled") await this.#acme.expiry.cancel({ queue: QUEUE, item: offer });
    return { outcome: state, endsMs };
  }

  /** Lists offers that end soon, according to Redis. */
  async expiring(withinMs: number, limit: number) {
    const { items } = await this.#acme.expiry.upcoming({ queue: QUEUE, withinMs, limit });
    return items.map(({ item, dueMs }) => ({ offer: item, endsMs: dueMs }));
  }

  /** Makes overdue offers due again. Returns their number. */
  async requeueOverdue(): Promise<number> {
    const { redriven } = await redrive(this.#acme, QUEUE);
    const overdue = await this.book.ending(-OVERDUE_MS, PAGE);
    for (const { offer, endsMs } of overdue) await this.#track(offer, endsMs);
    return redriven + overdue.length;
  }

  /**
   * Ends the tracking of offers that are not running, and tracks running offers that are not
   * tracked. Returns the number of both.
   */
  async cleanUp(signal?: AbortSignal): Promise<number> {
    const before = this.#cleaned;
    const tracked = await this.expiring(AHEAD_MS, PAGE);
    const running = await this.book.runningOf(tracked.map(({ offer }) => offer));
    for (const { offer } of tracked) {
      signal?.throwIfAborted();
      if (running.has(offer)) continue;
      const { outcome } = await this.#acme.expiry.cancel({ queue: QUEUE, item: offer });
      if (outcome === "cancelled") this.#cleaned += 1;
    }
    for (let page = await this.book.running("", PAGE); page.length > 0; ) {
      for (const { offer, endsMs } of page) {
        signal?.throwIfAborted();
        if ((await this.#track(offer, endsMs)) === "missing") this.#cleaned += 1;
      }
      page = await this.book.running(page.at(-1)?.offer ?? "", PAGE);
    }
    return this.#cleaned - before;
  }

  /** Waits until all offers that end within this time have ended in the books. */
  async flush(withinMs: number, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    while (performance.now() - started < SETTLED_LIMIT_MS) {
      if ((await this.book.ending(withinMs, 1)).length === 0) return;
      await sleep(CHECK_INTERVAL_MS, undefined, { signal });
    }
  }

  /** Sets the end of a tracked offer. `missing`: the offer was not tracked before, and is now. */
  async #track(offer: string, endsMs: number) {
    const item = { queue: QUEUE, item: offer, dueMs: endsMs };
    const { outcome } = await this.#acme.expiry.extend(item);
    if (outcome === "missing") await this.#acme.expiry.track(item);
    return outcome;
  }

  async #known(offer: string) {
    const row = await inBooks(this.book.find(offer));
    if (row === undefined) throw new ShopError(404, "UNKNOWN_OFFER", "there is no such offer");
    return row;
  }

  async #end(items: readonly ClaimedItem[], { claim }: ClaimContext): Promise<ItemOutcome[]> {
    const { left, products } = await this.book.expire(
      items.map(({ item }) => item),
      claim,
    );
    await Promise.all(products.map((product) => this.#changed(product)));
    return left.map(({ offer, leftMs }) => ({ item: offer, outcome: "retry", delayMs: Math.max(1, leftMs) }));
  }
}
