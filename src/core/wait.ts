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

/** Whether the work settles within `ms`. */
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
