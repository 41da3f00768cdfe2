import type { types } from "../../generated/ts/index.js";
import { ArgumentError } from "../client/index.js";
import { type BackoffOptions, backoffMs } from "../core/backoff.js";
import { reasonOf } from "../core/notify.js";
import { MAX_LEASE_MS } from "../core/options.js";

/** An item that a worker has, and how often it has been claimed, this time included. */
export type ClaimedItem = types.ClaimedItem;

/** What became of one item: dealt with, to be tried again later, or hopeless. */
export type ItemOutcome =
  | { readonly item: string; readonly outcome: "done" }
  | {
      readonly item: string;
      readonly outcome: "retry";
      /** Default: the worker's growing delay. */
      readonly delayMs?: number | undefined;
      /** Why, for people; 1 to 1,000 bytes, without secrets. Stored when it was the last attempt. */
      readonly reason?: string | undefined;
    }
  | { readonly item: string; readonly outcome: "dead"; readonly reason: string };

/** What is to be told to Redis of a batch. */
export interface ItemResults {
  readonly done: readonly string[];
  readonly retry: ReadonlyMap<number, readonly string[]>;
  readonly dead: ReadonlyMap<string, readonly string[]>;
}

export interface AttemptLimits {
  readonly maxAttempts: number;
  readonly retryBackoff: BackoffOptions;
}

/** The batches in which claimed items are handled. */
export interface SortedItems {
  /** Claimed more often than allowed: whoever had them died. */
  readonly exhausted: readonly ClaimedItem[];
  readonly batches: readonly (readonly ClaimedItem[])[];
}

/**
 * Sorts claimed items into batches. An item on its last attempt is handled alone, so that it is given up for
 * its own fault only. Where an item ends the whole process, those behind it would never have their turn: they
 * get one attempt more, in the opposite order.
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
 * What becomes of a batch whose handler returned. Items that it does not name are done.
 *
 * @throws ArgumentError for an answer that says nothing that can be done
 */
export function resultsOf(
  batch: readonly ClaimedItem[],
  outcomes: readonly ItemOutcome[],
  limits: AttemptLimits,
): ItemResults {
  const named = new Map(outcomes.map((outcome) => [outcome.item, outcome]));
  const verdicts = new CollectedResults(limits);
  for (const claimed of batch) {
    const told = named.get(claimed.item);
    if (told) checkOutcome(told);
    switch (told?.outcome) {
      case undefined:
      case "done":
        verdicts.done.push(claimed.item);
        break;
      case "retry":
        verdicts.retry_(claimed, told.reason ?? "no attempt succeeded", told.delayMs);
        break;
      case "dead":
        verdicts.deadLetter(claimed.item, told.reason);
    }
  }
  return verdicts;
}

/** What becomes of a batch whose handler threw: all of it is tried again, while attempts are left. */
export function resultsOfFailure(
  batch: readonly ClaimedItem[],
  error: unknown,
  limits: AttemptLimits,
): ItemResults {
  const verdicts = new CollectedResults(limits);
  for (const claimed of batch) verdicts.retry_(claimed, reasonOf(error), undefined);
  return verdicts;
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

  retry_({ item, attempts }: ClaimedItem, reason: string, delayMs: number | undefined): void {
    if (attempts >= this.#limits.maxAttempts) this.deadLetter(item, reason);
    else push(this.retry, Math.max(1, Math.ceil(delayMs ?? this.#delay(attempts))), item);
  }

  deadLetter(item: string, reason: string): void {
    push(this.dead, shortened(reason), item);
  }

  /** One delay for all items of as many attempts, so that few calls give them back. */
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

function checkOutcome(told: ItemOutcome): void {
  if (!["done", "retry", "dead"].includes(told.outcome)) {
    throw new ArgumentError("outcome", '"done", "retry" or "dead", as the handler\'s answer for an item');
  }
  if (told.outcome !== "retry" || told.delayMs === undefined) return;
  if (!(told.delayMs >= 0 && told.delayMs <= MAX_LEASE_MS)) {
    throw new ArgumentError("delayMs", `from 0 to ${MAX_LEASE_MS}, as the handler's answer for an item`);
  }
}

/** A reason as Redis stores it: text in UTF-8, never empty, at most 1,000 bytes. */
function shortened(reason: string): string {
  const text = Buffer.from([...reason].slice(0, 250).join("")).toString();
  return text === "" ? "unknown" : text;
}
