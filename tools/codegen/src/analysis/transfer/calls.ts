import { callBuiltin } from "../builtins/builtins.js";
import { AnalysisLimitError } from "../domain/analysis-limit-error.js";
import { type AbstractState, joinStates, limitStates, partitionKey, withTable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { recordFailure } from "../interpreter/failures.js";
import {
  bindName,
  type Context,
  declareVariable,
  type Interpreter,
  initialise,
  type ListOutcome,
  type Returned,
  reportedRange,
  singleOutcome,
  valueAt,
} from "../interpreter/interpreter.js";
import { rangeKey } from "../interpreter/recorder.js";
import { commentsAbove, type luaparse, nodeId, rangeOf } from "../syntax/syntax.js";
import { requireModule } from "./require.js";

/** Calls of functions within functions deeper than this are not followed. */
const MAX_CALL_DEPTH = 24;

/** Calls every function that the value may be. The result of an unknown function is unknown. */
export function call(
  callee: v.AbstractValue,
  given: ListOutcome,
  nodes: readonly luaparse.Expression[],
  node: luaparse.Node,
  context: Context,
): readonly ListOutcome[] {
  const outcomes: ListOutcome[] = [];
  for (const target of callee.functions) {
    if (target.kind === "closure") outcomes.push(...callClosure(target, given, node, context));
    else if (target.name === "require") outcomes.push(...requireModule(given, node, context));
    else outcomes.push(...callBuiltin(target.name, given, nodes, node, context));
  }
  if (callee.unknown || callee.functions.size === 0) {
    recordUnknownCall(node, context);
    if (context.exceptionalStates !== undefined) recordFailure("a call", { node, context }, given.state);
    const value = v.unknown("the result of an unknown function");
    outcomes.push({ state: given.state, values: [value], rest: value });
  }
  return outcomes;
}

/** Notes a call that cannot be followed, unless a global that scripts may not use is the reason. */
function recordUnknownCall(node: luaparse.Node, context: Context): void {
  const range = rangeOf(context.source, node);
  const { globals, unknownCalls } = context.interpreter.recorder;
  if (!globals.has(rangeKey(range))) unknownCalls.set(rangeKey(range), { range });
}

type Closure = Extract<v.Callable, { kind: "closure" }>;

function callClosure(
  target: Closure,
  given: ListOutcome,
  node: luaparse.Node,
  context: Context,
): readonly ListOutcome[] {
  const { interpreter } = context;
  if (context.callStack.length > MAX_CALL_DEPTH)
    throw new AnalysisLimitError("the calls are nested too deeply");
  if (context.callStack.includes(target.node)) {
    const range = rangeOf(context.source, node);
    interpreter.recorder.recursions.set(rangeKey(range), { range, name: target.name });
    return singleOutcome(given.state, v.unknown(`the result of \`${target.name}\``));
  }
  const callPath = `${context.callPath}>${nodeId(context.source, node)}`;
  const isInModule = target.source !== interpreter.script;
  const entered: Context = {
    ...context,
    source: target.source,
    scope: target.scope,
    callPath,
    callSite: isInModule ? reportedRange(context, node) : undefined,
    callStack: [...context.callStack, target.node],
  };
  const start = bindParameters(target, given, entered);
  const flow = interpreter.execute(target.node.body, [start.state], start.context);
  const ended = flow.next.map((state) => ({ state, values: [] }));
  return joinReturns(
    [...flow.returns.map(withoutNode), ...ended].map((result) => dropLocals(result, callPath, interpreter)),
  );
}

function withoutNode(returned: Returned): ListOutcome {
  const { state, values, rest } = returned;
  return rest === undefined ? { state, values } : { state, values, rest };
}

function bindParameters(
  target: Closure,
  given: ListOutcome,
  entered: Context,
): { state: AbstractState; context: Context } {
  let { state } = given;
  let context = entered;
  const { identifier, parameters } = target.node;
  const method = identifier?.type === "MemberExpression" && identifier.indexer === ":";
  if (method) {
    const id = `${context.callPath}:self`;
    // Who knows what in it a function keeps.
    context.interpreter.captured.add(id);
    context = bindName(context, "self", id);
    state = initialise(state, id, valueAt(given, 0), context);
  }
  parameters.forEach((parameter, at) => {
    const position = method ? at + 1 : at;
    if (parameter.type === "VarargLiteral") {
      const id = `${context.callPath}:...`;
      context = bindName(context, "...", id);
      const all = [...given.values.slice(position), given.rest ?? v.NIL, v.NIL];
      state = initialise(state, id, v.joinAll(all), context);
      return;
    }
    const value = valueAt(given, position);
    const declared = declareVariable(context, parameter);
    context = declared.context;
    state = initialise(state, declared.id, value, context);
    const max = annotatedLimit(target, parameter.name);
    if (max !== undefined)
      state = assumeLength(state, value, max, () => recordAssumedLength(target, parameter, max, entered));
  });
  return { state, context };
}

/** `---@param names string[] at most 1000` of a module: how long a list it may be given. */
function annotatedLimit(target: Closure, name: string): number | undefined {
  for (const comment of commentsAbove(target.source, target.node.loc?.start.line ?? 1)) {
    const found = /^@param +(\w+) .*?\bat most (\d[\d_,]*)/.exec(comment);
    if (found?.[1] === name && found[2] !== undefined) return Number(found[2].replace(/[_,]/g, ""));
  }
  return undefined;
}

/** Notes a length that only the module's own annotation claims. */
function recordAssumedLength(
  target: Closure,
  parameter: luaparse.Identifier,
  max: number,
  { interpreter }: Context,
): void {
  const range = rangeOf(target.source, parameter);
  const what = `elements of \`${parameter.name}\`, an argument of \`${target.name}\``;
  interpreter.recorder.assumed.set(rangeKey(range), { max, what, position: range.start });
}

/**
 * The state in which no table that the value may be is longer than this. Calls `onClaim` if that is
 * not known anyway.
 */
function assumeLength(
  state: AbstractState,
  value: v.AbstractValue,
  max: number,
  onClaim: () => void,
): AbstractState {
  let next = state;
  for (const id of value.tables) {
    const table = next.tables.get(id);
    if (table === undefined) continue;
    if (table.length.max <= max) continue;
    onClaim();
    next = withTable(next, id, { ...table, length: { ...table.length, max, assumed: true } });
  }
  return next;
}

/** Drops the locals of a call, except those that closures may hold. */
function dropLocals(result: ListOutcome, callPath: string, { captured }: Interpreter): ListOutcome {
  const variables = new Map(
    [...result.state.variables].filter(([id]) => captured.has(id) || !id.startsWith(`${callPath}:`)),
  );
  return { ...result, state: { ...result.state, variables } };
}

/** Joins the returns of a function by partition if each returns at most one value. */
function joinReturns(results: readonly ListOutcome[]): readonly ListOutcome[] {
  if (results.some((result) => result.values.length > 1 || result.rest !== undefined)) {
    return results.length > 32 ? joinValues(results) : results;
  }
  const merged = new Map<string, ListOutcome>();
  for (const result of results) {
    const key = partitionKey(result.state);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, result);
    else {
      const value = v.join(valueAt(known, 0), valueAt(result, 0));
      merged.set(key, { state: joinStates(known.state, result.state), values: [value] });
    }
  }
  return [...merged.values()];
}

function joinValues(results: readonly ListOutcome[]): readonly ListOutcome[] {
  const most = Math.max(...results.map((result) => result.values.length));
  const values = Array.from({ length: most }, (_, at) =>
    v.joinAll(results.map((result) => valueAt(result, at))),
  );
  const rests = results.flatMap((result) => (result.rest === undefined ? [] : [result.rest]));
  return limitStates(results.map((result) => result.state)).map((state) => ({
    state,
    values,
    ...(rests.length === 0 ? {} : { rest: v.joinAll(rests) }),
  }));
}
