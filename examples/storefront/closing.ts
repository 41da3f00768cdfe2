/** Things to close, in the reverse of the order in which they were opened. */
export class Closing {
  readonly #open: { readonly name: string; readonly close: () => Promise<unknown> | unknown }[] = [];

  /** Notes how to close `what`, and gives it back. */
  add(name: string, close: () => Promise<unknown> | unknown): void;
  add<What>(name: string, close: () => Promise<unknown> | unknown, what: What): What;
  add<What>(name: string, close: () => Promise<unknown> | unknown, what?: What): What | undefined {
    this.#open.push({ name, close });
    return what;
  }

  /**
   * Closes everything, also when something fails on the way or takes longer than its three seconds; `onError` hears of
   * each failure.
   */
  async closeAll(onError: (message: string) => void): Promise<void> {
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) {
      try {
        await within(CLOSE_LIMIT_MS, last.close);
      } catch (error) {
        onError(`closing ${last.name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

/** A server that hangs must not keep the rest from being closed. */
const CLOSE_LIMIT_MS = 3_000;

async function within(limitMs: number, work: () => Promise<unknown> | unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
