import { ANY_INTEGER, ANY_LENGTH, ANY_NUMBER } from "../domain/interval.js";
import * as v from "../domain/value.js";
import { fixpoint } from "../interpreter/fixpoint.js";
import {
  type BuiltinCall,
  type ListOutcome,
  singleOutcome,
  type Values,
  valueAt,
} from "../interpreter/interpreter.js";
import { rangeKey } from "../interpreter/recorder.js";
import { recordLoop } from "../operations/loop-record.js";
import { captures, matchesInteger, recordNumberInText } from "../operations/text.js";
import { patternWork } from "../syntax/pattern-complexity.js";
import { rangeOf } from "../syntax/syntax.js";

/** A call of one of the `string` library's functions. */
export function callString(made: BuiltinCall): readonly ListOutcome[] {
  const { name, given } = made;
  const { state } = given;
  if (MATCHING.has(name)) recordPattern(made);
  switch (name) {
    case "string.match":
      return callMatch(given);
    case "string.find":
      return callFind(given);
    case "string.format":
      return singleOutcome(state, callFormat(made));
    case "string.gsub":
      if (!isCalled(valueAt(given, 2))) recordText(made, bytesOf(valueAt(given, 2)), MAX_INSERTED_BYTES);
      return callGsub(made);
    case "string.byte":
      return [{ state, values: [orNil(v.number(ANY_INTEGER))], rest: orNil(v.number(ANY_INTEGER)) }];
    case "string.len":
      return singleOutcome(state, v.number(ANY_LENGTH));
    case "string.rep":
      recordRepeat(made);
      return singleOutcome(state, v.withOrigin(v.text(), "`string.rep`"));
    case "string.gmatch":
      return singleOutcome(state, v.builtin("gmatch()"));
    default:
      return singleOutcome(state, v.withOrigin(v.text(), `\`${name}\``));
  }
}

const MATCHING: ReadonlySet<string> = new Set([
  "string.find",
  "string.match",
  "string.gmatch",
  "string.gsub",
]);

/**
 * Notes how much work a pattern may make. With `true` behind the start, string.find looks for a
 * plain text.
 */
function recordPattern({ name, given, node, context }: BuiltinCall): void {
  const plain = valueAt(given, 3);
  const isPlain =
    name === "string.find" && plain.boolTrue && !plain.boolFalse && !plain.nil && !plain.unknown;
  const pattern = valueAt(given, 1);
  const literals = v.isOnlyText(pattern) ? pattern.text?.literals : undefined;
  const works = [...(literals ?? [])].map((one) => patternWork(one, name !== "string.gmatch"));
  const work = isPlain ? 1 : literals === undefined ? Infinity : Math.max(1, ...works);
  const range = rangeOf(context.source, node);
  const key = rangeKey(range);
  const { patterns } = context.interpreter.recorder;
  patterns.set(key, { range, by: name, work: Math.max(work, patterns.get(key)?.work ?? 0) });
}

/** A text that is put in at each match, or between all elements, may have so many bytes. */
export const MAX_INSERTED_BYTES = 1_000;

/** Notes a text that is put in many times: that it is too long, or may be. */
export function recordText({ name, node, context }: BuiltinCall, bytes: number, most: number): void {
  if (bytes <= most) return;
  const range = rangeOf(context.source, node);
  context.interpreter.recorder.texts.set(rangeKey(range), {
    range,
    by: name,
    doubles: false,
    max: Infinity,
  });
}

/** Functions and tables give each replacement by themselves. */
function isCalled(by: v.AbstractValue): boolean {
  return by.functions.size > 0 || by.tables.size > 0;
}

/** Notes how long the texts are at most that `string.rep` makes, within the loops around it. */
function recordRepeat({ given, node, context }: BuiltinCall): void {
  const times = valueAt(given, 1);
  const most = v.isOnlyNumber(times) ? v.asNumber(times) : ANY_NUMBER;
  const bytes = bytesOf(valueAt(given, 0));
  const max = most.mayBeNonFinite === true ? Infinity : Math.max(0, most.max) * bytes * context.iterations;
  const range = rangeOf(context.source, node);
  const { texts } = context.interpreter.recorder;
  const key = rangeKey(range);
  const known = Number.isNaN(max) ? 0 : max;
  texts.set(key, {
    range,
    by: "string.rep",
    doubles: false,
    max: Math.max(known, texts.get(key)?.max ?? 0),
  });
}

