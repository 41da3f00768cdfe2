/** Counts the loads of a cache in this process, with their fills. */
export class RunningLoads {
  #count = 0;
  #onDrained: (() => void)[] = [];

  begin(): void {
    this.#count++;
  }

  /** Counts work until it has ended. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.begin();
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  end(): void {
    this.#count--;
    if (this.#count > 0) return;
    for (const drained of this.#onDrained) drained();
    this.#onDrained = [];
  }

  /** Waits until none runs, for at most so many milliseconds. Returns how many still run. */
  drain(ms: number): Promise<number> {
    if (this.#count === 0) return Promise.resolve(0);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(this.#count), ms);
      this.#onDrained.push(() => {
        clearTimeout(timer);
        resolve(0);
      });
    });
  }
}
