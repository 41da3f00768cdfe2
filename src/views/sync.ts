import type { Tenant, types } from "../../generated/ts/index.js";
import type { Scope } from "../client/index.js";
import { ArgumentError, ReconcileError } from "../client/index.js";
import { checkedSignal } from "../core/abort-signal.js";
import { checkedInteger, checkTenant, graceMsOf } from "../core/checks.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { drainShard, type ShardRun, ShardRuns } from "../core/runs/shard-runs.js";
import { syncDefaults } from "./defaults.js";
import { checkedShards } from "./shards.js";

/** A numbered batch of views, as `views.take` returns it. */
export interface ViewBatch {
  readonly tenant: string;
  readonly shard: string;
  /** The number of the batch. Numbers rise within a shard. */
  readonly batch: number;
  /** The number of the previous batch; undefined for the first batch of a shard. */
  readonly previous: number | undefined;
  /** Sorted by product. */
  readonly views: readonly types.ProductViews[];
}

/** Options of `createViewSync`. */
export interface ViewSyncOptions {
  /** The shards that views are counted in, as in `ViewCounterOptions`. */
  readonly shards: readonly string[];
  /**
   * Writes one batch and its number to the database in one transaction, normally with `applyViews`
   * of `moonpath/postgres`. After a crash or an error it is called again with the same batch.
   */
  apply(batch: ViewBatch, context: { readonly signal: AbortSignal }): Promise<unknown>;
  /** The most products in one batch, 1 to 100. Default 100. */
  readonly limit?: number | undefined;
  /** How many shards are processed at the same time, 1 to 100. Default 4. */
  readonly concurrency?: number | undefined;
  /** Receives the error of a shard that was not finished in this run. */
  readonly onError?: ((error: Error, shard: string) => void) | undefined;
  /**
   * Called if Redis and the database disagree on a shard. Each run reports it again, until an
   * operator resolves it with `reconcileViews`.
   */
  readonly onReconcile?: ((error: ReconcileError, shard: string) => void) | undefined;
}

/** The result of one run. */
export interface ViewSyncRun {
  /** Batches that were applied and acknowledged. */
  readonly batches: number;
  /** Views in these batches. */
  readonly views: number;
  /** Shards that were not finished. */
  readonly failed: readonly string[];
}

/** A view sync, as `createViewSync` returns it. */
export interface ViewSync {
  /**
   * Processes all shards once, with all views that were counted before the call. A second call
   * returns the result of the run in progress. Errors go to `onError`.
   *
   * @throws ArgumentError for a signal that is no AbortSignal
   */
  run(options?: { readonly signal?: AbortSignal | undefined }): Promise<ViewSyncRun>;
  /**
   * Runs once more, for at most `graceMs` milliseconds (default 10,000). Later calls of `run` do
   * nothing.
   *
   * @throws ArgumentError for a `graceMs` out of bounds
   */
  stop(options?: { readonly graceMs?: number | undefined }): Promise<ViewSyncRun>;
}

const syncOptions: OptionNames<ViewSyncOptions> = {
  shards: true,
  apply: true,
  limit: true,
  concurrency: true,
  onError: true,
  onReconcile: true,
};

/** The most products of one batch that the script takes. */
const MAX_LIMIT = 100;

/**
 * Moves counted views from Redis to a database, each exactly once. The sync takes a batch, applies
 * it, and acknowledges it. Redis returns a batch again, with the same number, until it is
 * acknowledged.
 *
 * ```ts
 * const sync = createViewSync(acme, {
 *   shards: viewShards(8),
 *   apply: (batch) => inTransaction(pool, (tx) => applyViews(tx, batch, write)),
 * });
 * await sync.run();
 * ```
 *
 * @throws ArgumentError for options out of bounds
 */
export function createViewSync(
  tenant: Pick<Tenant, "views"> & { readonly scope: Scope },
  options: ViewSyncOptions,
): ViewSync {
  checkTenant(tenant, "views.take", "views.ack");
  const read = readFrom("options", () => {
    refuseUnknownOptions(options, syncOptions);
    const { limit = syncDefaults.limit.value, concurrency = syncDefaults.concurrency.value } = options;
    if (typeof options.apply !== "function") throw new ArgumentError("apply", "a function");
    return { shards: checkedShards(options.shards), limit, concurrency };
  });
  const { shards } = read;
  const limit = checkedInteger("limit", read.limit, 1, MAX_LIMIT);
  const concurrency = checkedInteger("concurrency", read.concurrency, 1, 100);
  const syncShard = (shard: string, signal: AbortSignal, count: (views: number) => void) =>
    drainShard<ViewBatch>({
      signal,
      maxBatches: syncDefaults.maxRoundBatches.value,
      async take() {
        const taken = await tenant.views.take({ shard, limit });
        if (taken.outcome === "empty") return undefined;
        const { batch, previous } = taken;
        // Transactions of different shards update rows in the same order, so that they do not deadlock.
        const views = taken.views.toSorted((one, other) => (one.product < other.product ? -1 : 1));
        const content = { tenant: tenant.scope.tenant, shard, batch, previous, views };
        return { batch, content, isRest: views.length < limit };
      },
      async apply({ batch, content }) {
        await options.apply(content, { signal });
        return async () => {
          const reply = await tenant.views.ack({ shard, batch });
          if (reply.outcome === "acked") count(content.views.reduce((sum, view) => sum + view.count, 0));
          return reply;
        };
      },
    });

  const runs = new ShardRuns({
    shards,
    concurrency,
    work: syncShard,
    onFailed(error, shard) {
      if (error instanceof ReconcileError) notify(options.onReconcile, error, shard);
      else notify(options.onError, error, shard);
    },
  });
  const resultOf = ({ batches, things, failed }: ShardRun): ViewSyncRun => ({
    batches,
    views: things,
    failed,
  });

  return {
    async run(runOptions = {}) {
      const signal = checkedSignal(readFrom("options", () => runOptions.signal));
      return resultOf(await runs.run(signal));
    },
    async stop(stopOptions) {
      return resultOf(await runs.stop(graceMsOf(stopOptions, syncDefaults.graceMs.value)));
    },
  };
}
