import type { Listening } from "../../client/index.js";
import { cacheDefaults as defaults } from "../defaults.js";
import type { Lookup } from "../read/lookup.js";

interface WaitOptions {
  readonly leaseEndsInMs: number;
  readonly maxWaitMs: number;
  /** Calls `wake` at each message of the lease, and after a lost connection. */
  listen(wake: () => void): Listening;
  /** Callers may join from now on. */
  open(): void;
  /** The next reading is sent now. */
  close(): void;
  lookup(): Promise<Lookup | undefined>;
}

/**
 * Waits until the load of another process has ended, and reads again. It waits for one lease only: for
 * its message or its end. If the entry is busy again after that, the result says so.
 */
export async function waitForFill(options: WaitOptions): Promise<Lookup | undefined> {
  const { maxWaitMs, leaseEndsInMs } = options;
  const giveUpAt = performance.now() + maxWaitMs;
  let leaseEndsAt = performance.now() + leaseEndsInMs;
  const wait = new MessageWait();
  options.open();
  let listening: Listening | undefined;
  try {
    listening = options.listen(() => wait.wake());
    // Without messages it only polls.
    await Promise.race([listening.ready, wait.until(Math.min(leaseEndsAt, nextPollAt()))]);
    for (;;) {
      const hadMessage = wait.isWoken;
      wait.reset();
      options.close();
      const lookup = await options.lookup();
      if (lookup?.kind !== "busy") return lookup;
      const now = performance.now();
      // A lease that was renewed is the same one; a message says that it has ended.
      if (hadMessage || now >= giveUpAt) return lookup;
      leaseEndsAt = Math.min(now + lookup.leaseEndsInMs, giveUpAt);
      options.open();
      await wait.until(Math.min(leaseEndsAt, nextPollAt()));
    }
  } finally {
    options.close();
    wait.reset();
    listening?.stop();
  }
}

/** Processes that wait for one fill poll at different times. */
function nextPollAt(): number {
  return performance.now() + defaults.pollMs.value * (1 + Math.random());
}

/** Waits for a message, or for a time. */
class MessageWait {
  #resolve: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  isWoken = false;

  wake(): void {
    this.isWoken = true;
    this.#resolve?.();
  }

  /** Forgets the message, and ends the wait. */
  reset(): void {
    this.isWoken = false;
    this.#resolve = undefined;
    clearTimeout(this.#timer);
  }

  /** @param at in the time of `performance.now()` */
  until(at: number): Promise<void> {
    if (this.isWoken) return Promise.resolve();
    return new Promise((resolve) => {
      this.#timer = setTimeout(resolve, Math.max(1, at - performance.now()));
      this.#resolve = () => {
        clearTimeout(this.#timer);
        resolve();
      };
    });
  }
}
