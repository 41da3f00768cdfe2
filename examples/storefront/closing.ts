type Close = () => Promise<unknown> | unknown;

/** The limit for one server, because a server that hangs must not keep the others open. */
const LIMIT_MS = 3_000;
/** After one server hangs, the others probably hang too, so the limit is shorter. */
const SHORT_LIMIT_MS = 1_000;

/** Closes resources in the reverse of the order in which they were opened. */
export class Closing {
  readonly #open: { readonly name: string; readonly close: Close }[] = [];
  #over = false;

  /**
   * Registers how to close a resource, and returns the resource. After `closeAll`, a new resource
   * is closed at once.
   */
  add(name: string, close: Close): void;
  add<What>(name: string, close: Close, what: What): What;
  add<What>(name: string, close: Close, what?: What): What | undefined {
    if (this.#over) within(LIMIT_MS, close).catch(() => undefined);
    else this.#open.push({ name, close });
    return what;
  }

  /**
   * Closes everything, even if a resource fails or needs more than three seconds. `onError`
   * receives each failure.
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
