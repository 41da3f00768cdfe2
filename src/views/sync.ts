import type { Tenant, types } from "../../generated/ts/index.js";
import type { Scope } from "../client/index.js";
import { LostError, ReconcileError } from "../client/index.js";
import { checkedSignal } from "../core/abort-signal.js";
import { checkedInteger, graceMsOf } from "../core/checks.js";
import { linkedSignal } from "../core/linked-signal.js";
import { asError, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { endsWithin } from "../core/wait.js";
import { syncDefaults } from "./defaults.js";
import { checkedShards } from "./shards.js";

/** A numbered batch of views, as `views.take` gave it. */
export interface ViewBatch {
  readonly tenant: string;
  readonly shard: string;
  readonly batch: number;
  /** The number of the batch before; absent for a shard's first one. */
  readonly previous: number | undefined;
  readonly views: readonly types.ProductViews[];
}

/** The options of `createViewSync`. All except `shards` and `apply` may be left out. */
export interface ViewSyncOptions {
  /** The shards of all counters; see `viewShards`. */
  readonly shards: readonly string[];
  /**
   * Writes one batch to the database, in one transaction that knows its number: normally `applyViews` of
   * `moonpath/postgres`. The same batch comes again after a crash or an error.
   */
  apply(batch: ViewBatch, context: { readonly signal: AbortSignal }): Promise<unknown>;
  /** Products in one batch, 1 to 1,000. Default 1,000. */
  readonly limit?: number | undefined;
  /** Shards at work side by side, each with a transaction of its own. Default 4. */
  readonly concurrency?: number | undefined;
  /** Receives errors of Redis and of `apply`, with the shard. */
  readonly onError?: ((error: Error, shard: string) => void) | undefined;
  /** Redis and the database disagree on this shard; it stands still until somebody has looked at it. */
  readonly onReconcile?: ((error: ReconcileError, shard: string) => void) | undefined;
}

/** The counts of one round. */
export interface ViewSyncRun {
  readonly batches: number;
  readonly views: number;
  /** Shards that did not come to their end. */
  readonly failed: readonly string[];
}

/** Moves counted views from Redis into a database. */
export interface ViewSync {
  /**
   * One round over all shards: all that was counted when it began. A second call joins the round that runs. Never rejects.
   */
  run(options?: { readonly signal?: AbortSignal | undefined }): Promise<ViewSyncRun>;
  /** A last round, for at most `graceMs` (default 10,000). Later calls of `run` do nothing. */
  stop(options?: { readonly graceMs?: number | undefined }): Promise<ViewSyncRun>;
}

/** The maximum number of batches of one shard in one round, because a round must end. */
const maxBatches = syncDefaults.maxRoundBatches.value;

const nothing: ViewSyncRun = { batches: 0, views: 0, failed: [] };

/**
 * Brings counted views from Redis into a database, each exactly once: a batch is taken, applied, and then
 * acknowledged; what was not acknowledged comes again under the same number.
 *
 * ```ts
 * const sync = createViewSync(acme, { shards: viewShards(8), apply: (batch) => transaction((tx) => applyViews(tx, batch)) });
 * await sync.run();
 * ```
 *
 * @throws ArgumentError for options out of bounds
 */
export function createViewSync(
  tenant: Pick<Tenant, "views"> & { readonly scope: Scope },
  options: ViewSyncOptions,
): ViewSync {
  const given = readFrom("options", () => {
    const { limit = syncDefaults.limit.value, concurrency = syncDefaults.concurrency.value } = options;
    return { shards: checkedShards(options.shards), limit, concurrency };
  });
  const { shards } = given;
  const limit = checkedInteger("limit", given.limit, 1, 1_000);
  const concurrency = checkedInteger("concurrency", given.concurrency, 1, 100);
  const stopping = new AbortController();
  let running: Promise<ViewSyncRun> | undefined;
  let stopped = false;

  async function syncShard(shard: string, signal: AbortSignal, count: (views: number) => void) {
    let doubted: number | undefined;
    for (let batches = 0; batches < maxBatches && !signal.aborted; batches++) {
      const taken = await tenant.views.take({ shard, limit });
      if (taken.outcome === "empty") return;
      const { batch, previous, views } = taken;
      try {
        await options.apply({ tenant: tenant.scope.tenant, shard, batch, previous, views }, { signal });
      } catch (error) {
        // The sync of another process may have brought in this batch and later ones since it was taken. Then Redis gives
        // another now; the same batch refused twice is a true disagreement.
        if (!(error instanceof ReconcileError) || doubted === batch) throw error;
        doubted = batch;
        continue;
      }
      const { outcome } = await tenant.views.ack({ shard, batch });
      if (outcome === "unknown") throw new LostError("Redis no longer knows the batch that it gave");
      count(views.reduce((sum, view) => sum + view.count, 0));
      // Views that come in meanwhile are for the next round, or a busy shop would write without end. The first batch may be
      // an old one that comes again, and says nothing of what was counted since.
      if (batches > 0 && views.length < limit) return;
    }
    if (signal.aborted) throw asError(signal.reason);
  }

  async function round(signal: AbortSignal): Promise<ViewSyncRun> {
    const left = [...shards];
    const failed: string[] = [];
    let batches = 0;
    let total = 0;
    const lane = async () => {
      for (let shard = left.shift(); shard !== undefined; shard = left.shift()) {
        try {
          await syncShard(shard, signal, (views) => {
            batches++;
            total += views;
          });
        } catch (error) {
          failed.push(shard);
          if (error instanceof ReconcileError) notify(options.onReconcile, error, shard);
          else if (!signal.aborted) notify(options.onError, asError(error), shard);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, shards.length) }, lane));
    return { batches, views: total, failed };
  }

  function run(signal?: AbortSignal): Promise<ViewSyncRun> {
    if (running) return running;
    const link = linkedSignal(stopping.signal, signal);
    running = round(link.signal).finally(() => {
      running = undefined;
      link.release();
    });
    return running;
  }

  return {
    async run(wished = {}) {
      const signal = checkedSignal(readFrom("options", () => wished.signal));
      return stopped ? nothing : run(signal);
    },
    async stop(wished) {
      const graceMs = graceMsOf(wished, syncDefaults.graceMs.value);
      if (stopped) return nothing;
      stopped = true;
      // What the round that runs has passed already is for the last one.
      const last = Promise.resolve(running).then(() => run());
      if (!(await endsWithin(last, graceMs))) stopping.abort(new LostError("the sync was stopped"));
      return (await endsWithin(last, 1_000)) ? last : { ...nothing, failed: shards };
    },
  };
}
