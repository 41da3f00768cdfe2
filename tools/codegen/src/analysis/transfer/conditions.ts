import * as narrow from "../domain/refine.js";
import { fieldOf, type State, withTable, withVariable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { type Branches, type Context, lookUp, type Outcome } from "../interpreter/interpreter.js";
import { noteSeen } from "../interpreter/recorder.js";
import { indexKey } from "../operations/table-access.js";
import { matchesInteger } from "../operations/text.js";
import type { luaparse } from "../syntax/syntax.js";
import { isCall } from "./expressions.js";

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
      noteSeen(context.machine.recorder, left.value);
      noteSeen(context.machine.recorder, right.value);
      let same: State | undefined = right.state;
      let different: State | undefined = right.state;
      for (const [side, value, other] of sides) {
        same = same && narrowed(side, value, narrow.whenEqual(value, other), same, context);
        different =
          different && narrowed(side, value, narrow.whenDifferent(value, other), different, context);
      }
      const asked = typeAsked(expression, right.value, right.state, context);
      if (asked !== undefined) {
        const { name, value, of } = asked;
        same = same && narrowed(of, value, narrow.whenType(value, name), same, context);
        different = different && narrowed(of, value, narrow.whenNotType(value, name), different, context);
      }
      if (same !== undefined) whenTrue.push({ state: same, value: v.YES });
      if (different !== undefined) whenFalse.push({ state: different, value: v.NO });
    }
  }
  return { whenTrue, whenFalse };
}

/** In `type(x) == "table"`: what is asked, and of which variable. */
function typeAsked(
  { left, right: asked }: luaparse.BinaryExpression,
  right: v.Value,
  state: State,
  context: Context,
): { of: Expression; value: v.Value; name: string } | undefined {
  const [name, ...others] = right.text?.literals ?? [];
  if (asked.type !== "StringLiteral" || name === undefined || others.length > 0) return undefined;
  if (left.type !== "CallExpression" || left.base.type !== "Identifier" || left.base.name !== "type")
    return undefined;
  const [of, ...more] = left.arguments;
  if (of?.type !== "Identifier" || more.length > 0 || lookUp(context.scope, "type") !== undefined)
    return undefined;
  const id = lookUp(context.scope, of.name);
  const value = id === undefined ? undefined : state.variables.get(id);
  return value === undefined ? undefined : { of, value, name };
}

function truth(expression: Expression, state: State, context: Context): Branches {
  const whenTrue: Outcome[] = [];
  const whenFalse: Outcome[] = [];
  for (const { state: after, value } of context.machine.evaluate(expression, state, context)) {
    noteSeen(context.machine.recorder, value);
    if (v.mayBeTrue(value)) {
      const right = narrow.whenTrue(value);
      const within = narrowed(expression, value, right, integerChecked(expression, after, context), context);
      if (within !== undefined) whenTrue.push({ state: within, value: right });
    }
    if (v.mayBeFalse(value)) {
      const wrong = narrow.whenFalse(value);
      const within = narrowed(expression, value, wrong, after, context);
      if (within !== undefined) whenFalse.push({ state: within, value: wrong });
    }
  }
  return { whenTrue, whenFalse };
}

/**
 * The state in which an expression that gave `was` has this value; undefined where it has none that is possible. What has
 * been set anew since then is left as it is.
 */
function narrowed(
  expression: Expression,
  was: v.Value,
  value: v.Value,
  state: State,
  context: Context,
): State | undefined {
  if (v.isNothing(value)) return undefined;
  if (expression.type === "Identifier") {
    const id = lookUp(context.scope, expression.name);
    return id === undefined || state.variables.get(id) !== was ? state : withVariable(state, id, value);
  }
  if (expression.type !== "MemberExpression" && expression.type !== "IndexExpression") return state;
  const base = expression.base;
  if (base.type !== "Identifier") return state;
  const id = lookUp(context.scope, base.name);
  const holder = id === undefined ? undefined : state.variables.get(id);
  const [only] = holder?.tables ?? [];
  const table = only === undefined ? undefined : state.tables.get(only);
  if (only === undefined || !table?.single || holder === undefined || !isOnlyTable(holder)) return state;
  const key =
    expression.type === "MemberExpression"
      ? expression.identifier.name
      : constantIndex(expression, state, context);
  if (key === undefined || !v.sameValue(fieldOf(table, key), was)) return state;
  return withTable(state, only, { ...table, fields: new Map(table.fields).set(key, value) });
}

/** Where an index of it went well, it was this one table. */
function isOnlyTable(value: v.Value): boolean {
  return value.tables.size === 1 && v.isNothing({ ...value, tables: v.NONE, nil: false, no: false });
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
  const library = base.base.type === "Identifier" && base.base.name === "string" ? base.base : undefined;
  if (!method && (library === undefined || lookUp(context.scope, "string") !== undefined)) return state;
  const [subject, pattern, ...more] = method ? [base.base, ...expression.arguments] : expression.arguments;
  // From another start than the first, the pattern would be true of a part only.
  if (subject?.type !== "Identifier" || pattern?.type !== "StringLiteral" || more.length > 0) return state;
  const id = lookUp(context.scope, subject.name);
  const value = id === undefined ? undefined : state.variables.get(id);
  const [found] = context.machine.evaluate(pattern, state, context);
  if (id === undefined || value?.text === undefined || found === undefined) return state;
  if (method && value.tables.size > 0) return state;
  if (!matchesInteger(found.value)) return state;
  const literals = value.text.literals && [...value.text.literals].filter((one) => /^[+-]?\d+$/.test(one));
  const text = { integer: true, literals: literals?.length ? new Set(literals) : undefined };
  return withVariable(state, id, { ...value, text });
}
