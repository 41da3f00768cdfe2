import type { Call, Operation, Span } from "../call.js";

export type { Span } from "../call.js";

/**
 * Redis's clock may differ by this from the clock that the recorder reads. Servers and recorder are
 * on one machine, and both read whole milliseconds.
 */
export const CLOCK_TOLERANCE_MS = 2;

/**
 * When a call can have run by Redis's clock: after all calls that ran before it, and between its own
 * times. Undefined: it cannot have run.
 */
export function timesOf(nowMs: number, call: Call<Operation>): Span | undefined {
  return meet({ from: nowMs, to: Infinity }, windowOf(call));
}

/** When a call can have run by Redis's clock, by its own times. */
export function windowOf({ beganMs, endedMs }: Pick<Call<Operation>, "beganMs" | "endedMs">): Span {
  return { from: beganMs - CLOCK_TOLERANCE_MS, to: endedMs + CLOCK_TOLERANCE_MS };
}

/** A span of one time. */
export function at(timeMs: number): Span {
  return { from: timeMs, to: timeMs };
}

/** The times that two spans have in common. */
export function meet(one: Span | undefined, other: Span): Span | undefined {
  if (one === undefined) return undefined;
  const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)];
  return from <= to ? { from, to } : undefined;
}

/** The times before the end of a lease. `ends` says when the lease ends, as far as it is known. */
export function before(times: Span, ends: Span): Span | undefined {
  return meet(times, { from: -Infinity, to: ends.to - 1 });
}

/** The times at or after the end of a lease. */
export function since(times: Span, ends: Span): Span | undefined {
  return meet(times, { from: ends.from, to: Infinity });
}

/** What is known of the end of a lease that runs at this time. */
export function endsAfter(ends: Span, timeMs: number): Span {
  return { from: Math.max(ends.from, timeMs + 1), to: ends.to };
}

export function textOfSpan({ from, to }: Span): string {
  if (to === Number.POSITIVE_INFINITY) return `${from} or later`;
  return from === to ? `${from}` : `${from} to ${to}`;
}
