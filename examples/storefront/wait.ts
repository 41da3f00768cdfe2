import { setTimeout as sleep } from "node:timers/promises";

/** A connection that was cut is made anew at once; a server that is gone is not waited for. */
const TRIES = 6;
const FIRST_PAUSE_MS = 50;
const PATIENCE_MS = 3_000;

/**
 * Does `work`, and again after short pauses when it fails. It must be such that a second run
 * changes nothing.
 */
export async function persist<Result>(work: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === TRIES || performance.now() - started > PATIENCE_MS) throw error;
    }
    await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
}

/**
 * As `work` ends, or at once with the signal's reason. What was begun goes on; whoever began it
 * closes it.
 */
export async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}
