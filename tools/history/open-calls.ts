import type { Call, Operation, Span } from "./call.js";

interface Open {
  readonly answered: readonly number[];
  /** One of each request. */
  readonly unanswered: readonly number[];
  /** The earliest end of a call with a reply. */
  readonly firstEndMs: number;
  /** The earliest time at which a call can run that began later than that. */
  readonly laterFromMs: number;
  /** The earliest time by which such a call must have run. */
  readonly laterToMs: number;
}

/** The calls that are not chosen and that began before the first of them ended. */
export class OpenCalls {
  /** The calls that may be next, those with a reply first, each in the order of their last times. */
  readonly candidates: readonly number[];
  readonly unanswered: readonly number[];
  /** Calls that must be chosen, with the two earliest ends of their windows. */
  readonly #deadlines: readonly Limit[];
  /** The same with the two earliest beginnings. */
  readonly #earliest: readonly Limit[];
  readonly #laterFromMs: number;
  readonly #laterToMs: number;

  constructor(calls: readonly Call<Operation>[], windows: readonly Span[], open: Open) {
    const limits = (of: (window: Span) => number) =>
      open.answered
        .map((call) => ({ call, timeMs: of(windows[call] ?? { from: 0, to: 0 }) }))
        .sort((one, other) => one.timeMs - other.timeMs);
    const byDeadline = limits(({ to }) => to);
    const lastMs = Math.min(byDeadline[0]?.timeMs ?? Number.POSITIVE_INFINITY, open.laterToMs);
    const mayBeNext = (call: number) =>
      (calls[call]?.beganMs ?? 0) <= open.firstEndMs && (windows[call]?.from ?? 0) <= lastMs;
    this.candidates = [...byDeadline.map(({ call }) => call), ...open.unanswered].filter(mayBeNext);
    this.unanswered = open.unanswered;
    this.#deadlines = byDeadline.slice(0, 2);
    this.#earliest = limits(({ from }) => from).slice(0, 2);
    this.#laterFromMs = open.laterFromMs;
    this.#laterToMs = open.laterToMs;
  }

  /** The time by which another call than this one must have run. */
  deadlineWithout(call: number): number {
    return Math.min(without(this.#deadlines, call), this.#laterToMs);
  }

  /** The earliest time at which another call than this one, with a reply, can run. */
  earliestWithout(call: number): number {
    return Math.min(without(this.#earliest, call), this.#laterFromMs);
  }
}

interface Limit {
  readonly call: number;
  readonly timeMs: number;
}

function without(limits: readonly Limit[], call: number): number {
  return limits.find((limit) => limit.call !== call)?.timeMs ?? Number.POSITIVE_INFINITY;
}
