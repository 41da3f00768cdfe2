/** What is known of a number: whether it is whole, and its bounds, inclusive. */
export interface Numeric {
  readonly whole: boolean;
  readonly least: number;
  readonly greatest: number;
  /** It may be infinite, or no number at all; never so where it is whole. */
  readonly wild?: boolean;
  /** A comment claims its bounds, and nothing proves them. */
  readonly trusted?: boolean;
  /** It is exactly this parameter, so that differences with what is bounded by it are known. */
  readonly same?: string;
  /** It is at most this parameter. */
  readonly below?: string;
  /** It is a position of this table that is known to be filled. */
  readonly inside?: string;
  /** Of a table of names and values by turns: whether it is the position of a name (first) or a value (second). */
  readonly half?: "first" | "second";
}

/** Where `..` and tostring begin to lose digits: Lua 5.1 writes numbers with 14 significant ones. */
const FOURTEEN_DIGITS = 99_999_999_999_999;

export function numeric(
  whole: boolean,
  least = Number.NEGATIVE_INFINITY,
  greatest = Number.POSITIVE_INFINITY,
): Numeric {
  return { whole, least, greatest };
}

export const ANY_INTEGER = numeric(true);
export const ANY_NUMBER: Numeric = { ...numeric(false), wild: true };
/** The length of something whose size nobody knows. */
export const ANY_LENGTH = numeric(true, 0);

export function constant(value: number): Numeric {
  return tamed(numeric(Number.isInteger(value), value, value), !Number.isFinite(value));
}

function tamed(one: Numeric, wild: boolean | undefined): Numeric {
  return wild === true ? { ...one, whole: false, wild } : one;
}

/** The number, trusted if one of those that it comes from is. */
function trustedLike(result: Numeric, ...from: readonly Numeric[]): Numeric {
  return from.some((one) => one.trusted === true) ? { ...result, trusted: true } : result;
}

/** Whether it can be divided by. */
function isDivisor(one: Numeric): boolean {
  return one.wild !== true && (one.least > 0 || one.greatest < 0);
}

export function sameNumber(one: Numeric, other: Numeric): boolean {
  return (
    one.whole === other.whole &&
    one.least === other.least &&
    one.greatest === other.greatest &&
    one.wild === other.wild &&
    one.trusted === other.trusted &&
    one.same === other.same &&
    one.below === other.below &&
    one.inside === other.inside &&
    one.half === other.half
  );
}

/** Either of two numbers. */
export function eitherNumber(one: Numeric, other: Numeric): Numeric {
  const joined = numeric(
    one.whole && other.whole,
    Math.min(one.least, other.least),
    Math.max(one.greatest, other.greatest),
  );
  const { same, below, inside, half } = one;
  return {
    ...trustedLike(tamed(joined, one.wild === true || other.wild === true), one, other),
    ...(same !== undefined && same === other.same ? { same } : {}),
    ...(below !== undefined && below === (other.below ?? other.same) ? { below } : {}),
    ...(inside !== undefined && inside === other.inside && half === other.half ? { inside } : {}),
    ...(half !== undefined && half === other.half ? { half } : {}),
  };
}

/** As `next`, with every bound that moved since `before` given up, so that loops come to an end. */
export function widened(before: Numeric, next: Numeric): Numeric {
  const least = next.least < before.least ? Number.NEGATIVE_INFINITY : next.least;
  const greatest = next.greatest > before.greatest ? Number.POSITIVE_INFINITY : next.greatest;
  return { ...next, least, greatest };
}

/** Infinity times zero is zero here: no number of a script is infinite, its bound only is not known. */
function times(one: number, other: number): number {
  return one === 0 || other === 0 ? 0 : one * other;
}

function bounded(whole: boolean, ends: readonly number[]): Numeric {
  return numeric(whole, Math.min(...ends), Math.max(...ends));
}

/** What `one operator other` may come to; undefined for an operator that gives no number. */
export function arithmetic(operator: string, one: Numeric, other: Numeric): Numeric | undefined {
  const result = calculated(operator, one, other);
  const wild = one.wild === true || other.wild === true || result?.wild;
  return result && trustedLike(tamed(result, wild), one, other);
}

function calculated(operator: string, one: Numeric, other: Numeric): Numeric | undefined {
  const whole = one.whole && other.whole;
  switch (operator) {
    case "+": {
      const sum = numeric(whole, one.least + other.least, one.greatest + other.greatest);
      const next = one.half === "first" && other.least === 1 && other.greatest === 1;
      return next && one.inside !== undefined ? { ...sum, inside: one.inside, half: "second" } : sum;
    }
    case "-": {
      const least = one.same !== undefined && one.same === other.below ? 0 : one.least - other.greatest;
      return numeric(whole, least, one.greatest - other.least);
    }
    case "*": {
      const ends = [one.least, one.greatest].flatMap((end) => [
        times(end, other.least),
        times(end, other.greatest),
      ]);
      return bounded(whole, ends);
    }
    case "%": {
      if (!isDivisor(other)) return ANY_NUMBER;
      const positive = other.least > 0 && Number.isFinite(other.greatest);
      return positive ? numeric(whole, 0, other.greatest) : numeric(whole);
    }
    case "/":
      return isDivisor(other) ? numeric(false) : ANY_NUMBER;
    case "^":
      return ANY_NUMBER;
    default:
      return undefined;
  }
}

export function negative(one: Numeric): Numeric {
  return trustedLike(tamed(numeric(one.whole, -one.greatest, -one.least), one.wild), one);
}

export function floored(one: Numeric): Numeric {
  return trustedLike(tamed(numeric(true, Math.floor(one.least), Math.ceil(one.greatest)), one.wild), one);
}

export function absolute(one: Numeric): Numeric {
  if (one.least >= 0) return one;
  const ends = [Math.max(0, -one.greatest), Math.max(Math.abs(one.least), Math.abs(one.greatest))] as const;
  return trustedLike(tamed(numeric(one.whole, ...ends), one.wild), one);
}

/** math.min or math.max of several. */
export function extreme(pick: "min" | "max", all: readonly Numeric[]): Numeric {
  const found = numeric(
    all.every((one) => one.whole),
    Math[pick](...all.map((one) => one.least)),
    Math[pick](...all.map((one) => one.greatest)),
  );
  const below =
    pick === "min" ? all.map((one) => one.same ?? one.below).find((name) => name !== undefined) : undefined;
  const wild = all.some((one) => one.wild);
  const kept = trustedLike(tamed(found, wild), ...all);
  return below === undefined ? kept : { ...kept, below };
}

/** What math.fmod gives: of a divisor that may be zero, perhaps no number. */
export function remainder(one: Numeric, other: Numeric): Numeric {
  return isDivisor(other) ? tamed(numeric(one.whole && other.whole), one.wild) : ANY_NUMBER;
}

/** Whether `..` writes every digit of it. */
export function printsWhole(one: Numeric): boolean {
  return one.whole && one.least >= -FOURTEEN_DIGITS && one.greatest <= FOURTEEN_DIGITS;
}
