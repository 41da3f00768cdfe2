import {
  ANY_INTEGER,
  ANY_NUMBER,
  absolute,
  floored,
  interval,
  minOrMax,
  remainder,
} from "../domain/interval.js";
import { refineTruthy, typesOf } from "../domain/refine.js";
import { allocateTable, emptyTable, fieldOf } from "../domain/state.js";
import * as v from "../domain/value.js";
import { recordFailure } from "../interpreter/failures.js";
import {
  type BuiltinCall,
  type Context,
  type ListOutcome,
  singleOutcome,
  type Values,
  valueAt,
} from "../interpreter/interpreter.js";
import { markInspected, rangeKey } from "../interpreter/recorder.js";
import { iterationValues } from "../operations/iteration.js";
import { recordNumberInText, toNumber } from "../operations/text.js";
import { callRedis } from "../redis/redis-call.js";
import { commentsAbove, declaredLimit, type luaparse, nodeId, rangeOf } from "../syntax/syntax.js";
import { recordArgumentFailures } from "./argument-failures.js";
import { callPcall } from "./pcall.js";
import { callString } from "./string-library.js";
import { callTable } from "./table-library.js";

export function callBuiltin(
  name: string,
  given: ListOutcome,
  nodes: readonly luaparse.Expression[],
  node: luaparse.Node,
  context: Context,
): readonly ListOutcome[] {
  const made: BuiltinCall = { name, given, nodes, node, context };
  for (const value of given.values) markInspected(context.interpreter.recorder, value);
  recordArgumentFailures(made);
  if (name === "redis.call" || name === "redis.pcall") return callRedis(made);
  if (name === "redis.error_reply" || name === "redis.status_reply") return replyTable(made);
  if (name.startsWith("string.")) return callString(made);
  if (name.startsWith("math.")) return singleOutcome(given.state, callMath(name, given));
  if (name.startsWith("bit.")) return singleOutcome(given.state, v.number(ANY_INTEGER));
  if (name.startsWith("table.")) return callTable(made);
  if (["cjson.encode", "cmsgpack.pack", "struct.pack", "redis.sha1hex"].includes(name)) {
    return singleOutcome(given.state, v.withOrigin(v.text(), `\`${name}\``));
  }
  return callBasic(made);
}

function replyTable({ name, given, node, context }: BuiltinCall): readonly ListOutcome[] {
  const id = `${context.callPath}:${nodeId(context.source, node)}`;
  const field = name === "redis.error_reply" ? "err" : "ok";
  const table = { ...emptyTable(), fields: new Map([[field, valueAt(given, 0)]]) };
  return singleOutcome(allocateTable(given.state, id, table), v.table(id));
}

function callBasic(made: BuiltinCall): readonly ListOutcome[] {
  const { name, given, nodes, context } = made;
  const { state } = given;
  switch (name) {
    case "error":
      context.interpreter.recorder.errorCalls++;
      recordFailure("error()", made, state, "error", [], valueAt(given, 0));
      return [];
    case "assert":
      context.interpreter.recorder.errorCalls++;
      if (v.mayBeFalsy(valueAt(given, 0)))
        recordFailure("assert()", made, state, "error", [], v.join(v.text(), valueAt(given, 1)));
      return callAssert(made);
    case "pcall":
    case "xpcall":
      return callPcall(made);
    case "tonumber":
      return singleOutcome(
        state,
        given.values.length > 1 ? v.number(ANY_NUMBER) : toNumber(valueAt(given, 0)),
      );
    case "tostring":
      if (nodes[0] !== undefined) recordNumberInText(valueAt(given, 0), "tostring", nodes[0], context);
      return singleOutcome(state, v.withOrigin(v.text(), "tostring"));
    case "type":
      return singleOutcome(state, v.texts(typesOf(valueAt(given, 0))));
    case "rawequal":
      return singleOutcome(state, v.BOOLEAN);
    case "unpack":
      return callUnpack(made);
    case "ipairs":
    case "pairs":
      return [{ state, values: [v.builtin(`${name}()`), valueAt(given, 0), v.NIL] }];
    case "select":
      return [callSelect(given)];
    case "next":
    case "ipairs()":
    case "pairs()": {
      const [key, value] = iterationValues(valueAt(given, 0), state, false) ?? [v.NIL, v.NIL];
      return [{ state, values: [v.join(key, v.NIL), v.join(value, v.NIL)] }];
    }
    default: {
      const value = v.joinAll([v.unknown(`\`${name}\``), state.escapedValues, ...all(given)]);
      return [{ state, values: [value], rest: value }];
    }
  }
}

/** As many values as Lua's stack holds. */
const MAX_STACK_VALUES = 8000;

function all({ values, rest }: Values): readonly v.AbstractValue[] {
  return rest === undefined ? values : [...values, rest];
}

