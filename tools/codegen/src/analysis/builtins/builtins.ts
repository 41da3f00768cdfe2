import {
  ANY_INTEGER,
  ANY_NUMBER,
  absolute,
  extreme,
  floored,
  numeric,
  remainder,
} from "../domain/interval.js";
import { typesOf, whenTrue } from "../domain/refine.js";
import { emptyTable, fieldOf, withNewTable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { noteFailure } from "../interpreter/failures.js";
import {
  type BuiltinCall,
  type Context,
  type ManyOutcome,
  one,
  type Values,
  valueAt,
} from "../interpreter/interpreter.js";
import { noteSeen, spotKey } from "../interpreter/recorder.js";
import { loopValues } from "../operations/iteration.js";
import { noteNumberInText, toNumber } from "../operations/text.js";
import { callRedis } from "../redis/redis-call.js";
import { commentsAbove, declaredLimit, type luaparse, nodeId, spotOf } from "../syntax/syntax.js";
import { noteArguments } from "./argument-failures.js";
import { caught } from "./pcall.js";
import { callString } from "./string-library.js";
import { callTable } from "./table-library.js";

export function callBuiltin(
  name: string,
  given: ManyOutcome,
  nodes: readonly luaparse.Expression[],
  node: luaparse.Node,
  context: Context,
): readonly ManyOutcome[] {
  const made: BuiltinCall = { name, given, nodes, node, context };
  for (const value of given.values) noteSeen(context.machine.recorder, value);
  noteArguments(made);
  if (name === "redis.call" || name === "redis.pcall") return callRedis(made);
  if (name === "redis.error_reply" || name === "redis.status_reply") return replyTable(made);
  if (name.startsWith("string.")) return callString(made);
  if (name.startsWith("math.")) return one(given.state, mathematics(name, given));
  if (name.startsWith("bit.")) return one(given.state, v.number(ANY_INTEGER));
  if (name.startsWith("table.")) return callTable(made);
  if (["cjson.encode", "cmsgpack.pack", "struct.pack", "redis.sha1hex"].includes(name)) {
    return one(given.state, v.from(v.text(), `\`${name}\``));
  }
  return basics(made);
}

function replyTable({ name, given, node, context }: BuiltinCall): readonly ManyOutcome[] {
  const id = `${context.path}:${nodeId(context.source, node)}`;
  const field = name === "redis.error_reply" ? "err" : "ok";
  const table = { ...emptyTable(), fields: new Map([[field, valueAt(given, 0)]]) };
  return one(withNewTable(given.state, id, table), v.table(id));
}

function basics(made: BuiltinCall): readonly ManyOutcome[] {
  const { name, given, nodes, context } = made;
  const { state } = given;
  switch (name) {
    case "error":
      context.machine.recorder.stops++;
      noteFailure("error()", made, state, "error", [], valueAt(given, 0));
      return [];
    case "assert":
      context.machine.recorder.stops++;
      if (v.mayBeFalse(valueAt(given, 0)))
        noteFailure("assert()", made, state, "error", [], v.either(v.text(), valueAt(given, 1)));
      return asserted(made);
    case "pcall":
    case "xpcall":
      return caught(made);
    case "tonumber":
      return one(state, given.values.length > 1 ? v.number(ANY_NUMBER) : toNumber(valueAt(given, 0)));
    case "tostring":
      if (nodes[0] !== undefined) noteNumberInText(valueAt(given, 0), "tostring", nodes[0], context);
      return one(state, v.from(v.text(), "tostring"));
    case "type":
      return one(state, v.texts(typesOf(valueAt(given, 0))));
    case "rawequal":
      return one(state, v.FLAG);
    case "unpack":
      return unpack(made);
    case "ipairs":
    case "pairs":
      return [{ state, values: [v.builtin(`${name}()`), valueAt(given, 0), v.NIL] }];
    case "select":
      return [selected(given)];
    case "next":
    case "ipairs()":
    case "pairs()": {
      const [key, value] = loopValues(valueAt(given, 0), state, false) ?? [v.NIL, v.NIL];
      return [{ state, values: [v.either(key, v.NIL), v.either(value, v.NIL)] }];
    }
    default: {
      const value = v.eitherOf([v.unknown(`\`${name}\``), state.hidden, ...all(given)]);
      return [{ state, values: [value], rest: value }];
    }
  }
}

/** As many values as Lua's stack holds. */
const MOST_VALUES = 8000;

function all({ values, rest }: Values): readonly v.Value[] {
  return rest === undefined ? values : [...values, rest];
}

/** What `select(2, …)` gives; from a place that is not known, it may be any of all. */
function selected(given: ManyOutcome): ManyOutcome {
  const { state, rest } = given;
  const [from, ...values] = given.values;
  const at = from?.number;
  if (at === undefined && from?.text?.literals?.has("#") === true && v.isOnlyText(from))
    return { state, values: [v.number(numeric(true, 0, MOST_VALUES))] };
  if (at !== undefined && at.least === at.greatest && at.least >= 1 && v.isOnlyNumber(from ?? v.NIL)) {
    const kept = values.slice(Math.floor(at.least) - 1);
    return rest === undefined ? { state, values: kept } : { state, values: kept, rest };
  }
  return { state, values: [], rest: v.eitherOf([...all(given), v.NIL]) };
}

function asserted({ given, nodes, context }: BuiltinCall): readonly ManyOutcome[] {
  const [condition] = nodes;
  if (condition === undefined || !v.mayBeTrue(valueAt(given, 0))) return [];
  if (condition.type !== "Identifier")
    return [{ ...given, values: [whenTrue(valueAt(given, 0)), ...given.values.slice(1)] }];
  return context.machine
    .branch(condition, given.state, context)
    .whenTrue.map((outcome) => ({ state: outcome.state, values: [outcome.value] }));
}

function unpack({ given, nodes, node, context }: BuiltinCall): readonly ManyOutcome[] {
  const list = valueAt(given, 0);
  const tables = [...list.tables].flatMap((id) => given.state.tables.get(id) ?? []);
  const known = tables.length > 0 && !list.unknown;
  const declared = declaredLimit(commentsAbove(context.source, node.loc?.start.line ?? 1));
  const longest = known ? Math.max(...tables.map((table) => table.length.greatest)) : Infinity;
  const trusted = tables.some((table) => table.length.trusted === true);
  const span = spanOf(given, nodes);
  const proved = Math.min(trusted ? Infinity : longest, span);
  const spot = spotOf(context.source, node);
  const { unpacks } = context.machine.recorder;
  const earlier = unpacks.get(spotKey(spot));
  unpacks.set(spotKey(spot), {
    spot,
    limit: declared && { ...declared, place: spot.place },
    greatest: Math.max(Math.min(longest, span, declared?.atMost ?? Infinity), earlier?.greatest ?? 0),
    known: Math.max(proved, earlier?.known ?? 0),
  });
  const [only] = tables;
  const least = only === undefined ? 0 : only.length.least;
  if (
    known &&
    tables.length === 1 &&
    only !== undefined &&
    given.values.length === 1 &&
    least === only.length.greatest
  ) {
    const values = Array.from({ length: least }, (_, at) => fieldOf(only, `[${at + 1}]`));
    return [{ state: given.state, values }];
  }
  const rest = v.eitherOf(tables.flatMap((table) => [table.element, ...table.fields.values()]));
  const data = known ? v.NOTHING : v.either(v.unknown("unpacked data"), given.state.hidden);
  const found = v.either({ ...rest, nil: false }, data);
  return [{ state: given.state, values: [], rest: v.isNothing(found) ? v.unknown("unpacked data") : found }];
}

/** How many `unpack(list, i, i + 99)` gives, with or without `math.min` around its end. */
function spanOf(given: ManyOutcome, nodes: readonly luaparse.Expression[]): number {
  const [, from, to] = nodes;
  if (given.values.length < 3 || from === undefined || to === undefined) return Number.POSITIVE_INFINITY;
  const ends = to.type === "CallExpression" ? to.arguments : [to];
  for (const end of ends) {
    if (end.type !== "BinaryExpression" || end.operator !== "+") continue;
    const sameStart =
      end.left.type === "Identifier" && from.type === "Identifier" && end.left.name === from.name;
    if (sameStart && end.right.type === "NumericLiteral") return end.right.value + 1;
  }
  const span = v.asNumber(valueAt(given, 2)).greatest - v.asNumber(valueAt(given, 1)).least + 1;
  return Number.isNaN(span) ? Number.POSITIVE_INFINITY : span;
}

function mathematics(name: string, given: Values): v.Value {
  const numbers = all(given).map(v.asNumber);
  const [first = ANY_NUMBER, second = ANY_NUMBER] = numbers;
  switch (name) {
    case "math.floor":
    case "math.ceil":
      return v.number(floored(first));
    case "math.abs":
      return v.number(absolute(first));
    case "math.min":
      return v.number(numbers.length === 0 ? ANY_NUMBER : extreme("min", numbers));
    case "math.max":
      return v.number(numbers.length === 0 ? ANY_NUMBER : extreme("max", numbers));
    case "math.fmod":
      return v.number(remainder(first, second));
    default:
      return v.number(ANY_NUMBER);
  }
}
