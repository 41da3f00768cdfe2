import type { Numeric } from "./interval.js";
import type { State } from "./state.js";
import type { Value } from "./value.js";

/** How often a numeric `for` runs at least; 0 where that is not known. */
export function leastRounds(start: Numeric, end: Numeric, step: Numeric): number {
  if (step.least !== step.greatest || step.least === 0) return 0;
  const span = step.least > 0 ? end.least - start.greatest : start.least - end.greatest;
  return Number.isFinite(span) ? Math.max(0, Math.floor(span / Math.abs(step.least)) + 1) : 0;
}

/**
 * How often a numeric `for` runs at most; infinite where that is not known. Beyond 2^53 one step may leave the position
 * unchanged, and sums of fractions are not exact, so that both prove nothing.
 */
export function greatestRounds(start: Numeric, end: Numeric, step: Numeric): number {
  const trusted = [start, end, step].some((one) => one.trusted === true);
  if (trusted || !start.whole || !step.whole || end.wild === true) return Number.POSITIVE_INFINITY;
  const up = step.least > 0;
  if (!up && step.greatest >= 0) return Number.POSITIVE_INFINITY;
  const [first, last] = up ? [start.least, end.greatest] : [-start.greatest, -end.least];
  if (!isSafe(first) || !isSafe(last)) return Number.POSITIVE_INFINITY;
  const shortest = up ? step.least : -step.greatest;
  return Math.max(0, Math.floor((last - first) / shortest) + 1);
}

function isSafe(bound: number): boolean {
  return Math.abs(bound) <= Number.MAX_SAFE_INTEGER;
}

/** How often ipairs, pairs or next goes round over a value at most, in any of these states; infinite where not known. */
export function walkedRounds(list: Value, states: readonly State[], ordered: boolean): number {
  if (list.unknown || list.tables.size === 0) return Number.POSITIVE_INFINITY;
  return Math.max(
    ...states.flatMap((state) => [...list.tables].map((id) => entriesOf(id, state, ordered))),
    0,
  );
}

/** How many entries a table has at most. */
function entriesOf(id: string, state: State, ordered: boolean): number {
  const table = state.tables.get(id);
  if (table === undefined || table.length.trusted === true) return Number.POSITIVE_INFINITY;
  if (ordered) return table.length.greatest;
  const { names } = table;
  const named = names.unknown || names.nil || names.text !== undefined || names.keys.size > 0 || names.yes;
  const others = named || names.no || names.tables.size + names.functions.size + names.libraries.size > 0;
  const positions = names.number === undefined || (names.number.whole && names.number.least >= 1);
  return others || !positions ? Number.POSITIVE_INFINITY : table.length.greatest + table.fields.size;
}

/** How a loop comes to an end, as the analysis has followed it. */
export interface Endings {
  /** Some round is followed by another. */
  readonly goesOn: boolean;
  /** Ways out: the loop's own condition, `break` and `return`. */
  readonly exits: number;
  /** Calls of error() and assert() within the loop. */
  readonly stops: number;
}

/** Whether no run leaves the loop. A command that fails is no way out. */
export function neverEnds({ goesOn, exits, stops }: Endings): boolean {
  return goesOn && exits === 0 && stops === 0;
}
