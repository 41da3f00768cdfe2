import { ANY_LENGTH, arithmetic, negated } from "../domain/interval.js";
import { libraryValue, memberValue } from "../domain/libraries.js";
import type { AbstractState } from "../domain/state.js";
import * as v from "../domain/value.js";
import { recordFailure, recordOperandFailure } from "../interpreter/failures.js";
import {
  type Context,
  type ListOutcome,
  type Outcome,
  resolveVariable,
  singleOutcome,
} from "../interpreter/interpreter.js";
import { markInspected, rangeKey } from "../interpreter/recorder.js";
import { readIndex } from "../operations/table-access.js";
import { concatenate } from "../operations/text.js";
import { decodeLiteral, type luaparse, nodeId, rangeOf } from "../syntax/syntax.js";
import { construct } from "./table-constructor.js";

type Expression = luaparse.Expression;

/** Evaluates one expression; a call gives its first value. */
export function evaluate(expression: Expression, state: AbstractState, context: Context): readonly Outcome[] {
  context.interpreter.countStep(expression, context);
  switch (expression.type) {
    case "StringLiteral": {
      const literal = decodeLiteral(expression.raw);
      return [{ state, value: v.withOrigin(v.texts([literal]), `the literal "${literal}"`) }];
    }
    case "NumericLiteral":
      return [{ state, value: v.literalNumber(expression.value) }];
    case "BooleanLiteral":
      return [{ state, value: expression.value ? v.TRUE : v.FALSE }];
    case "NilLiteral":
      return [{ state, value: v.withOrigin(v.NIL, "nil") }];
    case "VarargLiteral":
      return [{ state, value: furtherArguments(state, context) }];
    case "Identifier":
      return [{ state, value: readVariable(expression, state, context) }];
    case "FunctionDeclaration":
      return [{ state, value: functionValue(expression, context, "a function") }];
    case "TableConstructorExpression":
      return construct(expression, state, context);
    case "UnaryExpression":
      return unary(expression, state, context);
    case "BinaryExpression":
      return binary(expression, state, context);
    case "LogicalExpression": {
      const { whenTrue, whenFalse } = context.interpreter.branch(expression, state, context);
      return [...whenTrue, ...whenFalse];
    }
    case "MemberExpression":
    case "IndexExpression":
      return index(expression, state, context);
    default:
      return evaluateCall(expression, state, context).map((outcome) => ({
        state: outcome.state,
        value: outcome.values[0] ?? outcome.rest ?? v.NIL,
      }));
  }
}

/** Evaluates a list of expressions from left to right; the last one's further values count too. */
export function evaluateAll(
  expressions: readonly Expression[],
  state: AbstractState,
  context: Context,
): readonly ListOutcome[] {
  let outcomes: readonly ListOutcome[] = [{ state, values: [] }];
  expressions.forEach((expression, position) => {
    const last = position === expressions.length - 1;
    outcomes = outcomes.flatMap((before) => {
      const next = last && isCall(expression) ? evaluateCall(expression, before.state, context) : undefined;
      const found: readonly ListOutcome[] =
        next ??
        evaluate(expression, before.state, context).flatMap((outcome) =>
          last && expression.type === "VarargLiteral"
            ? [{ state: outcome.state, values: [], rest: outcome.value }]
            : singleOutcome(outcome.state, outcome.value),
        );
      return found.map((outcome) => ({ ...outcome, values: [...before.values, ...outcome.values] }));
    });
  });
  return outcomes;
}

type Call = luaparse.CallExpression | luaparse.TableCallExpression | luaparse.StringCallExpression;

export function isCall(expression: Expression): expression is Call {
  return (
    expression.type === "CallExpression" ||
    expression.type === "TableCallExpression" ||
    expression.type === "StringCallExpression"
  );
}

function argumentsOf(call: Call): readonly Expression[] {
  if (call.type === "CallExpression") return call.arguments;
  return [call.type === "TableCallExpression" ? call.arguments : call.argument];
}

/** Calls a function, and gives all of its values. */
export function evaluateCall(call: Call, state: AbstractState, context: Context): readonly ListOutcome[] {
  const { interpreter } = context;
  const base = call.base;
  if (base.type === "MemberExpression" && base.indexer === ":") {
    const nodes = [base.base, ...argumentsOf(call)];
    const name = base.identifier.name;
    return interpreter.evaluateAll(nodes, state, context).flatMap((given) => {
      const callee = methodOf(given.values[0] ?? v.NIL, name, given.state, context, base);
      return interpreter.call(callee, given, nodes, call, context);
    });
  }
  const nodes = argumentsOf(call);
  return evaluate(base, state, context).flatMap((callee) =>
    interpreter
      .evaluateAll(nodes, callee.state, context)
      .flatMap((given) => interpreter.call(callee.value, given, nodes, call, context)),
  );
}

/** What `...` may be, each of them and none. */
function furtherArguments(state: AbstractState, context: Context): v.AbstractValue {
  const id = resolveVariable(context.scope, "...");
  return (
    (id === undefined ? undefined : state.variables.get(id)) ??
    v.join(v.unknown("`...`"), state.escapedValues)
  );
}

