import type { types } from "../../generated/ts/index.js";
import { type BackoffOptions, backoffMs } from "../core/backoff.js";
import { ArgumentError } from "../core/errors.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { failureReasonOf } from "../core/notify.js";
import { storedText } from "../core/stored-text.js";

/** A claimed item: its name, and `attempts`, the number of its claims including this one. */
export type ClaimedItem = types.ClaimedItem;

/**
 * The handler's result for one item: done, to be retried later, or dead because no retry can help.
 */
export type ItemOutcome =
  | { readonly item: string; readonly outcome: "done" }
  | {
      readonly item: string;
      readonly outcome: "retry";
      /** Milliseconds until the item is due again. Default: the worker's backoff. */
      readonly delayMs?: number | undefined;
      /**
       * The reason, for people, without secrets. Its first 250 characters are stored if this was
       * the last attempt.
       */
      readonly reason?: string | undefined;
    }
  | {
      readonly item: string;
      readonly outcome: "dead";
      /** The reason, for people, without secrets. Its first 250 characters are stored. */
      readonly reason: string;
    };

/** The results of a batch, grouped for the reports to Redis: by delay, and by reason. */
export interface ItemResults {
  readonly done: readonly string[];
  readonly retry: ReadonlyMap<number, readonly string[]>;
  readonly dead: ReadonlyMap<string, readonly string[]>;
}

/** When an item is retried, and when it becomes dead. */
export interface AttemptLimits {
  readonly maxAttempts: number;
  readonly retryBackoff: BackoffOptions;
}

/** The batches in which claimed items are handled. */
export interface SortedItems {
  /** Items that were claimed more often than allowed, because the workers that had them died. */
  readonly exhausted: readonly ClaimedItem[];
  readonly batches: readonly (readonly ClaimedItem[])[];
}

/**
 * Sorts claimed items into batches. An item on its last attempt is handled alone, because the
 * failure of another item must not make it dead. If an item crashes the process, the items after it
 * are not handled. They get one more attempt, in the opposite order.
 */
export function sortClaimed(items: readonly ClaimedItem[], maxAttempts: number): SortedItems {
  const usual = items.filter(({ attempts }) => attempts < maxAttempts);
  const last = items.filter(({ attempts }) => attempts === maxAttempts);
  const extra = items.filter(({ attempts }) => attempts === maxAttempts + 1).reverse();
  const alone = [...last, ...extra].map((item) => [item]);
  return {
    exhausted: items.filter(({ attempts }) => attempts > maxAttempts + 1),
    batches: usual.length > 0 ? [usual, ...alone] : alone,
  };
}

/**
 * The results of a batch whose handler returned. Items without an outcome are done.
 *
 * @throws ArgumentError if an outcome is none of the three, or a delay is out of bounds
 */
export function resultsOf(
  batch: readonly ClaimedItem[],
  outcomes: readonly ItemOutcome[],
  limits: AttemptLimits,
): ItemResults {
  const named = new Map(outcomes.map((outcome) => [outcome.item, outcome]));
  const results = new CollectedResults(limits);
  for (const claimed of batch) {
    const result = named.get(claimed.item);
    if (result) checkOutcome(result);
    switch (result?.outcome) {
      case undefined:
      case "done":
        results.done.push(claimed.item);
        break;
      case "retry":
        results.retryLater(claimed, result.reason ?? "no attempt succeeded", result.delayMs);
        break;
      case "dead":
        results.deadLetter(claimed.item, result.reason);
    }
  }
  return results;
}

/** The results of a batch whose handler threw: each item is retried while it has attempts left. */
export function resultsOfFailure(
  batch: readonly ClaimedItem[],
  error: unknown,
  limits: AttemptLimits,
): ItemResults {
  const results = new CollectedResults(limits);
  for (const claimed of batch) results.retryLater(claimed, failureReasonOf(error), undefined);
  return results;
}

class CollectedResults implements ItemResults {
  readonly done: string[] = [];
  readonly retry = new Map<number, string[]>();
  readonly dead = new Map<string, string[]>();
  readonly #limits: AttemptLimits;
  readonly #delays = new Map<number, number>();

  constructor(limits: AttemptLimits) {
    this.#limits = limits;
  }

  retryLater({ item, attempts }: ClaimedItem, reason: string, delayMs: number | undefined): void {
    if (attempts >= this.#limits.maxAttempts) this.deadLetter(item, reason);
    else push(this.retry, Math.max(1, Math.ceil(delayMs ?? this.#delay(attempts))), item);
  }

  deadLetter(item: string, reason: string): void {
    push(this.dead, storedText(reason) || "unknown", item);
  }

  /**
   * One delay for all items with the same number of attempts, because items with one delay need one
   * call.
   */
  #delay(attempts: number): number {
    const delay = this.#delays.get(attempts) ?? backoffMs(attempts, this.#limits.retryBackoff);
    this.#delays.set(attempts, delay);
    return delay;
  }
}

function push<Key>(lists: Map<Key, string[]>, key: Key, item: string): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function checkOutcome(result: ItemOutcome): void {
  if (!["done", "retry", "dead"].includes(result.outcome)) {
    throw new ArgumentError("outcome", '"done", "retry" or "dead", in the handler\'s result for an item');
  }
  if (result.outcome !== "retry" || result.delayMs === undefined) return;
  if (!(result.delayMs >= 0 && result.delayMs <= MAX_DURATION_MS)) {
    throw new ArgumentError("delayMs", `from 0 to ${MAX_DURATION_MS}, in the handler's result for an item`);
  }
}