/** A sign, 17 digits, a point and an exponent, with room to spare. */
const MAX_BYTES_OF_NUMBER = 32;

/**
 * How many bytes a text has at most, at least one: Lua repeats an empty text as often as any other.
 */
export function bytesOf(value: v.AbstractValue): number {
  if (v.isOnlyNumber(value)) return MAX_BYTES_OF_NUMBER;
  const literals = v.isOnlyText(value) ? value.text?.literals : undefined;
  if (literals === undefined) return Infinity;
  return Math.max(1, ...[...literals].map((text) => Buffer.byteLength(text)));
}

/** A replacing function is called for each match, however many there are. */
function callGsub({ given, nodes, node, context }: BuiltinCall): readonly ListOutcome[] {
  const values = [v.withOrigin(v.text(), "`string.gsub`"), v.number(ANY_LENGTH)];
  const by = valueAt(given, 2);
  if (by.functions.size === 0) return [{ state: given.state, values }];
  const body = recordLoop(rangeOf(context.source, node), { min: 0, max: Infinity }, context);
  const functions = { ...v.BOTTOM, functions: by.functions };
  const matches = v.join(v.text(), v.number(ANY_INTEGER));
  const settled = fixpoint(given.state, (head) => {
    const after = context.interpreter.call(
      functions,
      { state: head, values: [], rest: matches },
      nodes,
      node,
      body,
    );
    return { next: after.map((outcome) => outcome.state), breaks: [], returns: [] };
  });
  return settled.heads.map((state) => ({ state, values }));
}

function orNil(value: v.AbstractValue): v.AbstractValue {
  return { ...value, nil: true };
}

function callMatch(given: ListOutcome): readonly ListOutcome[] {
  const { state } = given;
  const pattern = valueAt(given, 1);
  const [literal, ...others] = pattern.text?.literals ?? [];
  const origin = "`string.match`";
  if (literal === undefined || others.length > 0)
    return [{ state, values: [], rest: v.withOrigin(orNil(v.text()), origin) }];
  const found = captures(literal);
  const texts =
    found.length === 0 ? [v.text(matchesInteger(pattern))] : found.map((integer) => v.text(integer));
  return [
    { state, values: texts.map((text) => v.withOrigin(text, origin)) },
    { state, values: texts.map(() => v.withOrigin(v.NIL, origin)) },
  ];
}

/**
 * Either the first and the last byte of the match with its captures, or nil. A plain search has no
 * captures.
 */
function callFind(given: ListOutcome): readonly ListOutcome[] {
  const { state } = given;
  const origin = "`string.find`";
  const [literal, ...others] = valueAt(given, 1).text?.literals ?? [];
  const position = v.number(ANY_INTEGER);
  const mayBePlain = !v.isOnly(valueAt(given, 3), "nil");
  if (literal === undefined || others.length > 0 || mayBePlain) {
    return [
      { state, values: [orNil(position), orNil(position)], rest: orNil(v.withOrigin(v.text(), origin)) },
    ];
  }
  const texts = captures(literal).map((integer) => v.withOrigin(v.text(integer), origin));
  return [
    { state, values: [position, position, ...texts] },
    { state, values: [v.withOrigin(v.NIL, origin)] },
  ];
}

/**
 * What string.format makes: whether it is an integer's digits, and whether a number loses digits by
 * `%s`.
 */
function callFormat({ given, nodes, context }: BuiltinCall): v.AbstractValue {
  const origin = "`string.format`";
  const [format, ...others] = valueAt(given, 0).text?.literals ?? [];
  if (format === undefined || others.length > 0) return v.withOrigin(v.text(), origin);
  const directives = [...format.matchAll(/%[-+ #0]*(?:[1-9]\d*)?(?:\.\d+)?([a-zA-Z%])/g)].filter(
    (one) => one[1] !== "%",
  );
  directives.forEach((directive, position) => {
    const node = nodes[position + 1];
    if (node === undefined || directive[1] !== "s") return;
    recordNumberInText(valueAt(given, position + 1), `string.format("%s")`, node, context);
  });
  if (directives.length === 0 && !format.includes("%")) return v.withOrigin(v.texts([format]), origin);
  return v.withOrigin(v.text(/^%(?:\.0f|d)$/.test(format) && isWhole(given)), origin);
}

function isWhole(given: Values): boolean {
  return given.values[1]?.number?.whole === true && v.isOnlyNumber(given.values[1]);
}
