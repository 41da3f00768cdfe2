import { isCall } from "./expressions.js";
import { type Branches, type Context, lookUp, type Outcome } from "./machine.js";
import { type State, withTable, withVariable } from "./state.js";
import { matchesInteger } from "./strings.js";
import type { luaparse } from "./syntax.js";
import { indexKey } from "./tables.js";
import * as v from "./value.js";

type Expression = luaparse.Expression;

/** Evaluates a condition and parts the ways in which it is true from those in which it is false. */
export function branch(expression: Expression, state: State, context: Context): Branches {
  if (expression.type === "UnaryExpression" && expression.operator === "not") {
    const { whenTrue, whenFalse } = branch(expression.argument, state, context);
    return { whenTrue: valued(whenFalse, v.YES), whenFalse: valued(whenTrue, v.NO) };
  }
  if (expression.type === "LogicalExpression") return logical(expression, state, context);
  if (
    expression.type === "BinaryExpression" &&
    (expression.operator === "==" || expression.operator === "~=")
  ) {
    const { whenTrue, whenFalse } = equality(expression, state, context);
    if (expression.operator === "==") return { whenTrue, whenFalse };
    return { whenTrue: valued(whenFalse, v.YES), whenFalse: valued(whenTrue, v.NO) };
  }
  return truth(expression, state, context);
}

function valued(outcomes: readonly Outcome[], value: v.Value): Outcome[] {
  return outcomes.map((outcome) => ({ state: outcome.state, value }));
}

function logical(expression: luaparse.LogicalExpression, state: State, context: Context): Branches {
  const left = branch(expression.left, state, context);
  const open = expression.operator === "and" ? left.whenTrue : left.whenFalse;
  const rights = open.map((outcome) => branch(expression.right, outcome.state, context));
  const rightTrue = rights.flatMap((right) => right.whenTrue);
  const rightFalse = rights.flatMap((right) => right.whenFalse);
  if (expression.operator === "and")
    return { whenTrue: rightTrue, whenFalse: [...left.whenFalse, ...rightFalse] };
  return { whenTrue: [...left.whenTrue, ...rightTrue], whenFalse: rightFalse };
}

function equality(expression: luaparse.BinaryExpression, state: State, context: Context): Branches {
  const whenTrue: Outcome[] = [];
  const whenFalse: Outcome[] = [];
  for (const left of context.machine.evaluate(expression.left, state, context)) {
    for (const right of context.machine.evaluate(expression.right, left.state, context)) {
      const sides: readonly [Expression, v.Value, v.Value][] = [
        [expression.left, left.value, right.value],
        [expression.right, right.value, left.value],
      ];
      let same: State | undefined = right.state;
      let different: State | undefined = right.state;
      for (const [side, value, other] of sides) {
        same = same && narrowed(side, v.whenEqual(value, other), same, context);
        different = different && narrowed(side, v.whenDifferent(value, other), different, context);
      }
      if (same !== undefined) whenTrue.push({ state: same, value: v.YES });
      if (different !== undefined) whenFalse.push({ state: different, value: v.NO });
    }
  }
  return { whenTrue, whenFalse };
}

function truth(expression: Expression, state: State, context: Context): Branches {
  const whenTrue: Outcome[] = [];
  const whenFalse: Outcome[] = [];
  for (const { state: after, value } of context.machine.evaluate(expression, state, context)) {
    if (v.mayBeTrue(value)) {
      const right = v.whenTrue(value);
      const narrow = narrowed(expression, right, integerChecked(expression, after, context), context);
      if (narrow !== undefined) whenTrue.push({ state: narrow, value: right });
    }
    if (v.mayBeFalse(value)) {
      const wrong = v.whenFalse(value);
      const narrow = narrowed(expression, wrong, after, context);
      if (narrow !== undefined) whenFalse.push({ state: narrow, value: wrong });
    }
  }
  return { whenTrue, whenFalse };
}

/** The state in which an expression has this value; undefined where it has none that is possible. */
function narrowed(expression: Expression, value: v.Value, state: State, context: Context): State | undefined {
  if (v.isNothing(value)) return undefined;
  if (expression.type === "Identifier") {
    const id = lookUp(context.scope, expression.name);
    return id === undefined ? state : withVariable(state, id, value);
  }
  if (expression.type !== "MemberExpression" && expression.type !== "IndexExpression") return state;
  const base = expression.base;
  if (base.type !== "Identifier") return state;
  const id = lookUp(context.scope, base.name);
  const holder = id === undefined ? undefined : state.variables.get(id);
  const [only] = holder?.tables ?? [];
  const table = only === undefined ? undefined : state.tables.get(only);
  if (holder?.tables.size !== 1 || only === undefined || !table?.single) return state;
  const key =
    expression.type === "MemberExpression"
      ? expression.identifier.name
      : constantIndex(expression, state, context);
  if (key === undefined) return state;
  return withTable(state, only, { ...table, fields: new Map(table.fields).set(key, value) });
}

function constantIndex(
  expression: luaparse.IndexExpression,
  state: State,
  context: Context,
): string | undefined {
  const { type } = expression.index;
  if (type !== "NumericLiteral" && type !== "StringLiteral") return undefined;
  const [found] = context.machine.evaluate(expression.index, state, context);
  return found === undefined ? undefined : indexKey(found.value);
}

/** After `string.find(x, "^%d+$")` has said yes, `x` is known to be an integer's digits. */
function integerChecked(expression: Expression, state: State, context: Context): State {
  if (!isCall(expression) || expression.type !== "CallExpression") return state;
  const { base } = expression;
  if (base.type !== "MemberExpression" || !["find", "match"].includes(base.identifier.name)) return state;
  const method = base.indexer === ":";
  if (!method && !(base.base.type === "Identifier" && base.base.name === "string")) return state;
  const [subject, pattern] = method ? [base.base, ...expression.arguments] : expression.arguments;
  if (subject?.type !== "Identifier" || pattern === undefined) return state;
  const id = lookUp(context.scope, subject.name);
  const value = id === undefined ? undefined : state.variables.get(id);
  const [found] = context.machine.evaluate(pattern, state, context);
  if (id === undefined || value?.text === undefined || found === undefined) return state;
  if (!matchesInteger(found.value)) return state;
  const literals = value.text.literals && [...value.text.literals].filter((one) => /^[+-]?\d+$/.test(one));
  const text = { integer: true, literals: literals?.length ? new Set(literals) : undefined };
  return withVariable(state, id, { ...value, text });
}
