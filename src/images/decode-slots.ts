import { ImageRefusal } from "./types.js";

/** Runs at most so many decoders at once. Others wait for their turn, and too many are refused. */
export class DecodeSlots {
  #running = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {}

  /**
   * The result of the work. When the signal aborts, the caller is refused. A decoder that goes on keeps its
   * slot until it ends, because it still takes memory and a thread.
   *
   * @throws ImageRefusal `IMAGE_BUSY`, or what the work throws
   */
  async run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    await this.#turn(signal);
    const result = work().finally(() => this.#free());
    return endedBy(result, signal);
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw busy();
    if (this.#running < this.maxRunning) {
      this.#running++;
      return;
    }
    if (this.#waiting.size >= this.maxWaiting) throw busy();
    let mayRun = () => {};
    const turn = new Promise<void>((resolve) => {
      mayRun = resolve;
    });
    this.#waiting.add(mayRun);
    try {
      await endedBy(turn, signal);
    } catch (error) {
      // The slot may have come at the same moment.
      if (!this.#waiting.delete(mayRun)) this.#free();
      throw error;
    }
  }

  /** Gives the slot to the caller that has waited longest. */
  #free(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

/** The result, or a refusal when the signal aborts first. A later result is dropped. */
export function endedBy<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(busy());
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    if (signal.aborted) onAbort();
  });
}

function busy(): ImageRefusal {
  return new ImageRefusal("IMAGE_BUSY", "the image was not ready in time");
}
