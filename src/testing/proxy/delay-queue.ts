/** Runs functions in order, each after its own delay. */
export class DelayQueue {
  readonly #waiting: { readonly dueMs: number; work(): void }[] = [];
  #cancel: (() => void) | undefined;

  /**
   * Runs `work` after the delay and after all earlier work; at once if the queue is empty and the
   * delay 0.
   */
  add(delayMs: number, work: () => void): void {
    if (delayMs === 0 && this.#waiting.length === 0) {
      work();
      return;
    }
    this.#waiting.push({ dueMs: performance.now() + delayMs, work });
    if (this.#cancel === undefined) this.#wait(delayMs);
  }

  /** Runs all waiting work now. */
  flush(): void {
    this.#stop();
    for (const { work } of this.#waiting.splice(0)) work();
  }

  /** Drops all waiting work. */
  clear(): void {
    this.#stop();
    this.#waiting.length = 0;
  }

  /** A timer of Node takes at least 1 ms, so a shorter time is waited turn by turn of the event loop. */
  #wait(ms: number): void {
    if (ms < 1) {
      const immediate = setImmediate(() => this.#run());
      this.#cancel = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(() => this.#run(), ms);
      this.#cancel = () => clearTimeout(timer);
    }
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #run(): void {
    this.#cancel = undefined;
    let [first] = this.#waiting;
    while (first !== undefined && first.dueMs <= performance.now()) {
      this.#waiting.shift();
      first.work();
      [first] = this.#waiting;
    }
    // The work may have added more, and so has begun to wait.
    if (first !== undefined && this.#cancel === undefined) this.#wait(first.dueMs - performance.now());
  }
}
