import { ArgumentError } from "../core/errors.js";
import { MAX_TIMER_MS } from "../core/limits.js";
import type { VariableName } from "./variables.js";

/** @throws ArgumentError that names the variable */
export function wholeNumber(name: VariableName, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d{1,15}$/.test(text) && number >= min && number <= max) return number;
  throw new ArgumentError(name, `a whole number from ${min} to ${max}`);
}

/**
 * Whether the text means true, as `strconv.ParseBool` of Go reads it.
 *
 * @throws ArgumentError that names the variable
 */
export function flag(name: VariableName, text: string): boolean {
  if (/^(?:1|t|true)$/i.test(text)) return true;
  if (/^(?:0|f|false)$/i.test(text)) return false;
  throw new ArgumentError(name, "true or false");
}

const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** One part of a duration: a decimal number and its unit. */
const PART = /(\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * The whole milliseconds of a duration of Go, such as `5s`, `500ms` or `1m30s`.
 *
 * @throws ArgumentError that names the variable
 */
export function duration(name: VariableName, text: string): number {
  const rounded = Math.round(millisecondsOf(text) ?? 0);
  if (rounded >= 1 && rounded <= MAX_TIMER_MS) return rounded;
  throw new ArgumentError(name, "a duration with a unit, such as 5s, 500ms or 1m30s, from 1ms to 596h");
}

/** Undefined if it is no duration. */
function millisecondsOf(text: string): number | undefined {
  let sum = 0;
  PART.lastIndex = 0;
  for (let at = 0; at < text.length; at = PART.lastIndex) {
    const [, number = "", unit = ""] = PART.exec(text) ?? [];
    const factor = unitsMs[unit];
    if (factor === undefined) return undefined;
    sum += Number(number) * factor;
  }
  return sum;
}
