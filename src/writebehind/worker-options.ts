import type { ReconcileError } from "../core/errors.js";
import type { WriteDepth } from "./queue.js";
import type { WriteBehindRun } from "./workers.js";

/** A write of a batch. */
export interface QueuedWrite {
  readonly key: string;
  /** Its number in the shard. */
  readonly sequence: number;
  readonly operation: string;
  readonly value: Buffer;
}

/** A numbered batch of writes of one shard. */
export interface WriteBatch {
  readonly tenant: string;
  readonly queue: string;
  readonly shard: string;
  /** The number of the batch. Numbers rise within a shard. */
  readonly batch: number;
  /** The number of the previous batch; undefined for the first batch of a shard. */
  readonly previous: number | undefined;
  /** The batch has failed `maxAttempts` times: a write that fails by itself is to be refused. */
  readonly isolates: boolean;
  /** In their order. No key is in it twice, unless it was appended. */
  readonly writes: readonly QueuedWrite[];
}

/** A write that the database has refused, with the reason for the operator. */
export interface RefusedQueuedWrite {
  readonly sequence: number;
  readonly reason: string;
}

/** A write that was applied, or refused, before it is acknowledged. */
export interface SettledWrite {
  readonly key: string;
  readonly operation: string;
  readonly isRefused: boolean;
}

/** A batch was applied and acknowledged, or it failed. */
export interface FlushEvent {
  readonly queue: string;
  readonly outcome: "ok" | "failed";
  readonly writes: number;
  /** Milliseconds from taking the batch. */
  readonly durationMs: number;
}

/** Options of `createWriteBehind`. All but `apply` may be left out. */
export interface WriteBehindOptions {
  /**
   * Brings one batch and its number to the database in one transaction, normally with `applyWrites` of
   * `moonpath/postgres`. After a crash or an error it is called again with the same batch.
   */
  apply(
    batch: WriteBatch,
    context: { readonly signal: AbortSignal },
  ): Promise<{ readonly refused: readonly RefusedQueuedWrite[] }>;
  /** `moonpath.tenant("acme").cache`, if caches use the queue: an entry without the written value goes. */
  readonly cache?: { settleWrites(writes: readonly SettledWrite[]): Promise<void> } | undefined;
  /** Milliseconds between two flushes. Default 10,000. */
  readonly flushMs?: number | undefined;
  /** The most writes of a batch, 1 to 100. Default 100. */
  readonly limit?: number | undefined;
  /** The most bytes of a batch, unless one write is larger. Default 1,048,576. */
  readonly maxBatchBytes?: number | undefined;
  /** Shards that are flushed at once, 1 to 16. Default 4. */
  readonly concurrency?: number | undefined;
  /** So many times a batch fails as a whole; then each write is tried by itself. Default 5. */
  readonly maxAttempts?: number | undefined;
  /**
   * Replicas that must have a batch before it is applied. With 1, no failover to such a replica makes
   * Redis and the database disagree. Default 0.
   */
  readonly minReplicas?: number | undefined;
  /** Receives the error of a shard that was not flushed. */
  readonly onError?: ((error: Error, shard: string) => void) | undefined;
  /** Called with writes that the database has refused, when they become dead. */
  readonly onDead?: ((refused: readonly RefusedQueuedWrite[], batch: WriteBatch) => void) | undefined;
  /** Called after each batch, for metrics: `shopObserver({ register }).onFlush`. */
  readonly onFlush?: ((event: FlushEvent) => void) | undefined;
  /** Called if Redis and the database disagree on a shard; see `reconcileWrites`. */
  readonly onReconcile?: ((error: ReconcileError, shard: string) => void) | undefined;
}

/** A worker, as `createWriteBehind` returns it. */
export interface WriteBehind {
  /** Flushes every `flushMs`, and when a shard has `flushWrites`. A second call does nothing. */
  start(): void;
  /**
   * Flushes all writes that were queued before the call, also those whose next attempt would come later.
   * A call during a flush returns the result of the next one.
   *
   * @throws ArgumentError for a signal that is no AbortSignal
   */
  flushPendingWrites(options?: { readonly signal?: AbortSignal | undefined }): Promise<WriteBehindRun>;
  /** Counts and the age of the oldest write. */
  status(): Promise<WriteDepth>;
  /**
   * Flushes once more, for at most `graceMs` milliseconds (default 10,000). What is left stays queued.
   *
   * @throws ArgumentError for a `graceMs` out of bounds
   */
  stop(options?: { readonly graceMs?: number | undefined }): Promise<WriteBehindRun>;
}
