import { OverloadedError } from "../../core/errors.js";

interface Waiting {
  readonly start: () => void;
}

/** Limits how many loads of one pattern run at once. Others wait for their turn, in their order. */
export class LoadLimit {
  readonly #max: number;
  readonly #waiting = new Set<Waiting>();
  #running = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** The loads that wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** @throws OverloadedError if its turn has not come within `waitMs` */
  async run<Value>(waitMs: number, load: () => Promise<Value>): Promise<Value> {
    if (this.#running >= this.#max) await this.#turn(waitMs);
    else this.#running++;
    try {
      return await load();
    } finally {
      // The next one takes over the place, so `#running` stays.
      const [next] = this.#waiting;
      if (next) {
        this.#waiting.delete(next);
        next.start();
      } else this.#running--;
    }
  }

  #turn(waitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new OverloadedError(`${this.#max} loads of this pattern run, and none ended in time`));
      }, waitMs);
      this.#waiting.add(waiting);
    });
  }
}
