import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { MAX_TIMER_MS } from "../../core/limits.js";
import { asError, notify, type OnError } from "../../core/notify.js";
import { readFrom } from "../../core/read-from.js";
import { pause } from "../../core/wait.js";
import { cacheDefaults as defaults } from "../defaults.js";

/** Where a cached value is. */
export type CachePlace = "l1" | "redis";

/** A value as its codec codes it; undefined: the source has none. */
export interface CodedBytes {
  readonly bytes: Uint8Array | undefined;
}

/** How the observer compares one entry. */
export interface ConsistencyCheck {
  /** Names the entry among those of all caches of the observer. */
  readonly key: string;
  readonly places: readonly CachePlace[];
  /** What callers get from there now, if it is no stale value; undefined if there is none. */
  read(place: CachePlace): Promise<CodedBytes | undefined>;
  /** What the source has now. */
  load(): Promise<CodedBytes>;
  /** The place has disagreed with the source for so long; 0 if it agreed at once. */
  report(place: CachePlace, durationMs: number): void;
}

/** The options of `observeConsistency`. */
export interface ConsistencyOptions {
  /** The share of readings, and of invalidations of entries, that are followed by a comparison: 0 to 1. */
  readonly share: number;
  /** Milliseconds for which an entry that disagrees is compared again. Default 60,000. */
  readonly watchMs?: number | undefined;
  /** The most entries that are compared at a time. Each has at most one load at a time. Default 4. */
  readonly maxEntries?: number | undefined;
  /** Receives the errors of comparisons, such as those of the loader. */
  readonly onError?: OnError | undefined;
}

const optionNames: OptionNames<ConsistencyOptions> = {
  share: true,
  watchMs: true,
  maxEntries: true,
  onError: true,
};

/** Compares what caches serve with the source; `observeConsistency` makes it. */
export interface ConsistencyObserver {
  /** Caches call it. It compares some of the entries. */
  sample(checkOf: () => ConsistencyCheck): void;
  /** Ends all comparisons, and begins no other. */
  close(): void;
}

/**
 * Compares a share of the entries that callers read or invalidate with the source, in the background. The
 * hook `onCache` of the client's observers, and so `cache_inconsistency_seconds` of `prometheusObserver`,
 * gets for how long L1 or Redis disagreed. Values are equal if their coded bytes are.
 *
 * ```ts
 * const consistency = observeConsistency({ share: 0.001 });
 * const products = moonpath.cache({
 *   pattern: "product:<product>",
 *   freshMs: 600_000,
 *   load: ({ product }) => database.product(product),
 *   consistency,
 * });
 * // When the service stops:
 * consistency.close();
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function observeConsistency(options: ConsistencyOptions): ConsistencyObserver {
  return readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    const { share, onError } = options;
    if (typeof share !== "number" || !(share >= 0 && share <= 1)) {
      throw new ArgumentError("share", "a number from 0 to 1");
    }
    const { watchMs = defaults.consistencyWatchMs.value, maxEntries = defaults.consistencyEntries.value } =
      options;
    return new Comparisons(
      share,
      checkedInteger("watchMs", watchMs, 1, MAX_TIMER_MS),
      checkedInteger("maxEntries", maxEntries, 1, 1_000),
      onError,
    );
  });
}

const FIRST_DELAY_MS = 10;
const MAX_DELAY_MS = 5_000;

class Comparisons implements ConsistencyObserver {
  readonly #share: number;
  readonly #watchMs: number;
  readonly #maxEntries: number;
  readonly #onError: OnError | undefined;
  readonly #closed = new AbortController();
  readonly #running = new Set<string>();

  constructor(share: number, watchMs: number, maxEntries: number, onError: OnError | undefined) {
    this.#share = share;
    this.#watchMs = watchMs;
    this.#maxEntries = maxEntries;
    this.#onError = onError;
  }

  sample(checkOf: () => ConsistencyCheck): void {
    if (Math.random() >= this.#share || this.#running.size >= this.#maxEntries) return;
    if (this.#closed.signal.aborted) return;
    const check = this.#checkOf(checkOf);
    if (!check || this.#running.has(check.key)) return;
    this.#running.add(check.key);
    this.#watch(check)
      .catch((error: unknown) => notify(this.#onError, asError(error)))
      .finally(() => this.#running.delete(check.key));
  }

  /** Undefined if a function of the cache throws, such as `tags`. It must not fail the caller's call. */
  #checkOf(checkOf: () => ConsistencyCheck): ConsistencyCheck | undefined {
    try {
      return checkOf();
    } catch (error) {
      notify(this.#onError, asError(error));
      return undefined;
    }
  }

  close(): void {
    this.#closed.abort();
  }

  /** Compares an entry until all places agree with the source, or the time is over. */
  async #watch(check: ConsistencyCheck): Promise<void> {
    const { signal } = this.#closed;
    const startedAt = performance.now();
    let places = check.places;
    let lastMs = 0;
    for (let delayMs = FIRST_DELAY_MS; !signal.aborted; delayMs = Math.min(2 * delayMs, MAX_DELAY_MS)) {
      const disagreeing = await disagreeingPlaces(check, places);
      if (signal.aborted) return;
      const nowMs = performance.now() - startedAt;
      const isOver = nowMs + delayMs > this.#watchMs;
      for (const place of places) {
        if (!disagreeing.includes(place)) check.report(place, lastMs === 0 ? 0 : nowMs);
        else if (isOver) check.report(place, nowMs);
      }
      if (disagreeing.length === 0 || isOver) return;
      places = disagreeing;
      lastMs = nowMs;
      await pause(delayMs, signal);
    }
  }
}

/**
 * The places that disagree with the source. A place does if it had the same other value before and after the
 * source was read: a change between the two readings is none.
 */
async function disagreeingPlaces(
  check: ConsistencyCheck,
  places: readonly CachePlace[],
): Promise<readonly CachePlace[]> {
  const before = await Promise.all(places.map((place) => check.read(place)));
  const source = await check.load();
  const compared = places.map(async (place, index) => {
    const found = before[index];
    if (!found || areEqual(found, source)) return [];
    const second = await check.read(place);
    return second && areEqual(second, found) ? [place] : [];
  });
  return (await Promise.all(compared)).flat();
}

function areEqual({ bytes: one }: CodedBytes, { bytes: other }: CodedBytes): boolean {
  return one && other ? Buffer.compare(one, other) === 0 : one === other;
}
