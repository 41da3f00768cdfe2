/** An interval of numbers with inclusive bounds. */
export interface Interval {
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
  /** It may be infinite or NaN. Never set if the number is whole. */
  readonly mayBeNonFinite?: boolean;
  /** A comment claims its bounds, and the analysis does not prove them. */
  readonly assumed?: boolean;
  /**
   * It equals this parameter, so that a difference with a number below the parameter is not
   * negative.
   */
  readonly equalTo?: string;
  /** It is at most this parameter. */
  readonly atMost?: string;
  /** It is a filled position of this table. */
  readonly withinTable?: string;
  /**
   * In a table of alternating names and values: the position of a name (first) or of a value
   * (second).
   */
  readonly pairHalf?: "first" | "second";
}

/**
 * Where `..` and tostring begin to lose digits: Lua 5.1 writes numbers with 14 significant ones.
 */
const FOURTEEN_DIGITS = 99_999_999_999_999;

export function interval(
  whole: boolean,
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
): Interval {
  return { whole, min, max };
}

export const ANY_INTEGER = interval(true);
export const ANY_NUMBER: Interval = { ...interval(false), mayBeNonFinite: true };
/** An unknown length. */
export const ANY_LENGTH = interval(true, 0);

export function constant(value: number): Interval {
  return withNonFinite(interval(Number.isInteger(value), value, value), !Number.isFinite(value));
}

function withNonFinite(one: Interval, mayBeNonFinite: boolean | undefined): Interval {
  return mayBeNonFinite === true ? { ...one, whole: false, mayBeNonFinite } : one;
}

/** The number, trusted if one of those that it comes from is. */
function keepAssumption(result: Interval, ...from: readonly Interval[]): Interval {
  return from.some((one) => one.assumed === true) ? { ...result, assumed: true } : result;
}

/** Whether it can be divided by. */
function isDivisor(one: Interval): boolean {
  return one.mayBeNonFinite !== true && (one.min > 0 || one.max < 0);
}

export function equalIntervals(one: Interval, other: Interval): boolean {
  return (
    one.whole === other.whole &&
    one.min === other.min &&
    one.max === other.max &&
    one.mayBeNonFinite === other.mayBeNonFinite &&
    one.assumed === other.assumed &&
    one.equalTo === other.equalTo &&
    one.atMost === other.atMost &&
    one.withinTable === other.withinTable &&
    one.pairHalf === other.pairHalf
  );
}

/** The join of two intervals. */
export function joinIntervals(one: Interval, other: Interval): Interval {
  const joined = interval(
    one.whole && other.whole,
    Math.min(one.min, other.min),
    Math.max(one.max, other.max),
  );
  const { equalTo, atMost, withinTable, pairHalf } = one;
  return {
    ...keepAssumption(
      withNonFinite(joined, one.mayBeNonFinite === true || other.mayBeNonFinite === true),
      one,
      other,
    ),
    ...(equalTo !== undefined && equalTo === other.equalTo ? { equalTo } : {}),
    ...(atMost !== undefined && atMost === (other.atMost ?? other.equalTo) ? { atMost } : {}),
    ...(withinTable !== undefined && withinTable === other.withinTable && pairHalf === other.pairHalf
      ? { withinTable }
      : {}),
    ...(pairHalf !== undefined && pairHalf === other.pairHalf ? { pairHalf } : {}),
  };
}

/** Widening: gives up every bound that moved since `before`, so that fixpoints end. */
export function widenInterval(before: Interval, next: Interval): Interval {
  const min = next.min < before.min ? Number.NEGATIVE_INFINITY : next.min;
  const max = next.max > before.max ? Number.POSITIVE_INFINITY : next.max;
  return { ...next, min, max };
}

/**
 * Infinity times zero is zero here: no number of a script is infinite, its bound only is not known.
 */
function times(one: number, other: number): number {
  return one === 0 || other === 0 ? 0 : one * other;
}

function bounded(whole: boolean, ends: readonly number[]): Interval {
  return interval(whole, Math.min(...ends), Math.max(...ends));
}

/** What `one operator other` may come to; undefined for an operator that gives no number. */
export function arithmetic(operator: string, one: Interval, other: Interval): Interval | undefined {
  const result = applyOperator(operator, one, other);
  const mayBeNonFinite =
    one.mayBeNonFinite === true || other.mayBeNonFinite === true || result?.mayBeNonFinite;
  return result && keepAssumption(withNonFinite(result, mayBeNonFinite), one, other);
}

function applyOperator(operator: string, one: Interval, other: Interval): Interval | undefined {
  const whole = one.whole && other.whole;
  switch (operator) {
    case "+": {
      const sum = interval(whole, one.min + other.min, one.max + other.max);
      const next = one.pairHalf === "first" && other.min === 1 && other.max === 1;
      return next && one.withinTable !== undefined
        ? { ...sum, withinTable: one.withinTable, pairHalf: "second" }
        : sum;
    }
    case "-": {
      const min = one.equalTo !== undefined && one.equalTo === other.atMost ? 0 : one.min - other.max;
      return interval(whole, min, one.max - other.min);
    }
    case "*": {
      const ends = [one.min, one.max].flatMap((end) => [times(end, other.min), times(end, other.max)]);
      return bounded(whole, ends);
    }
    case "%": {
      if (!isDivisor(other)) return ANY_NUMBER;
      const positive = other.min > 0 && Number.isFinite(other.max);
      return positive ? interval(whole, 0, other.max) : interval(whole);
    }
    case "/":
      return isDivisor(other) ? interval(false) : ANY_NUMBER;
    case "^":
      return ANY_NUMBER;
    default:
      return undefined;
  }
}

export function negated(one: Interval): Interval {
  return keepAssumption(withNonFinite(interval(one.whole, -one.max, -one.min), one.mayBeNonFinite), one);
}

export function floored(one: Interval): Interval {
  return keepAssumption(
    withNonFinite(interval(true, Math.floor(one.min), Math.ceil(one.max)), one.mayBeNonFinite),
    one,
  );
}

export function absolute(one: Interval): Interval {
  if (one.min >= 0) return one;
  const ends = [Math.max(0, -one.max), Math.max(Math.abs(one.min), Math.abs(one.max))] as const;
  return keepAssumption(withNonFinite(interval(one.whole, ...ends), one.mayBeNonFinite), one);
}

/** math.min or math.max of several. */
export function minOrMax(pick: "min" | "max", all: readonly Interval[]): Interval {
  const found = interval(
    all.every((one) => one.whole),
    Math[pick](...all.map((one) => one.min)),
    Math[pick](...all.map((one) => one.max)),
  );
  const atMost =
    pick === "min"
      ? all.map((one) => one.equalTo ?? one.atMost).find((name) => name !== undefined)
      : undefined;
  const mayBeNonFinite = all.some((one) => one.mayBeNonFinite);
  const kept = keepAssumption(withNonFinite(found, mayBeNonFinite), ...all);
  return atMost === undefined ? kept : { ...kept, atMost };
}

/** What math.fmod gives: of a divisor that may be zero, perhaps no number. */
export function remainder(one: Interval, other: Interval): Interval {
  return isDivisor(other)
    ? withNonFinite(interval(one.whole && other.whole), one.mayBeNonFinite)
    : ANY_NUMBER;
}

/** Whether `..` writes every digit of it. */
export function printsExactly(one: Interval): boolean {
  return one.whole && one.min >= -FOURTEEN_DIGITS && one.max <= FOURTEEN_DIGITS;
}
