import type { ByteReads } from "../../client/index.js";

/** Clocks drift by less than a millisecond in this time. */
const SAMPLE_EVERY_MS = 60_000;

/** Redis's clock, as the last reading of it shows. Without one, the clock of this process. */
export class RedisClock {
  readonly #read: () => Promise<ByteReads | undefined>;
  #offsetMs = 0;
  #sampledAt = Number.NEGATIVE_INFINITY;

  constructor(read: () => Promise<ByteReads | undefined>) {
    this.#read = read;
    this.#sample();
  }

  /** Epoch milliseconds. */
  nowMs(): number {
    if (performance.now() - this.#sampledAt > SAMPLE_EVERY_MS) this.#sample();
    return Date.now() + this.#offsetMs;
  }

  #sample(): void {
    this.#sampledAt = performance.now();
    const sentMs = Date.now();
    this.#read().then(
      (read) => {
        // The reply was made between the sending and now.
        if (read) this.#offsetMs = read.nowMs - (sentMs + Date.now()) / 2;
      },
      () => undefined,
    );
  }
}
