import { TestingError } from "./errors.js";

/** Resolves as `work` does, or fails with `TESTING_TIMEOUT` after `limitMs`. `what` names the thing awaited. */
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
 * Asks `ask` again every `everyMs` until it gives true: for states of which a server sends no event, such as
 * `cluster_state`. An error thrown by `ask` counts as "not yet" and is the cause of the final error.
 */
export async function waitUntil(
  ask: () => Promise<boolean>,
  limitMs: number,
  what: string,
  log: () => readonly string[] = () => [],
  everyMs = 25,
): Promise<void> {
  const end = Date.now() + limitMs;
  let cause: unknown;
  for (;;) {
    try {
      if (await withTimeout(ask(), Math.max(1, end - Date.now()), what, log)) return;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= end) {
      throw new TestingError("TESTING_TIMEOUT", `Waited ${limitMs} ms for ${what}.`, { log: log(), cause });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
