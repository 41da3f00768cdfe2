/** Work that is done in order, each piece so many milliseconds after it came. */
export class DelayQueue {
  readonly #waiting: { readonly due: number; work(): void }[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Does the work after the delay, and after all work before it; at once where nothing is to be waited for. */
  add(delayMs: number, work: () => void): void {
    if (delayMs === 0 && this.#waiting.length === 0) {
      work();
      return;
    }
    this.#waiting.push({ due: performance.now() + delayMs, work });
    this.#timer ??= setTimeout(() => this.#run(), delayMs);
  }

  /** Does everything that waits now. */
  hurry(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { work } of this.#waiting.splice(0)) work();
  }

  /** Drops everything that waits. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
  }

  #run(): void {
    this.#timer = undefined;
    let [first] = this.#waiting;
    while (first !== undefined && first.due <= performance.now()) {
      this.#waiting.shift();
      first.work();
      [first] = this.#waiting;
    }
    if (first !== undefined) this.#timer = setTimeout(() => this.#run(), first.due - performance.now());
  }
}
