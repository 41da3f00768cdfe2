import { ANY_INTEGER, ANY_NUMBER, printsExactly } from "../domain/interval.js";
import * as v from "../domain/value.js";
import type { Context } from "../interpreter/interpreter.js";
import { rangeKey } from "../interpreter/recorder.js";
import { type luaparse, rangeOf } from "../syntax/syntax.js";

/** Patterns that only an integer's digits match. */
const INTEGER_PATTERNS: ReadonlySet<string> = new Set([
  "^%d+$",
  "^-?%d+$",
  "^%-?%d+$",
  "^[+-]?%d+$",
  "^[-+]?%d+$",
]);

/** Whether a pattern, as its only literal, matches nothing but integers. */
export function matchesInteger(pattern: v.AbstractValue): boolean {
  const literals = pattern.text?.literals;
  return (
    literals !== undefined && literals.size > 0 && [...literals].every((one) => INTEGER_PATTERNS.has(one))
  );
}

/**
 * The captures of a pattern, each with whether only integers match it; none: the whole match is
 * given.
 */
export function captures(pattern: string): readonly boolean[] {
  const found: boolean[] = [];
  for (const group of pattern.matchAll(/(?<!%)\(((?:%.|[^()%])*)\)/g)) {
    found.push(/^(?:-\?|%-\?|\[[+-]{1,2}\]\?)?%d\+?$/.test(group[1] ?? ""));
  }
  return found;
}

/** Notes a number that Lua writes in its own way, with 14 digits and no more. */
export function recordNumberInText(
  value: v.AbstractValue,
  by: string,
  node: luaparse.Node,
  context: Context,
): void {
  if (value.number === undefined || printsExactly(value.number)) return;
  const range = rangeOf(context.source, node);
  context.interpreter.recorder.numbersInText.set(rangeKey(range), { range, number: value.number, by });
}

/** All the texts that a value can be, numbers included, if they are few. */
function literalsOf(value: v.AbstractValue): readonly string[] | undefined {
  if (value.unknown || value.keys.size > 0) return undefined;
  if (value.number !== undefined) {
    const { min, max } = value.number;
    return min === max && v.isOnlyNumber(value) ? [`${min}`] : undefined;
  }
  return value.text?.literals === undefined || !v.isOnlyText(value) ? undefined : [...value.text.literals];
}

/** The text that `..` makes of two values. */
export function concatenate(
  left: v.AbstractValue,
  right: v.AbstractValue,
  node: luaparse.BinaryExpression,
  context: Context,
): v.AbstractValue {
  recordNumberInText(left, "..", node.left, context);
  recordNumberInText(right, "..", node.right, context);
  const starts = literalsOf(left);
  const ends = literalsOf(right);
  const origin = "text put together with `..`";
  if (starts === undefined || ends === undefined) return v.withOrigin(v.text(), origin);
  return v.withOrigin(v.texts(starts.flatMap((start) => ends.map((end) => start + end))), origin);
}

/** What tonumber makes of a value. */
export function toNumber(value: v.AbstractValue): v.AbstractValue {
  const parts: v.AbstractValue[] = [];
  if (value.number !== undefined) parts.push(v.number(value.number));
  if (value.text?.integer === true) parts.push(v.number(ANY_INTEGER));
  else if (value.text !== undefined || value.unknown) {
    parts.push({ ...v.number(ANY_NUMBER), nil: true });
  }
  if (!v.isBottom({ ...value, number: undefined, text: undefined, unknown: false })) parts.push(v.NIL);
  return v.withOrigin(v.joinAll(parts), "tonumber");
}
