import { defaults } from "../defaults.js";
import type { Batch } from "./batch.js";

/**
 * The deadlines of all batches of a client. They come in the order of the batches, so one timer on the
 * oldest batch is enough. It does not keep the process alive: the connection does that while it is open
 * or connects again, and its end ends the calls.
 */
export class BatchDeadlines {
  readonly #expire: (batch: Batch) => void;
  #oldest: Batch | undefined;
  #newest: Batch | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #sweep = () => {
    this.#timer = undefined;
    const now = performance.now();
    let ended = 0;
    while (this.#oldest !== undefined && this.#oldest.endsAt <= now) {
      // Many calls may end at one instant. Other events run between the slices.
      if (ended >= defaults.maxEndedCalls.value) {
        setImmediate(this.#sweep);
        return;
      }
      ended += this.#oldest.count;
      const batch = this.#oldest;
      this.remove(batch);
      this.#expire(batch);
    }
    this.#start(now);
  };

  /** @param expire ends the calls of a batch */
  constructor(expire: (batch: Batch) => void) {
    this.#expire = expire;
  }

  /** Adds a batch whose deadline is not before those of the others. */
  add(batch: Batch): void {
    batch.earlier = this.#newest;
    if (this.#newest === undefined) this.#oldest = batch;
    else this.#newest.later = batch;
    this.#newest = batch;
    if (this.#timer === undefined) this.#start(performance.now());
  }

  /** Removes a batch that has ended, if it is there. */
  remove(batch: Batch): void {
    const { earlier, later } = batch;
    if (earlier === undefined && this.#oldest !== batch) return;
    if (earlier === undefined) this.#oldest = later;
    else earlier.later = later;
    if (later === undefined) this.#newest = earlier;
    else later.earlier = earlier;
    batch.earlier = undefined;
    batch.later = undefined;
  }

  #start(now: number): void {
    if (this.#oldest === undefined) return;
    this.#timer = setTimeout(this.#sweep, Math.max(1, Math.ceil(this.#oldest.endsAt - now)));
    this.#timer.unref();
  }
}
