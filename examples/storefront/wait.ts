import { setTimeout as sleep } from "node:timers/promises";

/** A broken connection is back at once. A server that is gone is not worth a wait. */
const MAX_ATTEMPTS = 6;
const FIRST_DELAY_MS = 50;
const RETRY_LIMIT_MS = 3_000;

/** Runs `work`, and retries it after short delays if it fails. A second run must change nothing. */
export async function withRetries<Result>(work: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || performance.now() - started > RETRY_LIMIT_MS) throw error;
    }
    await sleep(FIRST_DELAY_MS * 2 ** (attempt - 1));
  }
}

/**
 * Settles as `work` does, or at once with the signal's reason. An aborted work continues, and its
 * caller has to close it.
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
