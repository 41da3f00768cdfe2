import { MAX_TIMER_MS } from "./limits.js";

/** Resolves after `ms`, or as soon as the signal aborts. It keeps no process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(Math.max(ms, 1), MAX_TIMER_MS));
    timer.unref();
    signal.addEventListener("abort", done, { once: true });
  });
}

/** The same for a pause that a caller awaits: it keeps the process alive until its end. */
export async function pauseAlive(ms: number, signal: AbortSignal): Promise<void> {
  const alive = setTimeout(() => undefined, Math.min(Math.max(ms, 1), MAX_TIMER_MS));
  try {
    await pause(ms, signal);
  } finally {
    clearTimeout(alive);
  }
}

/** Whether the work settles within `ms`. It keeps no process alive. */
export async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const settled = new AbortController();
  const ended = work.then(
    () => true,
    () => true,
  );
  const first = await Promise.race([ended, pause(ms, settled.signal).then(() => false)]);
  settled.abort();
  return first;
}

/**
 * The same for a caller of `stop()`: it keeps the process alive until then. Otherwise a process
 * without a connection would end before the code after `await stop()`.
 */
export async function stopsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const alive = setTimeout(() => undefined, MAX_TIMER_MS);
  try {
    return await endsWithin(work, ms);
  } finally {
    clearTimeout(alive);
  }
}
