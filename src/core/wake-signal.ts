/** Lets one waiter sleep until it is rung, or until its time is over. A ring that finds nobody asleep is kept. */
export class WakeSignal {
  #isWoken = false;
  #resolve: (() => void) | undefined;

  wake(): void {
    this.#isWoken = true;
    this.#resolve?.();
  }

  /** Sleeps for at most `ms`. Holds no process open. */
  async wait(ms: number): Promise<void> {
    if (!this.#isWoken) await this.#sleep(ms);
    this.#isWoken = false;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#resolve?.(), Math.min(Math.max(ms, 1), longestTimerMs));
      timer.unref();
      this.#resolve = () => {
        clearTimeout(timer);
        this.#resolve = undefined;
        resolve();
      };
    });
  }
}

/** The longest that a timer of Node can wait. */
const longestTimerMs = 2 ** 31 - 1;

/** Resolves after `ms`, or as soon as the signal is aborted. Holds no process open. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(Math.max(ms, 1), longestTimerMs));
    timer.unref();
    signal.addEventListener("abort", done, { once: true });
  });
}

/** Whether the work ended, well or not, within `ms`. */
export async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const ended = work.then(
    () => true,
    () => true,
  );
  const first = await Promise.race([ended, pause(ms, over.signal).then(() => false)]);
  over.abort();
  return first;
}
