import * as refine from "../domain/refine.js";
import { type AbstractState, fieldOf, withTable, withVariable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { type Branches, type Context, type Outcome, resolveVariable } from "../interpreter/interpreter.js";
import { markInspected } from "../interpreter/recorder.js";
import { indexKey } from "../operations/table-access.js";
import { matchesInteger } from "../operations/text.js";
import type { luaparse } from "../syntax/syntax.js";
import { isCall } from "./expressions.js";

type Expression = luaparse.Expression;

/** Evaluates a condition and parts the ways in which it is true from those in which it is false. */
export function branch(expression: Expression, state: AbstractState, context: Context): Branches {
  if (expression.type === "UnaryExpression" && expression.operator === "not") {
    const { whenTrue, whenFalse } = branch(expression.argument, state, context);
    return { whenTrue: withValue(whenFalse, v.TRUE), whenFalse: withValue(whenTrue, v.FALSE) };
  }
  if (expression.type === "LogicalExpression") return branchLogical(expression, state, context);
  if (
    expression.type === "BinaryExpression" &&
    (expression.operator === "==" || expression.operator === "~=")
  ) {
    const { whenTrue, whenFalse } = branchEquality(expression, state, context);
    if (expression.operator === "==") return { whenTrue, whenFalse };
    return { whenTrue: withValue(whenFalse, v.TRUE), whenFalse: withValue(whenTrue, v.FALSE) };
  }
  return branchTruthiness(expression, state, context);
}

function withValue(outcomes: readonly Outcome[], value: v.AbstractValue): Outcome[] {
  return outcomes.map((outcome) => ({ state: outcome.state, value }));
}

function branchLogical(
  expression: luaparse.LogicalExpression,
  state: AbstractState,
  context: Context,
): Branches {
  const left = branch(expression.left, state, context);
  const open = expression.operator === "and" ? left.whenTrue : left.whenFalse;
  const rights = open.map((outcome) => branch(expression.right, outcome.state, context));
  const rightTrue = rights.flatMap((right) => right.whenTrue);
  const rightFalse = rights.flatMap((right) => right.whenFalse);
  if (expression.operator === "and")
    return { whenTrue: rightTrue, whenFalse: [...left.whenFalse, ...rightFalse] };
  return { whenTrue: [...left.whenTrue, ...rightTrue], whenFalse: rightFalse };
}

function branchEquality(
  expression: luaparse.BinaryExpression,
  state: AbstractState,
  context: Context,
): Branches {
  const whenTrue: Outcome[] = [];
  const whenFalse: Outcome[] = [];
  for (const left of context.interpreter.evaluate(expression.left, state, context)) {
    for (const right of context.interpreter.evaluate(expression.right, left.state, context)) {
      const sides: readonly [Expression, v.AbstractValue, v.AbstractValue][] = [
        [expression.left, left.value, right.value],
        [expression.right, right.value, left.value],
      ];
      markInspected(context.interpreter.recorder, left.value);
      markInspected(context.interpreter.recorder, right.value);
      let same: AbstractState | undefined = right.state;
      let different: AbstractState | undefined = right.state;
      for (const [side, value, other] of sides) {
        same = same && refinedState(side, value, refine.refineEqual(value, other), same, context);
        different =
          different && refinedState(side, value, refine.refineNotEqual(value, other), different, context);
      }
      const asked = typeAsked(expression, right.value, right.state, context);
      if (asked !== undefined) {
        const { name, value, of } = asked;
        same = same && refinedState(of, value, refine.refineType(value, name), same, context);
        different =
          different && refinedState(of, value, refine.refineNotType(value, name), different, context);
      }
      same = same && wholeChecked(expression, same, context);
      if (same !== undefined) whenTrue.push({ state: same, value: v.TRUE });
      if (different !== undefined) whenFalse.push({ state: different, value: v.FALSE });
    }
  }
  return { whenTrue, whenFalse };
}

/** After `x % 1 == 0`, the number `x` is an integer. Infinity and NaN have no remainder. */
function wholeChecked(
  { left, right }: luaparse.BinaryExpression,
  state: AbstractState,
  context: Context,
): AbstractState {
  if (right.type !== "NumericLiteral" || right.value !== 0) return state;
  if (left.type !== "BinaryExpression" || left.operator !== "%" || left.left.type !== "Identifier")
    return state;
  if (left.right.type !== "NumericLiteral" || left.right.value !== 1) return state;
  const id = resolveVariable(context.scope, left.left.name);
  const value = id === undefined ? undefined : state.variables.get(id);
  if (id === undefined || value?.number === undefined) return state;
  const { mayBeNonFinite: _, ...number } = value.number;
  return withVariable(state, id, { ...value, number: { ...number, whole: true } });
}

/** In `type(x) == "table"`: what is asked, and of which variable. */
function typeAsked(
  { left, right: asked }: luaparse.BinaryExpression,
  right: v.AbstractValue,
  state: AbstractState,
  context: Context,
): { of: Expression; value: v.AbstractValue; name: string } | undefined {
  const [name, ...others] = right.text?.literals ?? [];
  if (asked.type !== "StringLiteral" || name === undefined || others.length > 0) return undefined;
  if (left.type !== "CallExpression" || left.base.type !== "Identifier" || left.base.name !== "type")
    return undefined;
  const [of, ...more] = left.arguments;
  if (of?.type !== "Identifier" || more.length > 0 || resolveVariable(context.scope, "type") !== undefined)
    return undefined;
  const id = resolveVariable(context.scope, of.name);
  const value = id === undefined ? undefined : state.variables.get(id);
  return value === undefined ? undefined : { of, value, name };
}

function branchTruthiness(expression: Expression, state: AbstractState, context: Context): Branches {
  const whenTrue: Outcome[] = [];
  const whenFalse: Outcome[] = [];
  for (const { state: after, value } of context.interpreter.evaluate(expression, state, context)) {
    markInspected(context.interpreter.recorder, value);
    if (v.mayBeTruthy(value)) {
      const right = refine.refineTruthy(value);
      const within = refinedState(
        expression,
        value,
        right,
        integerChecked(expression, after, context),
        context,
      );
      if (within !== undefined) whenTrue.push({ state: within, value: right });
    }
    if (v.mayBeFalsy(value)) {
      const wrong = refine.refineFalsy(value);
      const within = refinedState(expression, value, wrong, after, context);
      if (within !== undefined) whenFalse.push({ state: within, value: wrong });
    }
  }
  return { whenTrue, whenFalse };
}

/**
 * The state after the value `was` of an expression is refined to this value; undefined if that is
 * impossible. A variable that was assigned since then stays as it is.
 */
function refinedState(
  expression: Expression,
  was: v.AbstractValue,
  value: v.AbstractValue,
  state: AbstractState,
  context: Context,
): AbstractState | undefined {
  if (v.isBottom(value)) return undefined;
  if (expression.type === "Identifier") {
    const id = resolveVariable(context.scope, expression.name);
    return id === undefined || state.variables.get(id) !== was ? state : withVariable(state, id, value);
  }
  if (expression.type !== "MemberExpression" && expression.type !== "IndexExpression") return state;
  const base = expression.base;
  if (base.type !== "Identifier") return state;
  const id = resolveVariable(context.scope, base.name);
  const holder = id === undefined ? undefined : state.variables.get(id);
  const [only] = holder?.tables ?? [];
  const table = only === undefined ? undefined : state.tables.get(only);
  if (only === undefined || !table?.isSingle || holder === undefined || !isOnlyTable(holder)) return state;
  const key =
    expression.type === "MemberExpression"
      ? expression.identifier.name
      : constantIndex(expression, state, context);
  if (key === undefined || !v.equalValues(fieldOf(table, key), was)) return state;
  return withTable(state, only, { ...table, fields: new Map(table.fields).set(key, value) });
}

/** Where an index of it went well, it was this one table. */
function isOnlyTable(value: v.AbstractValue): boolean {
  return (
    value.tables.size === 1 && v.isBottom({ ...value, tables: v.EMPTY_SET, nil: false, boolFalse: false })
  );
}

function constantIndex(
  expression: luaparse.IndexExpression,
  state: AbstractState,
  context: Context,
): string | undefined {
  const { type } = expression.index;
  if (type !== "NumericLiteral" && type !== "StringLiteral") return undefined;
  const [found] = context.interpreter.evaluate(expression.index, state, context);
  return found === undefined ? undefined : indexKey(found.value);
}

/** After `string.find(x, "^%d+$")` has said yes, `x` is known to be an integer's digits. */
function integerChecked(expression: Expression, state: AbstractState, context: Context): AbstractState {
  if (!isCall(expression) || expression.type !== "CallExpression") return state;
  const { base } = expression;
  if (base.type !== "MemberExpression" || !["find", "match"].includes(base.identifier.name)) return state;
  const method = base.indexer === ":";
  const library = base.base.type === "Identifier" && base.base.name === "string" ? base.base : undefined;
  if (!method && (library === undefined || resolveVariable(context.scope, "string") !== undefined))
    return state;
  const [subject, pattern, ...more] = method ? [base.base, ...expression.arguments] : expression.arguments;
  // From another start than the first, the pattern would be true of a part only.
  if (subject?.type !== "Identifier" || pattern?.type !== "StringLiteral" || more.length > 0) return state;
  const id = resolveVariable(context.scope, subject.name);
  const value = id === undefined ? undefined : state.variables.get(id);
  const [found] = context.interpreter.evaluate(pattern, state, context);
  if (id === undefined || value?.text === undefined || found === undefined) return state;
  if (method && value.tables.size > 0) return state;
  if (!matchesInteger(found.value)) return state;
  const literals = value.text.literals && [...value.text.literals].filter((one) => /^[+-]?\d+$/.test(one));
  const text = { integer: true, literals: literals?.length ? new Set(literals) : undefined };
  return withVariable(state, id, { ...value, text });
}