/** What `value:name()` calls: a field of a table, else a function of the string library. */
function methodOf(
  value: v.AbstractValue,
  name: string,
  state: AbstractState,
  context: Context,
  node: luaparse.MemberExpression,
): v.AbstractValue {
  const library = memberValue("string", name) ?? v.unknown(`the method \`${name}\``);
  if (value.tables.size + value.libraries.size === 0 && !value.unknown) return library;
  const field = readIndex({ ...value, text: undefined }, v.texts([name]), state, context, node);
  return value.text !== undefined || value.unknown ? v.join({ ...field, unknown: false }, library) : field;
}

function readVariable(
  identifier: luaparse.Identifier,
  state: AbstractState,
  context: Context,
): v.AbstractValue {
  const { interpreter, source } = context;
  const id = resolveVariable(context.scope, identifier.name);
  if (id !== undefined) {
    const param = interpreter.params.get(id);
    if (param !== undefined) interpreter.recorder.usedParams.add(param);
    return state.variables.get(id) ?? v.unknown(`\`${identifier.name}\``);
  }
  const known = libraryValue(identifier.name);
  if (known !== undefined) return known;
  const range = rangeOf(source, identifier);
  interpreter.recorder.globals.set(rangeKey(range), { range, name: identifier.name, written: false });
  return v.unknown(`the global \`${identifier.name}\``);
}

export function functionValue(
  node: luaparse.FunctionDeclaration,
  context: Context,
  name: string,
): v.AbstractValue {
  const { callables } = context.interpreter;
  const key = `${context.scope?.id ?? 0}|${nodeId(context.source, node)}`;
  const known = callables.get(key) ?? {
    kind: "closure" as const,
    node,
    scope: context.scope,
    source: context.source,
    name,
  };
  callables.set(key, known);
  return v.callable(known);
}

function unary(
  expression: luaparse.UnaryExpression,
  state: AbstractState,
  context: Context,
): readonly Outcome[] {
  if (expression.operator === "not") {
    const { whenTrue, whenFalse } = context.interpreter.branch(expression, state, context);
    return [...whenTrue, ...whenFalse];
  }
  return evaluate(expression.argument, state, context).map((found) => {
    const failureSite = { node: expression, context };
    if (expression.operator === "-") {
      recordOperandFailure("-", found.value, failureSite, found.state, "number", "digits");
      return { state: found.state, value: v.number(negated(v.asNumber(found.value))) };
    }
    recordOperandFailure("#", found.value, failureSite, found.state, "text", "table");
    return { state: found.state, value: v.number(lengthOf(found.value, found.state)) };
  });
}

function lengthOf(value: v.AbstractValue, state: AbstractState) {
  const lengths = [...value.tables].map((id) => state.tables.get(id)?.length ?? ANY_LENGTH);
  const [only] = lengths;
  return only !== undefined &&
    lengths.length === 1 &&
    value.text === undefined &&
    value.keys.size === 0 &&
    !value.unknown
    ? only
    : ANY_LENGTH;
}

function binary(
  expression: luaparse.BinaryExpression,
  state: AbstractState,
  context: Context,
): readonly Outcome[] {
  const { operator } = expression;
  if (operator === "==" || operator === "~=") {
    const { whenTrue, whenFalse } = context.interpreter.branch(expression, state, context);
    return [...whenTrue, ...whenFalse];
  }
  return evaluate(expression.left, state, context).flatMap((left) =>
    evaluate(expression.right, left.state, context).map((right) => {
      recordOperandFailures(expression, left.value, right.value, right.state, context);
      if (operator === "..") {
        return { state: right.state, value: concatenate(left.value, right.value, expression, context) };
      }
      const result = arithmetic(operator, v.asNumber(left.value), v.asNumber(right.value));
      return {
        state: right.state,
        value: result === undefined ? v.BOOLEAN : v.withOrigin(v.number(result), "a sum"),
      };
    }),
  );
}

/** Notes an operator that fails of one of its operands. */
function recordOperandFailures(
  node: luaparse.BinaryExpression,
  left: v.AbstractValue,
  right: v.AbstractValue,
  state: AbstractState,
  context: Context,
): void {
  const failureSite = { node, context };
  const { operator } = node;
  if (operator === "..") {
    for (const side of [left, right]) {
      markInspected(context.interpreter.recorder, side);
      recordOperandFailure(operator, side, failureSite, state, "number", "text");
    }
  } else if (["<", ">", "<=", ">="].includes(operator)) {
    const both = v.join(left, right);
    recordOperandFailure(operator, both, failureSite, state, "number", "text");
    const texts = both.text !== undefined || both.keys.size > 0;
    if (texts && both.number !== undefined) recordFailure(operator, failureSite, state, "operand");
  } else {
    for (const side of [left, right])
      recordOperandFailure(operator, side, failureSite, state, "number", "digits");
  }
}

function index(
  expression: luaparse.MemberExpression | luaparse.IndexExpression,
  state: AbstractState,
  context: Context,
): readonly Outcome[] {
  return evaluate(expression.base, state, context).flatMap((base) => {
    if (expression.type === "MemberExpression") {
      const key = v.texts([expression.identifier.name]);
      return [{ state: base.state, value: readIndex(base.value, key, base.state, context, expression) }];
    }
    return evaluate(expression.index, base.state, context).map((key) => ({
      state: key.state,
      value: readIndex(base.value, key.value, key.state, context, expression),
    }));
  });
}