/** What `select(2, …)` gives; from an unknown position, it may be any of them. */
function callSelect(given: ListOutcome): ListOutcome {
  const { state, rest } = given;
  const [from, ...values] = given.values;
  const at = from?.number;
  if (at === undefined && from?.text?.literals?.has("#") === true && v.isOnlyText(from))
    return { state, values: [v.number(interval(true, 0, MAX_STACK_VALUES))] };
  if (at !== undefined && at.min === at.max && at.min >= 1 && v.isOnlyNumber(from ?? v.NIL)) {
    const kept = values.slice(Math.floor(at.min) - 1);
    return rest === undefined ? { state, values: kept } : { state, values: kept, rest };
  }
  return { state, values: [], rest: v.joinAll([...all(given), v.NIL]) };
}

function callAssert({ given, nodes, context }: BuiltinCall): readonly ListOutcome[] {
  const [condition] = nodes;
  if (condition === undefined || !v.mayBeTruthy(valueAt(given, 0))) return [];
  if (condition.type !== "Identifier")
    return [{ ...given, values: [refineTruthy(valueAt(given, 0)), ...given.values.slice(1)] }];
  return context.interpreter
    .branch(condition, given.state, context)
    .whenTrue.map((outcome) => ({ state: outcome.state, values: [outcome.value] }));
}

function callUnpack({ given, nodes, node, context }: BuiltinCall): readonly ListOutcome[] {
  const list = valueAt(given, 0);
  const tables = [...list.tables].flatMap((id) => given.state.tables.get(id) ?? []);
  const known = tables.length > 0 && !list.unknown;
  const declared = declaredLimit(commentsAbove(context.source, node.loc?.start.line ?? 1));
  const longest = known ? Math.max(...tables.map((table) => table.length.max)) : Infinity;
  const assumed = tables.some((table) => table.length.assumed === true);
  const span = spanOf(given, nodes);
  const proved = Math.min(assumed ? Infinity : longest, span);
  const range = rangeOf(context.source, node);
  const { unpacks } = context.interpreter.recorder;
  const earlier = unpacks.get(rangeKey(range));
  unpacks.set(rangeKey(range), {
    range,
    limit: declared && { ...declared, position: range.start },
    max: Math.max(Math.min(longest, span, declared?.max ?? Infinity), earlier?.max ?? 0),
    proven: Math.max(proved, earlier?.proven ?? 0),
  });
  const [only] = tables;
  const min = only === undefined ? 0 : only.length.min;
  if (
    known &&
    tables.length === 1 &&
    only !== undefined &&
    given.values.length === 1 &&
    min === only.length.max
  ) {
    const values = Array.from({ length: min }, (_, at) => fieldOf(only, `[${at + 1}]`));
    return [{ state: given.state, values }];
  }
  const rest = v.joinAll(tables.flatMap((table) => [table.element, ...table.fields.values()]));
  const data = known ? v.BOTTOM : v.join(v.unknown("unpacked data"), given.state.escapedValues);
  const found = v.join({ ...rest, nil: false }, data);
  return [{ state: given.state, values: [], rest: v.isBottom(found) ? v.unknown("unpacked data") : found }];
}

/** How many `unpack(list, i, i + 99)` gives, with or without `math.min` around its end. */
function spanOf(given: ListOutcome, nodes: readonly luaparse.Expression[]): number {
  const [, from, to] = nodes;
  if (given.values.length < 3 || from === undefined || to === undefined) return Number.POSITIVE_INFINITY;
  const ends = to.type === "CallExpression" ? to.arguments : [to];
  for (const end of ends) {
    if (end.type !== "BinaryExpression" || end.operator !== "+") continue;
    const sameStart =
      end.left.type === "Identifier" && from.type === "Identifier" && end.left.name === from.name;
    if (sameStart && end.right.type === "NumericLiteral") return end.right.value + 1;
  }
  const span = v.asNumber(valueAt(given, 2)).max - v.asNumber(valueAt(given, 1)).min + 1;
  return Number.isNaN(span) ? Number.POSITIVE_INFINITY : span;
}

function callMath(name: string, given: Values): v.AbstractValue {
  const numbers = all(given).map(v.asNumber);
  const [first = ANY_NUMBER, second = ANY_NUMBER] = numbers;
  switch (name) {
    case "math.floor":
    case "math.ceil":
      return v.number(floored(first));
    case "math.abs":
      return v.number(absolute(first));
    case "math.min":
      return v.number(numbers.length === 0 ? ANY_NUMBER : minOrMax("min", numbers));
    case "math.max":
      return v.number(numbers.length === 0 ? ANY_NUMBER : minOrMax("max", numbers));
    case "math.fmod":
      return v.number(remainder(first, second));
    default:
      return v.number(ANY_NUMBER);
  }
}
