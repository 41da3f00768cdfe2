import type { BackoffOptions } from "../core/backoff.js";
import type { ClaimedItem, ItemOutcome } from "./item-results.js";
import type { Redriven, RedriveOptions } from "./redrive.js";

/** The claim that holds the items of a handler. */
export interface ClaimContext {
  /** The tenant of the items. */
  readonly tenant: string;
  /** Aborts when the lease is lost, or when the worker stops and its grace time has passed. */
  readonly signal: AbortSignal;
  /** The claim's name. */
  readonly claim: string;
  /** The end of the lease as it was claimed, by Redis's clock. Renewals extend it. */
  readonly leaseEndsMs: number;
}

/** The options of `createExpiryWorker`. All except `queue` and `handle` may be left out. */
export interface ExpiryWorkerOptions {
  /** The queue of `expiry.track`. The worker serves the queue of all tenants. */
  readonly queue: string;
  /**
   * Handles due items of one tenant. Items that its result does not name are done. If it throws, the worker
   * retries all of them later. After a crash an item comes again, so its effect must be safe to
   * repeat.
   */
  handle(
    items: readonly ClaimedItem[],
    context: ClaimContext,
  ): Promise<readonly ItemOutcome[]> | Promise<void>;
  /** Items in one claim, 1 to 100. Default 100. */
  readonly limit?: number | undefined;
  /** Claims at once, 1 to 1,000. Each has items of one shard of one tenant. Default 32. */
  readonly concurrency?: number | undefined;
  /**
   * Milliseconds until another worker gets the items of one that died: 10 to 31,622,400,000.
   * Default 30,000. The worker renews the lease after each third of it.
   */
  readonly leaseMs?: number | undefined;
  /** Attempts until an item becomes a dead letter: 1 to 1,000,000, or `Infinity`. Default 5. */
  readonly maxAttempts?: number | undefined;
  /**
   * The delays between attempts: milliseconds from 1 to 31,622,400,000, and a factor from 1. Each
   * delay is shortened by a random part, at most by half. Default
   * `{ firstMs: 1_000, maxMs: 900_000, factor: 4 }`.
   */
  readonly retryDelayMs?: BackoffOptions | undefined;
  /**
   * Milliseconds after which the worker discards a dead item: 1 to 31,622,400,000. Default: dead
   * items stay. It works only if all workers of the queue have it.
   */
  readonly deadMaxAgeMs?: number | undefined;
  /** Receives the errors of the handler, lost leases, and errors of Redis. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Receives items of a tenant that became dead letters. */
  readonly onDeadLetter?: ((items: readonly string[], reason: string, tenant: string) => void) | undefined;
}

/** The state of a worker, and its counts since it was created. It counts no other worker's items. */
export interface ExpiryWorkerStatus {
  /**
   * What the worker does now. `new`: it was not started. `asleep`: nothing is due. `working`: it has
   * claims. `stopping`: `stop()` was called. `stopped`: no work is left.
   */
  readonly state: "new" | "asleep" | "working" | "stopping" | "stopped";
  /**
   * Items in flight. The worker has claimed them and not yet acknowledged, returned or made them
   * dead letters, whether or not its handler has begun. The number falls after each batch.
   */
  readonly inFlight: number;
  /** Items that were handled and acknowledged. */
  readonly done: number;
  /** Returns of items for a later attempt. Returns because of `stop()` or a lost lease do not count. */
  readonly retried: number;
  /** Items that became dead letters. */
  readonly deadLettered: number;
  /** Dead items that were discarded because of their age. */
  readonly discarded: number;
  /** Claims whose lease was lost. Another worker gets their items. */
  readonly lost: number;
  /** Live workers of the queue; 0 before this one has joined. */
  readonly workers: number;
  /** The slots of this worker. */
  readonly slots: number;
  /** Shards that are due and wait for their turn. */
  readonly queued: number;
}

/** The options of `stop`. */
export interface StopOptions {
  /** Milliseconds until the signal of running work is aborted. Default 10,000. */
  readonly graceMs?: number | undefined;
}

/** A worker of one queue of all tenants. */
export interface ExpiryWorker {
  /** Starts the worker. A second call does nothing. A stopped worker does not start again. */
  start(): void;
  /**
   * Finishes the current batches and returns the other items of the claims. After the grace time it
   * aborts the handler's signal. `finished`: no work is left. `timedOut`: the handler ignores its
   * signal, or Redis does not answer. No item is lost, because another worker gets the items when
   * their lease ends. The old handler may still run then, so the effects of both can overlap.
   */
  stop(options?: StopOptions): Promise<"finished" | "timedOut">;
  /** Makes the dead items of a tenant's queue due again. */
  redrive(tenant: string, options?: RedriveOptions): Promise<Redriven>;
  /** The present state and counts. */
  status(): ExpiryWorkerStatus;
}
