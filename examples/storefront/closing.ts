type Close = () => Promise<unknown> | unknown;

/** A server that hangs must not keep the rest from being closed. */
const LIMIT_MS = 3_000;
/** Once one of them hangs, the rest most likely does too, and nobody waits long for each. */
const SHORT_LIMIT_MS = 1_000;

/** Things to close, in the reverse of the order in which they were opened. */
export class Closing {
  readonly #open: { readonly name: string; readonly close: Close }[] = [];
  #over = false;

  /**
   * Notes how to close `what`, and gives it back. What comes after everything was closed is closed
   * at once.
   */
  add(name: string, close: Close): void;
  add<What>(name: string, close: Close, what: What): What;
  add<What>(name: string, close: Close, what?: What): What | undefined {
    if (this.#over) within(LIMIT_MS, close).catch(() => undefined);
    else this.#open.push({ name, close });
    return what;
  }

  /**
   * Closes everything, also when something fails on the way or takes longer than its three seconds;
   * `onError` hears of each failure.
   */
  async closeAll(onError: (message: string) => void): Promise<void> {
    let limitMs = LIMIT_MS;
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) {
      try {
        await within(limitMs, last.close);
      } catch (error) {
        if (error instanceof LateError) limitMs = SHORT_LIMIT_MS;
        onError(`closing ${last.name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    this.#over = true;
  }
}

class LateError extends Error {}

async function within(limitMs: number, work: Close): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError(`it took longer than ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
