/** Runs functions in order, each after its own delay. */
export class DelayQueue {
  readonly #waiting: { readonly dueMs: number; work(): void }[] = [];
  #timer: NodeJS.Timeout | undefined;

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
    this.#timer ??= setTimeout(() => this.#run(), delayMs);
  }

  /** Runs all waiting work now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { work } of this.#waiting.splice(0)) work();
  }

  /** Drops all waiting work. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
  }

  #run(): void {
    this.#timer = undefined;
    let [first] = this.#waiting;
    while (first !== undefined && first.dueMs <= performance.now()) {
      this.#waiting.shift();
      first.work();
      [first] = this.#waiting;
    }
    if (first !== undefined) this.#timer = setTimeout(() => this.#run(), first.dueMs - performance.now());
  }
}
