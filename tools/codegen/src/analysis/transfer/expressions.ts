import { ANY_LENGTH, arithmetic, negative } from "../domain/interval.js";
import { libraryValue, memberValue } from "../domain/libraries.js";
import type { State } from "../domain/state.js";
import * as v from "../domain/value.js";
import { noteFailure, noteOperand } from "../interpreter/failures.js";
import { type Context, lookUp, type ManyOutcome, type Outcome, one } from "../interpreter/interpreter.js";
import { noteSeen, spotKey } from "../interpreter/recorder.js";
import { readIndex } from "../operations/table-access.js";
import { concatenate } from "../operations/text.js";
import { decodeLiteral, type luaparse, nodeId, spotOf } from "../syntax/syntax.js";
import { construct } from "./table-constructor.js";

type Expression = luaparse.Expression;

/** Evaluates one expression; a call gives its first value. */
export function evaluate(expression: Expression, state: State, context: Context): readonly Outcome[] {
  context.machine.spend(expression, context);
  switch (expression.type) {
    case "StringLiteral": {
      const literal = decodeLiteral(expression.raw);
      return [{ state, value: v.from(v.texts([literal]), `the literal "${literal}"`) }];
    }
    case "NumericLiteral":
      return [{ state, value: v.literalNumber(expression.value) }];
    case "BooleanLiteral":
      return [{ state, value: expression.value ? v.YES : v.NO }];
    case "NilLiteral":
      return [{ state, value: v.from(v.NIL, "nil") }];
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
      const { whenTrue, whenFalse } = context.machine.branch(expression, state, context);
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
  state: State,
  context: Context,
): readonly ManyOutcome[] {
  let outcomes: readonly ManyOutcome[] = [{ state, values: [] }];
  expressions.forEach((expression, position) => {
    const last = position === expressions.length - 1;
    outcomes = outcomes.flatMap((before) => {
      const next = last && isCall(expression) ? evaluateCall(expression, before.state, context) : undefined;
      const found: readonly ManyOutcome[] =
        next ??
        evaluate(expression, before.state, context).flatMap((outcome) =>
          last && expression.type === "VarargLiteral"
            ? [{ state: outcome.state, values: [], rest: outcome.value }]
            : one(outcome.state, outcome.value),
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
export function evaluateCall(call: Call, state: State, context: Context): readonly ManyOutcome[] {
  const { machine } = context;
  const base = call.base;
  if (base.type === "MemberExpression" && base.indexer === ":") {
    const nodes = [base.base, ...argumentsOf(call)];
    const name = base.identifier.name;
    return machine.evaluateAll(nodes, state, context).flatMap((given) => {
      const callee = methodOf(given.values[0] ?? v.NIL, name, given.state, context, base);
      return machine.call(callee, given, nodes, call, context);
    });
  }
  const nodes = argumentsOf(call);
  return evaluate(base, state, context).flatMap((callee) =>
    machine
      .evaluateAll(nodes, callee.state, context)
      .flatMap((given) => machine.call(callee.value, given, nodes, call, context)),
  );
}

/** What `...` may be, each of them and none. */
function furtherArguments(state: State, context: Context): v.Value {
  const id = lookUp(context.scope, "...");
  return (
    (id === undefined ? undefined : state.variables.get(id)) ?? v.either(v.unknown("`...`"), state.hidden)
  );
}

/** What `value:name()` calls: a field of a table, else a function of the string library. */
function methodOf(
  value: v.Value,
  name: string,
  state: State,
  context: Context,
  node: luaparse.MemberExpression,
): v.Value {
  const library = memberValue("string", name) ?? v.unknown(`the method \`${name}\``);
  if (value.tables.size + value.libraries.size === 0 && !value.unknown) return library;
  const field = readIndex({ ...value, text: undefined }, v.texts([name]), state, context, node);
  return value.text !== undefined || value.unknown ? v.either({ ...field, unknown: false }, library) : field;
}

function readVariable(identifier: luaparse.Identifier, state: State, context: Context): v.Value {
  const { machine, source } = context;
  const id = lookUp(context.scope, identifier.name);
  if (id !== undefined) {
    const param = machine.params.get(id);
    if (param !== undefined) machine.recorder.usedParams.add(param);
    return state.variables.get(id) ?? v.unknown(`\`${identifier.name}\``);
  }
  const known = libraryValue(identifier.name);
  if (known !== undefined) return known;
  const spot = spotOf(source, identifier);
  machine.recorder.globals.set(spotKey(spot), { spot, name: identifier.name, written: false });
  return v.unknown(`the global \`${identifier.name}\``);
}

export function functionValue(node: luaparse.FunctionDeclaration, context: Context, name: string): v.Value {
  const { callables } = context.machine;
  const key = `${context.scope?.id ?? 0}|${nodeId(context.source, node)}`;
  const known = callables.get(key) ?? {
    kind: "written" as const,
    node,
    scope: context.scope,
    source: context.source,
    name,
  };
  callables.set(key, known);
  return v.callable(known);
}

function unary(expression: luaparse.UnaryExpression, state: State, context: Context): readonly Outcome[] {
  if (expression.operator === "not") {
    const { whenTrue, whenFalse } = context.machine.branch(expression, state, context);
    return [...whenTrue, ...whenFalse];
  }
  return evaluate(expression.argument, state, context).map((found) => {
    const failing = { node: expression, context };
    if (expression.operator === "-") {
      noteOperand("-", found.value, failing, found.state, "number", "digits");
      return { state: found.state, value: v.number(negative(v.asNumber(found.value))) };
    }
    noteOperand("#", found.value, failing, found.state, "text", "table");
    return { state: found.state, value: v.number(lengthOf(found.value, found.state)) };
  });
}

function lengthOf(value: v.Value, state: State) {
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

function binary(expression: luaparse.BinaryExpression, state: State, context: Context): readonly Outcome[] {
  const { operator } = expression;
  if (operator === "==" || operator === "~=") {
    const { whenTrue, whenFalse } = context.machine.branch(expression, state, context);
    return [...whenTrue, ...whenFalse];
  }
  return evaluate(expression.left, state, context).flatMap((left) =>
    evaluate(expression.right, left.state, context).map((right) => {
      noteOperands(expression, left.value, right.value, right.state, context);
      if (operator === "..") {
        return { state: right.state, value: concatenate(left.value, right.value, expression, context) };
      }
      const result = arithmetic(operator, v.asNumber(left.value), v.asNumber(right.value));
      return { state: right.state, value: result === undefined ? v.FLAG : v.from(v.number(result), "a sum") };
    }),
  );
}

/** Notes an operator that fails of one of its operands. */
function noteOperands(
  node: luaparse.BinaryExpression,
  left: v.Value,
  right: v.Value,
  state: State,
  context: Context,
): void {
  const failing = { node, context };
  const { operator } = node;
  if (operator === "..") {
    for (const side of [left, right]) {
      noteSeen(context.machine.recorder, side);
      noteOperand(operator, side, failing, state, "number", "text");
    }
  } else if (["<", ">", "<=", ">="].includes(operator)) {
    const both = v.either(left, right);
    noteOperand(operator, both, failing, state, "number", "text");
    const texts = both.text !== undefined || both.keys.size > 0;
    if (texts && both.number !== undefined) noteFailure(operator, failing, state, "operand");
  } else {
    for (const side of [left, right]) noteOperand(operator, side, failing, state, "number", "digits");
  }
}

function index(
  expression: luaparse.MemberExpression | luaparse.IndexExpression,
  state: State,
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
