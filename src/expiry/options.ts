import type { BackoffOptions } from "../core/backoff.js";
import type { ClaimedItem, ItemOutcome } from "./item-results.js";
import type { Redriven, RedriveOptions } from "./redrive.js";

/** The claim that holds the items of a handler. */
export interface ClaimContext {
  /** Aborts when the lease is lost, or when the worker stops and its grace time has passed. */
  readonly signal: AbortSignal;
  /** The claim's name. */
  readonly claim: string;
  /** The end of the lease as it was claimed, by Redis's clock. Renewals extend it. */
  readonly leaseEndsMs: number;
}

/** The options of `createExpiryWorker`. All except `queue` and `handle` may be left out. */
export interface ExpiryWorkerOptions {
  /** The queue of `expiry.track`. */
  readonly queue: string;
  /**
   * Handles due items. Items that its result does not name are done. If it throws, the worker
   * retries all of them later. After a crash an item comes again, so its effect must be safe to
   * repeat.
   */
  handle(
    items: readonly ClaimedItem[],
    context: ClaimContext,
  ): Promise<readonly ItemOutcome[]> | Promise<void>;
  /** Items in one claim, 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /**
   * Milliseconds until another worker gets the items of one that died: 10 to 31,622,400,000.
   * Default 30,000. The worker renews the lease after each third of it.
   */
  readonly leaseMs?: number | undefined;
  /** Attempts until an item becomes a dead letter: 1 to 1,000,000, or `Infinity`. Default 5. */
  readonly maxAttempts?: number | undefined;
  /** The delays between attempts. Default `{ firstMs: 1_000, maxMs: 900_000, factor: 4 }`. */
  readonly retryDelayMs?: BackoffOptions | undefined;
  /** The longest sleep in milliseconds, because a wake message may be lost. Default 60,000. */
  readonly maxSleepMs?: number | undefined;
  /** Receives the errors of the handler, lost leases, and errors of Redis. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Receives items that became dead letters. */
  readonly onDeadLetter?: ((items: readonly string[], reason: string) => void) | undefined;
}

/** The state of a worker, and its counts since it was made. */
export interface ExpiryWorkerStatus {
  readonly state: "new" | "asleep" | "working" | "stopping" | "stopped";
  /** Items that the worker has claimed and not finished. */
  readonly inFlight: number;
  /** Items that are done. */
  readonly done: number;
  /** Returns of items for a later attempt. */
  readonly retried: number;
  /** Items that became dead letters. */
  readonly deadLettered: number;
  /** Claims whose lease was lost. */
  readonly lost: number;
}

/** The options of `stop`. */
export interface StopOptions {
  /** Milliseconds until the signal of running work is aborted. Default 10,000. */
  readonly graceMs?: number | undefined;
}

/** A worker of one queue. */
export interface ExpiryWorker {
  /** Starts the worker. A second call does nothing. A stopped worker does not start again. */
  start(): void;
  /**
   * Finishes the current batch. If that takes longer than the grace time, it aborts the handler's
   * signal and returns the items. `timedOut`: the handler ignores its signal. Another worker gets
   * its items when the lease has ended.
   */
  stop(options?: StopOptions): Promise<"finished" | "timedOut">;
  /** Makes the queue's dead items due again. */
  redrive(options?: RedriveOptions): Promise<Redriven>;
  /** The present state and counts. */
  status(): ExpiryWorkerStatus;
}
