import { ANY_INTEGER, ANY_LENGTH, ANY_NUMBER } from "../domain/interval.js";
import * as v from "../domain/value.js";
import { untilSettled } from "../interpreter/fixpoint.js";
import { type BuiltinCall, type ManyOutcome, one, type Values, valueAt } from "../interpreter/interpreter.js";
import { spotKey } from "../interpreter/recorder.js";
import { noteLoop } from "../operations/loop-record.js";
import { captures, matchesInteger, noteNumberInText } from "../operations/text.js";
import { patternWork } from "../syntax/pattern-complexity.js";
import { spotOf } from "../syntax/syntax.js";

/** A call of one of the `string` library's functions. */
export function callString(made: BuiltinCall): readonly ManyOutcome[] {
  const { name, given } = made;
  const { state } = given;
  if (MATCHING.has(name)) notePattern(made);
  switch (name) {
    case "string.match":
      return matched(given);
    case "string.find":
      return [
        { state, values: [maybe(v.number(ANY_INTEGER))], rest: maybe(v.from(v.text(), "`string.find`")) },
      ];
    case "string.format":
      return one(state, formatted(made));
    case "string.gsub":
      if (!isCalled(valueAt(given, 2))) noteText(made, bytesOf(valueAt(given, 2)), MAX_INSERTED_BYTES);
      return replaced(made);
    case "string.byte":
      return [{ state, values: [maybe(v.number(ANY_INTEGER))], rest: maybe(v.number(ANY_INTEGER)) }];
    case "string.len":
      return one(state, v.number(ANY_LENGTH));
    case "string.rep":
      noteRepeated(made);
      return one(state, v.from(v.text(), "`string.rep`"));
    case "string.gmatch":
      return one(state, v.builtin("gmatch()"));
    default:
      return one(state, v.from(v.text(), `\`${name}\``));
  }
}

const MATCHING: ReadonlySet<string> = new Set([
  "string.find",
  "string.match",
  "string.gmatch",
  "string.gsub",
]);

/** Notes how much work a pattern may make. With `true` behind the start, string.find looks for a plain text. */
function notePattern({ name, given, node, context }: BuiltinCall): void {
  const plain = valueAt(given, 3);
  const isPlain = name === "string.find" && plain.yes && !plain.no && !plain.nil && !plain.unknown;
  const pattern = valueAt(given, 1);
  const literals = v.isOnlyText(pattern) ? pattern.text?.literals : undefined;
  const works = [...(literals ?? [])].map((one) => patternWork(one, name !== "string.gmatch"));
  const work = isPlain ? 1 : literals === undefined ? Infinity : Math.max(1, ...works);
  const spot = spotOf(context.source, node);
  const key = spotKey(spot);
  const { patterns } = context.machine.recorder;
  patterns.set(key, { spot, by: name, work: Math.max(work, patterns.get(key)?.work ?? 0) });
}

/** A text that is put in at each match, or between all elements, may have so many bytes. */
export const MAX_INSERTED_BYTES = 1_000;

/** Notes a text that is put in many times: that it is too long, or may be. */
export function noteText({ name, node, context }: BuiltinCall, bytes: number, most: number): void {
  if (bytes <= most) return;
  const spot = spotOf(context.source, node);
  context.machine.recorder.texts.set(spotKey(spot), { spot, by: name, doubles: false, greatest: Infinity });
}

/** Functions and tables give each replacement by themselves. */
function isCalled(by: v.Value): boolean {
  return by.functions.size > 0 || by.tables.size > 0;
}

/** Notes how long the texts are at most that `string.rep` makes, within the loops around it. */
function noteRepeated({ given, node, context }: BuiltinCall): void {
  const times = valueAt(given, 1);
  const most = v.isOnlyNumber(times) ? v.asNumber(times) : ANY_NUMBER;
  const bytes = bytesOf(valueAt(given, 0));
  const greatest = most.wild === true ? Infinity : Math.max(0, most.greatest) * bytes * context.rounds;
  const spot = spotOf(context.source, node);
  const { texts } = context.machine.recorder;
  const key = spotKey(spot);
  const known = Number.isNaN(greatest) ? 0 : greatest;
  texts.set(key, {
    spot,
    by: "string.rep",
    doubles: false,
    greatest: Math.max(known, texts.get(key)?.greatest ?? 0),
  });
}

/** A sign, 17 digits, a point and an exponent, with room to spare. */
const MOST_BYTES_OF_NUMBER = 32;

/** How many bytes a text has at most, at least one: Lua repeats an empty text as often as any other. */
export function bytesOf(value: v.Value): number {
  if (v.isOnlyNumber(value)) return MOST_BYTES_OF_NUMBER;
  const literals = v.isOnlyText(value) ? value.text?.literals : undefined;
  if (literals === undefined) return Infinity;
  return Math.max(1, ...[...literals].map((text) => Buffer.byteLength(text)));
}

/** A replacing function is called for each match, however many there are. */
function replaced({ given, nodes, node, context }: BuiltinCall): readonly ManyOutcome[] {
  const values = [v.from(v.text(), "`string.gsub`"), v.number(ANY_LENGTH)];
  const by = valueAt(given, 2);
  if (by.functions.size === 0) return [{ state: given.state, values }];
  const body = noteLoop(spotOf(context.source, node), { least: 0, greatest: Infinity }, context);
  const functions = { ...v.NOTHING, functions: by.functions };
  const matches = v.either(v.text(), v.number(ANY_INTEGER));
  const settled = untilSettled(given.state, (head) => {
    const after = context.machine.call(
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

function maybe(value: v.Value): v.Value {
  return { ...value, nil: true };
}

function matched(given: ManyOutcome): readonly ManyOutcome[] {
  const { state } = given;
  const pattern = valueAt(given, 1);
  const [literal, ...others] = pattern.text?.literals ?? [];
  const origin = "`string.match`";
  if (literal === undefined || others.length > 0)
    return [{ state, values: [], rest: v.from(maybe(v.text()), origin) }];
  const found = captures(literal);
  const texts =
    found.length === 0 ? [v.text(matchesInteger(pattern))] : found.map((integer) => v.text(integer));
  return [
    { state, values: texts.map((text) => v.from(text, origin)) },
    { state, values: texts.map(() => v.from(v.NIL, origin)) },
  ];
}

/** What string.format makes: whether it is an integer's digits, and whether a number loses digits by `%s`. */
function formatted({ given, nodes, context }: BuiltinCall): v.Value {
  const origin = "`string.format`";
  const [format, ...others] = valueAt(given, 0).text?.literals ?? [];
  if (format === undefined || others.length > 0) return v.from(v.text(), origin);
  const directives = [...format.matchAll(/%[-+ #0]*(?:[1-9]\d*)?(?:\.\d+)?([a-zA-Z%])/g)].filter(
    (one) => one[1] !== "%",
  );
  directives.forEach((directive, position) => {
    const node = nodes[position + 1];
    if (node === undefined || directive[1] !== "s") return;
    noteNumberInText(valueAt(given, position + 1), `string.format("%s")`, node, context);
  });
  if (directives.length === 0 && !format.includes("%")) return v.from(v.texts([format]), origin);
  return v.from(v.text(/^%(?:\.0f|d)$/.test(format) && isWhole(given)), origin);
}

function isWhole(given: Values): boolean {
  return given.values[1]?.number?.whole === true && v.isOnlyNumber(given.values[1]);
}
