import * as keys from "../../generated/ts/keys.js";
import type { WritebehindTakeReply } from "../../generated/ts/writebehind.scripts.js";
import { checkedSignal } from "../core/abort-signal.js";
import { type BackoffOptions, backoffMs } from "../core/backoff.js";
import { checkedInteger, graceMsOf } from "../core/checks.js";
import { ArgumentError, ReconcileError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { asError, failureReasonOf, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { drainShard, type ShardRun, ShardRuns } from "../core/runs/shard-runs.js";
import { storedText } from "../core/stored-text.js";
import { WakeSignal } from "../core/wake-signal.js";
import { writeBehindDefaults as defaults } from "./defaults.js";
import type { TenantWriteQueue, WriteDepth } from "./queue.js";
import { writeShards } from "./shards.js";
import type {
  FlushEvent,
  RefusedQueuedWrite,
  WriteBatch,
  WriteBehind,
  WriteBehindOptions,
} from "./worker-options.js";
import type { WriteBehindRun } from "./workers.js";

const workerOptions: OptionNames<WriteBehindOptions> = {
  apply: true,
  cache: true,
  flushMs: true,
  limit: true,
  maxBatchBytes: true,
  concurrency: true,
  maxAttempts: true,
  minReplicas: true,
  onError: true,
  onDead: true,
  onFlush: true,
  onReconcile: true,
};

const retryBackoff: BackoffOptions = {
  firstMs: defaults.firstRetryMs.value,
  maxMs: defaults.maxRetryMs.value,
};

/**
 * Brings the writes of a queue to a database, each exactly once. The worker takes a batch, applies it,
 * and acknowledges it. Redis returns a batch again, with the same number, until it is acknowledged.
 *
 * ```ts
 * const worker = createWriteBehind(queue.tenant("acme"), {
 *   apply: (batch) => inTransaction(pool, (tx) => applyWrites(tx, batch, (writes) => upsert(tx, writes))),
 * });
 * worker.start();
 * ```
 *
 * @throws ArgumentError for options out of bounds
 */
export function createWriteBehind(queue: TenantWriteQueue, options: WriteBehindOptions): WriteBehind {
  return readFrom("options", () => new Worker(queue, options));
}

class Worker implements WriteBehind {
  readonly #queue: TenantWriteQueue;
  readonly #options: WriteBehindOptions;
  readonly #flushMs: number;
  readonly #limit: number;
  readonly #maxBytes: number;
  readonly #maxAttempts: number;
  readonly #minReplicas: number;
  readonly #runs: ShardRuns;
  readonly #wake = new WakeSignal();
  #loop: Promise<void> | undefined;
  /** Calls that flush batches although their next attempt comes later. */
  #eager = 0;
  /** Until the next attempt of a batch that has failed. */
  #retryInMs = Number.POSITIVE_INFINITY;

  constructor(queue: TenantWriteQueue, options: WriteBehindOptions) {
    if (typeof queue?.enqueue !== "function")
      throw new ArgumentError("queue", 'the queue of a tenant, such as queue.tenant("acme")');
    refuseUnknownOptions(options, workerOptions);
    if (typeof options.apply !== "function") throw new ArgumentError("apply", "a function");
    const { flushMs, limit, maxBatchBytes, concurrency, maxAttempts, minReplicas } = defaults;
    this.#queue = queue;
    this.#options = options;
    this.#flushMs = checkedInteger("flushMs", options.flushMs ?? flushMs.value, 1, MAX_DURATION_MS);
    this.#limit = checkedInteger("limit", options.limit ?? limit.value, 1, 100);
    const bytes = options.maxBatchBytes ?? maxBatchBytes.value;
    this.#maxBytes = checkedInteger("maxBatchBytes", bytes, 1, 16_777_216);
    this.#maxAttempts = checkedInteger("maxAttempts", options.maxAttempts ?? maxAttempts.value, 1, 1_000);
    this.#minReplicas = checkedInteger("minReplicas", options.minReplicas ?? minReplicas.value, 0, 1_000);
    this.#runs = new ShardRuns({
      shards: writeShards,
      concurrency: checkedInteger("concurrency", options.concurrency ?? concurrency.value, 1, 16),
      work: (shard, signal, count) => this.#flushShard(shard, signal, count),
      onFailed: (error, shard) => {
        if (error instanceof ReconcileError) notify(options.onReconcile, error, shard);
        else notify(options.onError, error, shard);
      },
    });
  }

  start(): void {
    this.#queue.workers.add(this.#queue.tenant.scope.tenant, this);
    this.#loop ??= this.#run();
  }

  async flushPendingWrites(options: { readonly signal?: AbortSignal | undefined } = {}) {
    const signal = checkedSignal(readFrom("options", () => options.signal));
    this.#eager++;
    try {
      // The flush in progress may have passed shards whose writes came since.
      await this.#runs.running;
      return resultOf(await this.#runs.run(signal));
    } finally {
      this.#eager--;
    }
  }

  status(): Promise<WriteDepth> {
    return this.#queue.depth();
  }

  async stop(options?: { readonly graceMs?: number | undefined }): Promise<WriteBehindRun> {
    const graceMs = graceMsOf(options, defaults.graceMs.value);
    this.#eager++;
    const stopped = this.#runs.stop(graceMs);
    this.#wake.wake();
    const result = await stopped;
    await this.#loop;
    this.#queue.workers.delete(this.#queue.tenant.scope.tenant, this);
    return resultOf(result);
  }

  async #run(): Promise<void> {
    const { scope, listen } = this.#queue.tenant;
    const listening = writeShards.map((shard) =>
      listen(keys.writeQueue(scope, this.#queue.name, shard), () => this.#wake.wake()),
    );
    try {
      while (!this.#runs.isStopped) {
        this.#retryInMs = Number.POSITIVE_INFINITY;
        await this.#runs.run();
        if (!this.#runs.isStopped) await this.#wake.wait(Math.min(this.#flushMs, this.#retryInMs));
      }
    } finally {
      for (const one of listening) one.stop();
    }
  }

  #flushShard(shard: string, signal: AbortSignal, count: (writes: number) => void): Promise<void> {
    const { writebehind } = this.#queue.tenant.scripts;
    const place = { queue: this.#queue.name, queueShard: shard };
    return drainShard<Taken>({
      signal,
      maxBatches: defaults.maxRoundBatches.value,
      take: async () => {
        const limits = { limit: this.#limit, maxBytes: this.#maxBytes, skipDelay: this.#eager > 0 };
        const takenAt = performance.now();
        // A failover must not lose the number of a batch that the database has.
        const taken = await writebehind.take({ ...place, ...limits }, { minReplicas: this.#minReplicas });
        switch (taken.outcome) {
          case "empty":
            return undefined;
          case "waiting":
            this.#retryInMs = Math.min(this.#retryInMs, taken.retryInMs);
            return undefined;
          case "batch":
            // A batch may end early because of its bytes, so only an empty queue ends the flush.
            return { batch: taken.batch, content: this.#takenOf(shard, taken, takenAt), isRest: false };
        }
      },
      apply: async ({ batch, content }) => {
        const refused = await this.#apply(content, signal);
        return async () => {
          const reply = await writebehind.ack({ ...place, batch, refused });
          if (reply.outcome === "acked") {
            this.#flushed(content, "ok");
            count(content.batch.writes.length);
            if (refused.length > 0) notify(this.#options.onDead, refused, content.batch);
          }
          return reply;
        };
      },
    });
  }

  #flushed({ batch: { queue, writes }, takenAt }: Taken, outcome: FlushEvent["outcome"]): void {
    const durationMs = performance.now() - takenAt;
    notify(this.#options.onFlush, { queue, outcome, writes: writes.length, durationMs });
  }

  #takenOf(
    shard: string,
    reply: WritebehindTakeReply & { readonly outcome: "batch" },
    takenAt: number,
  ): Taken {
    const { batch, previous, attempts, values } = reply;
    let at = 0;
    const writes = reply.writes.map(({ key, sequence, operation, valueBytes }) => {
      const value = values.subarray(at, at + valueBytes);
      at += valueBytes;
      return { key, sequence, operation, value };
    });
    const { tenant } = this.#queue.tenant.scope;
    const isolates = attempts >= this.#maxAttempts;
    return {
      attempts,
      takenAt,
      batch: { tenant, queue: this.#queue.name, shard, batch, previous, isolates, writes },
    };
  }

  /** Applies a batch, and makes the caches right before it is acknowledged. */
  async #apply(taken: Taken, signal: AbortSignal): Promise<RefusedQueuedWrite[]> {
    const { batch, attempts } = taken;
    try {
      const refused = checkedRefused(await this.#options.apply(batch, { signal }), batch);
      const isRefused = new Set(refused.map(({ sequence }) => sequence));
      await this.#options.cache?.settleWrites(
        batch.writes.map(({ key, operation, sequence }) => ({
          key,
          operation,
          isRefused: isRefused.has(sequence),
        })),
      );
      return refused;
    } catch (error) {
      this.#flushed(taken, "failed");
      if (!(error instanceof ReconcileError) && !signal.aborted)
        await this.#noteFailure(batch, attempts, error);
      throw error;
    }
  }

  async #noteFailure({ shard, batch }: WriteBatch, attempts: number, error: unknown): Promise<void> {
    const delayMs = backoffMs(attempts + 1, retryBackoff);
    const reason = failureReasonOf(error);
    const args = { queue: this.#queue.name, queueShard: shard, batch, attempts, delayMs, reason };
    try {
      await this.#queue.tenant.scripts.writebehind.retry(args);
      this.#retryInMs = Math.min(this.#retryInMs, delayMs);
    } catch (failure) {
      notify(this.#options.onError, asError(failure), shard);
    }
  }
}

interface Taken {
  readonly batch: WriteBatch;
  /** The attempts that have failed. */
  readonly attempts: number;
  /** When it was asked for, in the time of `performance.now()`. */
  readonly takenAt: number;
}

/** @throws ArgumentError unless `apply` has returned a list of writes of the batch */
function checkedRefused(
  result: { readonly refused: readonly RefusedQueuedWrite[] },
  { writes }: WriteBatch,
): RefusedQueuedWrite[] {
  const refused = readFrom("apply", () => result.refused);
  const known = new Set(writes.map(({ sequence }) => sequence));
  if (!Array.isArray(refused) || !refused.every(({ sequence }) => known.has(sequence))) {
    throw new ArgumentError("apply", "a function that returns { refused }, a list of writes of the batch");
  }
  return refused.map(({ sequence, reason }) => ({
    sequence,
    reason: storedText(String(reason)) || "unknown",
  }));
}

function resultOf({ batches, things, failed }: ShardRun): WriteBehindRun {
  return { batches, writes: things, failed };
}
