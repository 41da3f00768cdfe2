import { noteLoop, untilSettled } from "./loops.js";
import { type BuiltinCall, type ManyOutcome, one, type Values, valueAt } from "./machine.js";
import { ANY_INTEGER, ANY_LENGTH } from "./number.js";
import { captures, matchesInteger, noteNumberInText } from "./strings.js";
import { spotOf } from "./syntax.js";
import * as v from "./value.js";

/** A call of one of the `string` library's functions. */
export function callString(made: BuiltinCall): readonly ManyOutcome[] {
  const { name, given } = made;
  const { state } = given;
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
      return replaced(made);
    case "string.byte":
      return [{ state, values: [maybe(v.number(ANY_INTEGER))], rest: maybe(v.number(ANY_INTEGER)) }];
    case "string.len":
      return one(state, v.number(ANY_LENGTH));
    case "string.gmatch":
      return one(state, v.builtin("gmatch()"));
    default:
      return one(state, v.from(v.text(), `\`${name}\``));
  }
}

/** A replacing function is called for each match, however many there are. */
function replaced({ given, nodes, node, context }: BuiltinCall): readonly ManyOutcome[] {
  const values = [v.from(v.text(), "`string.gsub`"), v.number(ANY_LENGTH)];
  const by = valueAt(given, 2);
  if (by.functions.size === 0) return [{ state: given.state, values }];
  const { body } = noteLoop(spotOf(context.source, node), 0, context);
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
