import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { saveViews } from "../books/views.js";
import type { ShopContext } from "./context.js";
import { VIEW_SHARDS } from "./view-shards.js";

/** How often the counted views are written to the books. */
const EVERY_MS = 1_000;
/** Products in one batch. */
const BATCH = 500;
/** The lock is held by one of several shops; a killed one loses it after this long. */
const LEASE_MS = 10_000;
const LOCK = "view-job";

/**
 * Moves counted views from Redis to the books, in batches, every second.
 *
 * A batch is taken, written with its number in one transaction, then acknowledged. A crash at any step gives
 * the same batch again, and the books know its number: each view is counted once.
 */
export class ViewJob {
  readonly #context: ShopContext;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(context: ShopContext) {
    this.#context = context;
  }

  /** `onError` hears of a round that failed; the next round tries again. */
  start(onError: (error: unknown) => void): void {
    this.#running = this.#loop(onError);
  }

  /** Ends the rounds; the one under way is finished. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Writes everything that is counted so far. Waits for another runner to finish first. */
  async flush(): Promise<void> {
    for (;;) {
      const retryAfterMs = await this.#round();
      if (retryAfterMs === undefined) return;
      await sleep(Math.min(retryAfterMs, 200));
    }
  }

  async #loop(onError: (error: unknown) => void): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#round().catch(onError);
    }
  }

  /** One round under the lock; gives how long another runner may still hold it, if one does. */
  async #round(): Promise<number | undefined> {
    const { acme } = this.#context;
    const owner = randomUUID();
    const lock = await acme.lock.acquire({ lock: LOCK, owner, leaseMs: LEASE_MS });
    if (lock.outcome === "busy") return lock.retryAfterMs;
    try {
      for (const shard of VIEW_SHARDS) await this.#drain(shard);
    } finally {
      await acme.lock.release({ lock: LOCK, owner, fence: lock.fence });
    }
    return undefined;
  }

  async #drain(shard: string): Promise<void> {
    const { acme, pool, schema } = this.#context;
    for (;;) {
      const taken = await acme.views.take({ shard, limit: BATCH });
      if (taken.outcome === "empty") return;
      const { batch, views } = taken;
      await saveViews(pool, schema, { shard, batch, views });
      await acme.views.ack({ shard, batch });
      if (views.length < BATCH) return;
    }
  }
}
