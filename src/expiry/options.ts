import type { BackoffOptions } from "../core/backoff.js";
import type { ClaimedItem, ItemOutcome } from "./item-results.js";
import type { Redriven, RedriveOptions } from "./redrive.js";

/** What a handler knows of the claim under which it works. */
export interface ClaimContext {
  /** Aborts when the lease is lost, or when the worker stops and its grace time has passed. */
  readonly signal: AbortSignal;
  readonly claim: string;
  /** The end of the lease as it was claimed, by Redis's clock. Renewals extend it. */
  readonly leaseEndsMs: number;
}

/** How a worker handles a queue. */
export interface ExpiryWorkerOptions {
  /** The queue of `expiry.track`. */
  readonly queue: string;
  /**
   * Handles due items. Items that are not named in its result are done. If it throws, all of them are retried later. An
   * item may come again after a crash, so its effect must be safe to repeat.
   */
  handle(
    items: readonly ClaimedItem[],
    context: ClaimContext,
  ): Promise<readonly ItemOutcome[]> | Promise<void>;
  /** Items in one claim, 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** Milliseconds until another worker gets the items of one that died; renewed at a third. Default 30,000. */
  readonly leaseMs?: number | undefined;
  /** Attempts until an item becomes a dead letter; `Infinity` for no bound. Default 5. */
  readonly maxAttempts?: number | undefined;
  /** The delays between attempts. Default 1 s, four times as long each time, at most 15 minutes. */
  readonly retryDelayMs?: BackoffOptions | undefined;
  /** The longest sleep, in case a wake message was lost. Default 60,000. */
  readonly maxSleepMs?: number | undefined;
  /** Receives what the handler throws, lost leases, and errors of Redis. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Receives items that became dead letters. */
  readonly onDeadLetter?: ((items: readonly string[], reason: string) => void) | undefined;
}

/** What a worker is doing, and what it has done since it was made. */
export interface ExpiryWorkerStatus {
  readonly state: "new" | "asleep" | "working" | "stopping" | "stopped";
  /** Items that the worker has claimed and not finished. */
  readonly inFlight: number;
  readonly done: number;
  readonly retried: number;
  readonly deadLettered: number;
  /** Claims whose lease was lost. */
  readonly lost: number;
}

export interface StopOptions {
  /** Milliseconds until the signal of running work is aborted. Default 10,000. */
  readonly graceMs?: number | undefined;
}

/** A worker of one queue. */
export interface ExpiryWorker {
  /** Starts to work. A second call does nothing; a stopped worker stays stopped. */
  start(): void;
  /**
   * Finishes the current batch, or returns it if it takes longer than the grace time. `timedOut`: the handler ignores its
   * signal, and another worker gets the items when the lease has ended.
   */
  stop(options?: StopOptions): Promise<"finished" | "timedOut">;
  /** Makes the queue's dead items due again. */
  redrive(options?: RedriveOptions): Promise<Redriven>;
  status(): ExpiryWorkerStatus;
}
