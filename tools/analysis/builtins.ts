import { noteFailure } from "./failures.js";
import { type BuiltinCall, type Context, type ManyOutcome, one, type Values, valueAt } from "./machine.js";
import { ANY_INTEGER, ANY_LENGTH, ANY_NUMBER, absolute, extreme, floored, numeric } from "./number.js";
import { spotKey } from "./recorder.js";
import { callRedis } from "./redis.js";
import { emptyTable, listOf, type State, withNewTable, withTable } from "./state.js";
import { callString } from "./stringlib.js";
import { noteNumberInText, toNumber } from "./strings.js";
import { commentsAbove, declaredLimit, type luaparse, nodeId, spotOf } from "./syntax.js";
import { readIndex, writeIndex } from "./tables.js";
import * as v from "./value.js";

export function callBuiltin(
  name: string,
  given: ManyOutcome,
  nodes: readonly luaparse.Expression[],
  node: luaparse.Node,
  context: Context,
): readonly ManyOutcome[] {
  const made: BuiltinCall = { name, given, nodes, node, context };
  if (name === "redis.call" || name === "redis.pcall") return callRedis(made);
  if (name === "redis.error_reply" || name === "redis.status_reply") return replyTable(made);
  if (name.startsWith("string.")) return callString(made);
  if (name.startsWith("math.")) return one(given.state, mathematics(name, given));
  if (name.startsWith("bit.")) return one(given.state, v.number(ANY_INTEGER));
  if (name.startsWith("table.")) return tableLibrary(made);
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
      noteFailure("error()", made, state);
      return [];
    case "assert":
      if (v.mayBeFalse(valueAt(given, 0))) noteFailure("assert()", made, state);
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
      return one(state, v.text());
    case "rawequal":
      return one(state, v.FLAG);
    case "unpack":
      return unpack(made);
    default: {
      const value = v.unknown(`\`${name}\``);
      return [{ state, values: [value], rest: value }];
    }
  }
}

function asserted({ given, nodes, context }: BuiltinCall): readonly ManyOutcome[] {
  const [condition] = nodes;
  if (condition === undefined || !v.mayBeTrue(valueAt(given, 0))) return [];
  if (condition.type !== "Identifier") return one(given.state, v.whenTrue(valueAt(given, 0)));
  return context.machine
    .branch(condition, given.state, context)
    .whenTrue.map((outcome) => ({ state: outcome.state, values: [outcome.value] }));
}

function caught({ given, nodes, node, context }: BuiltinCall): readonly ManyOutcome[] {
  const [callee, ...values] = given.values;
  if (callee === undefined) return [];
  const passed: ManyOutcome = { ...given, values };
  const results = context.machine.call(callee, passed, nodes.slice(1), node, { ...context, caught: true });
  const failed: Values = { values: [v.NO, v.unknown("a caught error")] };
  return [
    ...results.map((result) => ({ ...result, values: [v.YES, ...result.values] })),
    { state: given.state, ...failed },
    ...results.map((result) => ({ state: result.state, ...failed })),
  ];
}

function unpack({ given, nodes, node, context }: BuiltinCall): readonly ManyOutcome[] {
  const list = valueAt(given, 0);
  const tables = [...list.tables].flatMap((id) => given.state.tables.get(id) ?? []);
  const known = tables.length > 0 && !list.unknown;
  const declared = declaredLimit(commentsAbove(context.source, node.loc?.start.line ?? 1))?.atMost;
  const lengths = [
    known ? Math.max(...tables.map((table) => table.length.greatest)) : Number.POSITIVE_INFINITY,
    declared ?? Number.POSITIVE_INFINITY,
    spanOf(given, nodes),
  ];
  const spot = spotOf(context.source, node);
  const { unpacks } = context.machine.recorder;
  const greatest = Math.max(Math.min(...lengths), unpacks.get(spotKey(spot))?.greatest ?? 0);
  unpacks.set(spotKey(spot), { spot, greatest });
  const [only] = tables;
  const least = only === undefined ? 0 : only.length.least;
  if (
    known &&
    tables.length === 1 &&
    only !== undefined &&
    given.values.length === 1 &&
    least === only.length.greatest
  ) {
    const values = Array.from({ length: least }, (_, at) => only.fields.get(`[${at + 1}]`) ?? only.element);
    return [{ state: given.state, values }];
  }
  const rest = known ? v.eitherOf(tables.map((table) => table.element)) : v.unknown("unpacked data");
  return [{ state: given.state, values: [], rest: v.isNothing(rest) ? v.unknown("unpacked data") : rest }];
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
  const all = (given.rest === undefined ? given.values : [...given.values, given.rest]).map(v.asNumber);
  const [first = ANY_NUMBER, second = ANY_NUMBER] = all;
  switch (name) {
    case "math.floor":
    case "math.ceil":
      return v.number(floored(first));
    case "math.abs":
      return v.number(absolute(first));
    case "math.min":
      return v.number(all.length === 0 ? ANY_NUMBER : extreme("min", all));
    case "math.max":
      return v.number(all.length === 0 ? ANY_NUMBER : extreme("max", all));
    case "math.fmod":
      return v.number(numeric(first.whole && second.whole));
    default:
      return v.number(ANY_NUMBER);
  }
}

function tableLibrary(made: BuiltinCall): readonly ManyOutcome[] {
  const { name, given, nodes, node, context } = made;
  const { state } = given;
  const list = valueAt(given, 0);
  switch (name) {
    case "table.insert":
      return [{ state: inserted(list, given, state), values: [] }];
    case "table.remove":
      return one(shortened(list, state), v.either(element(list, state, made), v.NIL));
    case "table.concat":
      if (nodes[0] !== undefined)
        noteNumberInText(element(list, state, made), "table.concat", nodes[0], context);
      return one(state, v.from(v.text(), "`table.concat`"));
    case "table.sort": {
      const order = given.values[1];
      if (order === undefined) return [{ state, values: [] }];
      const compared = element(list, state, made);
      const results = context.machine.call(order, { state, values: [compared, compared] }, [], node, context);
      return results.map((result) => ({ state: result.state, values: [] }));
    }
    default:
      return one(state, v.number(ANY_LENGTH));
  }
}

function element(list: v.Value, state: State, { node, context }: BuiltinCall): v.Value {
  const value = readIndex(list, v.number(ANY_INTEGER), state, context, node);
  const some = { ...value, nil: false };
  return v.isNothing(some) ? v.unknown("an element") : some;
}

function inserted(list: v.Value, given: Values, state: State): State {
  const value = given.values[2] ?? valueAt(given, 1);
  let next = state;
  for (const id of list.tables) {
    const length = next.tables.get(id)?.length ?? ANY_LENGTH;
    const position = v.number(numeric(true, length.least + 1, length.greatest + 1));
    next = writeIndex(v.table(id), position, value, next);
  }
  return next;
}

function shortened(list: v.Value, state: State): State {
  let next = state;
  for (const id of list.tables) {
    const table = next.tables.get(id);
    if (table === undefined) continue;
    const listed = listOf(
      v.eitherOf([table.element, ...table.fields.values()]),
      numeric(true, 0, table.length.greatest),
    );
    next = withTable(next, id, { ...listed, single: table.single });
  }
  return next;
}
