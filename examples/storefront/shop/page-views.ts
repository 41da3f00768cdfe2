import { countViews, createViewSync, type ViewCounter, type ViewSync, viewShards } from "moonpath/views";
import type { ViewLedger } from "../books/views.js";
import { nameOf, REMEMBER_MS, type Tenant } from "./terms.js";

/** The number of shards, so that the nodes of a cluster share the work. */
const SHARDS = viewShards(4);

/** Receives a transient error: the part that failed, and the error. */
export type OnTransientError = (what: string, error: unknown) => void;

/**
 * Page views on their way from the request through Redis into the books.
 *
 * A view with an id is sent to Redis at once, and a repeat of its id is not counted. Nobody can
 * repeat a view without an id. Such views are collected and sent once a second. A sync writes both
 * into the books, in numbered batches.
 */
export class PageViews {
  readonly sync: ViewSync;
  readonly ledger: ViewLedger;
  readonly #acme: Tenant;
  readonly #counter: ViewCounter;

  constructor(acme: Tenant, ledger: ViewLedger, onTransientError: OnTransientError = () => undefined) {
    this.#acme = acme;
    this.ledger = ledger;
    this.#counter = countViews(acme, {
      shards: SHARDS,
      onError: (error) => onTransientError("the view counter", error),
    });
    this.sync = createViewSync(acme, {
      shards: SHARDS,
      apply: (batch) => ledger.apply(batch),
      onError: (error) => onTransientError("the view sync", error),
      onReconcile: (error, shard) => onTransientError(`the view sync (shard ${shard})`, error),
    });
  }

  /** Counts a view. Returns whether its id was counted before. */
  async countView(product: string, view: string | undefined): Promise<boolean> {
    if (view === undefined) {
      this.#counter.add(product);
      return false;
    }
    const { outcome } = await this.#acme.views.add({
      shard: shardOf(product),
      operation: nameOf(product, view),
      views: [{ product, count: 1 }],
      rememberMs: REMEMBER_MS,
    });
    return outcome === "repeated";
  }

  /** Writes all views counted so far into the books. */
  async flush(): Promise<void> {
    await this.#counter.flush();
    const { waiting } = this.#counter.status();
    if (waiting > 0) throw new Error(`${waiting} page views were not sent to Redis`);
    // A run in progress may have finished a shard before the last view came there.
    await this.sync.run();
    const { failed } = await this.sync.run();
    if (failed.length > 0) throw new Error("not all page views are in the books");
  }

  async stop(graceMs: number): Promise<void> {
    await this.#counter.stop({ graceMs });
    await this.sync.stop({ graceMs });
  }
}

/**
 * The shard of a product's views. It is always the same one (FNV-1a over the code), because it
 * remembers their ids.
 */
function shardOf(product: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < product.length; index += 1) {
    hash = Math.imul(hash ^ product.charCodeAt(index), 0x01000193) >>> 0;
  }
  return String(hash % SHARDS.length);
}
