import * as v from "../domain/value.js";
import { mayBeOther } from "../interpreter/failures.js";
import { type Values, valueAt } from "../interpreter/interpreter.js";

/**
 * Where commands ask for whole numbers: positions among a call's words, of which 0 is the command's
 * name.
 */
const WHOLE: Readonly<Record<string, readonly number[]>> = {
  EXPIRE: [2],
  PEXPIRE: [2],
  EXPIREAT: [2],
  PEXPIREAT: [2],
  SETEX: [2],
  PSETEX: [2],
  INCRBY: [2],
  DECRBY: [2],
  HINCRBY: [3],
  LRANGE: [2, 3],
  LTRIM: [2, 3],
  LINDEX: [2],
  LSET: [2],
  LREM: [2],
  GETRANGE: [2, 3],
  SUBSTR: [2, 3],
  SETRANGE: [2],
  GETBIT: [2],
  SETBIT: [2, 3],
  BITCOUNT: [2, 3],
  SPOP: [2],
  SRANDMEMBER: [2],
  HRANDFIELD: [2],
  ZRANDMEMBER: [2],
  LPOP: [2],
  RPOP: [2],
  ZPOPMIN: [2],
  ZPOPMAX: [2],
  ZREVRANGE: [2, 3],
  ZREMRANGEBYRANK: [2, 3],
};

/** Where they ask for any number. */
const NUMBERS: Readonly<Record<string, readonly number[]>> = {
  INCRBYFLOAT: [2],
  HINCRBYFLOAT: [3],
  ZINCRBY: [2],
  ZCOUNT: [2, 3],
  ZRANGEBYSCORE: [2, 3],
  ZREVRANGEBYSCORE: [2, 3],
  ZREMRANGEBYSCORE: [2, 3],
};

/** Words behind which a whole number stands, and how many. */
const BEHIND: Readonly<Record<string, number>> = {
  EX: 1,
  PX: 1,
  EXAT: 1,
  PXAT: 1,
  LIMIT: 2,
  COUNT: 1,
};

/** Commands that refuse a duration of nothing. */
const POSITIVE: ReadonlySet<string> = new Set(["SET", "SETEX", "PSETEX", "GETEX"]);

const FLAGS: ReadonlySet<string> = new Set(["NX", "XX", "GT", "LT", "CH", "INCR"]);

/** Whether a command may fail of an argument that is no number where it asks for one. */
export function mayFailOnArgument(name: string, given: Values): boolean {
  if (name === "ZADD") return failingScores(given);
  const words = given.values.length + (given.rest === undefined ? 0 : 1);
  const has = (position: number): boolean => position < words;
  if ((WHOLE[name] ?? []).some((at) => has(at) && !isWhole(valueAt(given, at), name))) return true;
  if ((NUMBERS[name] ?? []).some((at) => has(at) && !isNumber(valueAt(given, at)))) return true;
  if (name === "ZRANGE") return failingRange(given);
  return name in BEHIND_COMMANDS && failingBehind(name, given, BEHIND_COMMANDS[name] ?? 2);
}

/** From which word on options stand. */
const BEHIND_COMMANDS: Readonly<Record<string, number>> = {
  SET: 3,
  GETEX: 2,
  ZRANGEBYSCORE: 4,
  ZREVRANGEBYSCORE: 4,
  ZRANGEBYLEX: 4,
  ZREVRANGEBYLEX: 4,
  XRANGE: 4,
  XREVRANGE: 4,
};

function failingBehind(name: string, given: Values, from: number): boolean {
  if (given.rest !== undefined) return true;
  for (let at = from; at < given.values.length; at++) {
    const word = literalOf(valueAt(given, at));
    if (word === undefined) return true;
    for (const end = at + (BEHIND[word] ?? 0); at < end; ) {
      at++;
      if (!isWhole(valueAt(given, at), name)) return true;
    }
  }
  return false;
}

/** By score a bound may be `(5` or `-inf`, by rank it is a whole number. */
function failingRange(given: Values): boolean {
  const words = given.values.slice(4).map(literalOf);
  if (given.rest !== undefined || failingBehind("ZRANGE", given, 4)) return true;
  const whole = !words.includes("BYSCORE") && !words.includes("BYLEX");
  const bounds = [valueAt(given, 2), valueAt(given, 3)];
  if (words.includes("BYLEX")) return false;
  return bounds.some((bound) => (whole ? !isWhole(bound, "ZRANGE") : !isNumber(bound)));
}

function failingScores(given: Values): boolean {
  let at = 2;
  while (FLAGS.has(literalOf(valueAt(given, at)) ?? "")) at++;
  const scores = given.values.filter((_, position) => position >= at && (position - at) % 2 === 0);
  return scores.some((score) => !isNumber(score)) || (given.rest !== undefined && !isNumber(given.rest));
}

function literalOf(value: v.AbstractValue): string | undefined {
  const [literal, ...others] = value.text?.literals ?? [];
  return v.isOnlyText(value) && others.length === 0 ? literal?.toUpperCase() : undefined;
}

/**
 * Whether it is a whole number of 64 bits, or its digits; of a duration, also whether it may be
 * nothing.
 */
function isWhole(value: v.AbstractValue, name: string): boolean {
  if (mayBeOther({ ...value, pastEnd: false }, "number", "digits")) return false;
  const { number } = value;
  if (number === undefined) return true;
  if (POSITIVE.has(name) && number.min <= 0) return false;
  const [min, max] = [Math.abs(number.min), Math.abs(number.max)];
  return number.whole && [min, max].every((end) => end < 2 ** 63 || end === Infinity);
}

/** Whether it is a number, or a text that Redis takes for one. */
function isNumber(value: v.AbstractValue): boolean {
  const literals = value.text?.literals;
  const isNumericText =
    literals !== undefined && [...literals].every((one) => /^\(?([+-]?\d+(\.\d+)?|[+-]?inf)$/i.test(one));
  const rest = isNumericText ? { ...value, text: undefined } : value;
  return (
    !mayBeOther({ ...rest, pastEnd: false }, "number", "digits") && value.number?.mayBeNonFinite !== true
  );
}
