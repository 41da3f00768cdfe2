import { asError } from "../../core/notify.js";

/** The longest pause between two attempts for one entry. A lease may end before its time. */
const MAX_PAUSE_MS = 500;

/** Above so many entries, all pauses end. It costs one call to Redis for each of them. */
const MAX_ENTRIES = 10_000;

/** Refreshes stale entries in the background: one attempt for each entry at a time. */
export class StaleRefreshes {
  readonly #onError: (error: Error) => void;
  /** By entry: when the next attempt may begin. */
  readonly #pausedUntil = new Map<string, number>();

  constructor(onError: (error: Error) => void) {
    this.#onError = onError;
  }

  /** Begins an attempt. `refresh` returns for how many milliseconds another caller has the lease. */
  begin(key: string, refresh: () => Promise<number>): void {
    const until = this.#pausedUntil.get(key);
    if (until !== undefined && performance.now() < until) return;
    if (this.#pausedUntil.size >= MAX_ENTRIES) this.#pausedUntil.clear();
    this.#pausedUntil.set(key, Number.POSITIVE_INFINITY);
    refresh().then(
      (busyMs) => this.#end(key, busyMs),
      (error: unknown) => {
        this.#onError(asError(error));
        this.#end(key, 0);
      },
    );
  }

  #end(key: string, busyMs: number): void {
    if (busyMs <= 0) this.#pausedUntil.delete(key);
    else this.#pausedUntil.set(key, performance.now() + Math.min(busyMs, MAX_PAUSE_MS));
  }
}
