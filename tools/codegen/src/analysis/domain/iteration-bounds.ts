import type { Interval } from "./interval.js";
import type { AbstractState } from "./state.js";
import type { AbstractValue } from "./value.js";

/** How often a numeric `for` runs at least; 0 where that is not known. */
export function minIterations(start: Interval, end: Interval, step: Interval): number {
  if (step.min !== step.max || step.min === 0) return 0;
  const span = step.min > 0 ? end.min - start.max : start.min - end.max;
  return Number.isFinite(span) ? Math.max(0, Math.floor(span / Math.abs(step.min)) + 1) : 0;
}

/**
 * How often a numeric `for` runs at most; infinite where that is not known. Beyond 2^53 one step
 * may leave the position unchanged, and sums of fractions are not exact, so that both prove
 * nothing.
 */
export function maxIterations(start: Interval, end: Interval, step: Interval): number {
  const assumed = [start, end, step].some((one) => one.assumed === true);
  if (assumed || !start.whole || !step.whole || end.mayBeNonFinite === true) return Number.POSITIVE_INFINITY;
  const up = step.min > 0;
  if (!up && step.max >= 0) return Number.POSITIVE_INFINITY;
  const [first, last] = up ? [start.min, end.max] : [-start.max, -end.min];
  if (!isSafe(first) || !isSafe(last)) return Number.POSITIVE_INFINITY;
  const shortest = up ? step.min : -step.max;
  return Math.max(0, Math.floor((last - first) / shortest) + 1);
}

function isSafe(bound: number): boolean {
  return Math.abs(bound) <= Number.MAX_SAFE_INTEGER;
}

/**
 * How often ipairs, pairs or next goes round over a value at most, in any of these states; infinite
 * where not known.
 */
export function maxTableIterations(
  list: AbstractValue,
  states: readonly AbstractState[],
  ordered: boolean,
): number {
  if (list.unknown || list.tables.size === 0) return Number.POSITIVE_INFINITY;
  return Math.max(
    ...states.flatMap((state) => [...list.tables].map((id) => entriesOf(id, state, ordered))),
    0,
  );
}

/** How many entries a table has at most. */
function entriesOf(id: string, state: AbstractState, ordered: boolean): number {
  const table = state.tables.get(id);
  if (table === undefined || table.length.assumed === true) return Number.POSITIVE_INFINITY;
  if (ordered) return table.length.max;
  const { dynamicKeys } = table;
  const named =
    dynamicKeys.unknown ||
    dynamicKeys.nil ||
    dynamicKeys.text !== undefined ||
    dynamicKeys.keys.size > 0 ||
    dynamicKeys.boolTrue;
  const others =
    named ||
    dynamicKeys.boolFalse ||
    dynamicKeys.tables.size + dynamicKeys.functions.size + dynamicKeys.libraries.size > 0;
  const positions =
    dynamicKeys.number === undefined || (dynamicKeys.number.whole && dynamicKeys.number.min >= 1);
  return others || !positions ? Number.POSITIVE_INFINITY : table.length.max + table.fields.size;
}

/** How a loop comes to an end, as the analysis has followed it. */
export interface LoopExits {
  /** Some round is followed by another. */
  readonly repeats: boolean;
  /** Ways out: the loop's own condition, `break` and `return`. */
  readonly exits: number;
  /** Calls of error() and assert() within the loop. */
  readonly errorCalls: number;
}

/** Whether no run leaves the loop. A command that fails is no way out. */
export function neverTerminates({ repeats, exits, errorCalls }: LoopExits): boolean {
  return repeats && exits === 0 && errorCalls === 0;
}
