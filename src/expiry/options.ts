import type { BackoffOptions } from "../core/backoff.js";
import type { ClaimedItem, ItemOutcome } from "./item-results.js";
import type { Redriven, RedriveOptions } from "./redrive.js";

/** What a handler knows of the claim under which it works. */
export interface ClaimContext {
  /** Aborted when the lease is lost, or when the worker stops and its grace is over. */
  readonly signal: AbortSignal;
  readonly claim: string;
  /** The end of the lease as it was claimed, by Redis's clock; renewals go beyond it. */
  readonly leaseEndsMs: number;
}

export interface ExpiryWorkerOptions {
  readonly queue: string;
  /**
   * Deals with due items. Those that it does not name in its answer are done. When it throws, all of them
   * are tried again later. An item may come again after a crash: its effect must bear that.
   */
  handle(
    items: readonly ClaimedItem[],
    context: ClaimContext,
  ): Promise<readonly ItemOutcome[]> | Promise<void>;
  /** Items in one claim, 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** How long a dead worker's items wait for another. Renewed at a third. Default 30,000. */
  readonly leaseMs?: number | undefined;
  /** Attempts until an item is deadLettered; `Infinity` for no bound. Default 5. */
  readonly maxAttempts?: number | undefined;
  /** The delays between attempts. Default 1 s, four times as long each time, at most 15 minutes. */
  readonly retryDelayMs?: BackoffOptions | undefined;
  /** The longest sleep, should a wake-up be missed. Default 60,000. */
  readonly maxSleepMs?: number | undefined;
  /** Told of what the handler throws, of lost leases, and of Redis's errors. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Told of items that were deadLettered. */
  readonly onDeadLetter?: ((items: readonly string[], reason: string) => void) | undefined;
}

export interface ExpiryWorkerStatus {
  readonly state: "new" | "asleep" | "working" | "stopping" | "stopped";
  /** Items in hand. */
  readonly inFlight: number;
  readonly done: number;
  readonly retried: number;
  readonly deadLettered: number;
  /** Claims whose lease was lost. */
  readonly lost: number;
}

export interface StopOptions {
  /** Milliseconds for the work in hand to end before its signal is aborted. Default 10,000. */
  readonly graceMs?: number | undefined;
}

export interface ExpiryWorker {
  /** Begins to work. A second call does nothing; a stopped worker stays stopped. */
  start(): void;
  /**
   * Ends with the batch in hand, or has it given back when it outlasts the grace. `left`: its handler does not
   * heed the signal; the items go to another worker when the lease is over.
   */
  stop(options?: StopOptions): Promise<"finished" | "left">;
  /** Makes the set's dead items due again. */
  redrive(options?: RedriveOptions): Promise<Redriven>;
  status(): ExpiryWorkerStatus;
}
