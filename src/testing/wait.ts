import { TestingError } from "./errors.js";

/**
 * Waits for `work`. `what` names it in the error.
 *
 * @throws TestingError `TESTING_TIMEOUT` after `limitMs`
 */
export async function withTimeout<T>(
  work: Promise<T>,
  limitMs: number,
  what: string,
  log: () => readonly string[] = () => [],
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TestingError("TESTING_TIMEOUT", `Waited ${limitMs} ms for ${what}.`, { log: log() }));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Calls `check` every `everyMs` until it returns true. Use it for a state without an event, such as
 * `cluster_state`. An error of `check` counts as false, and becomes the cause of the final error.
 *
 * @throws TestingError `TESTING_TIMEOUT` after `limitMs`
 */
export async function waitUntil(
  check: () => Promise<boolean>,
  limitMs: number,
  what: string,
  log: () => readonly string[] = () => [],
  everyMs = 25,
): Promise<void> {
  const end = Date.now() + limitMs;
  let cause: unknown;
  for (;;) {
    try {
      if (await withTimeout(check(), Math.max(1, end - Date.now()), what, log)) return;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= end) {
      throw new TestingError("TESTING_TIMEOUT", `Waited ${limitMs} ms for ${what}.`, { log: log(), cause });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
