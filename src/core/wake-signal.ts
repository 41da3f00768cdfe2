import { MAX_TIMER_MS } from "./limits.js";

/**
 * Lets one waiter sleep until `wake` is called or its time has passed. A call of `wake` before the
 * sleep counts.
 */
export class WakeSignal {
  #isWoken = false;
  #resolve: (() => void) | undefined;

  wake(): void {
    this.#isWoken = true;
    this.#resolve?.();
  }

  /** Sleeps for at most `ms`. It keeps no process alive. */
  async wait(ms: number): Promise<void> {
    if (!this.#isWoken) await this.#sleep(ms);
    this.#isWoken = false;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#resolve?.(), Math.min(Math.max(ms, 1), MAX_TIMER_MS));
      timer.unref();
      this.#resolve = () => {
        clearTimeout(timer);
        this.#resolve = undefined;
        resolve();
      };
    });
  }
}
