import { callBuiltin } from "../builtins/builtins.js";
import { TooMuch } from "../domain/analysis-limit-error.js";
import { eitherState, type State, settle, signature, withTable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { noteFailure } from "../interpreter/failures.js";
import {
  type Context,
  declare,
  initialise,
  type Machine,
  type ManyOutcome,
  named,
  one,
  ownSpot,
  type Returned,
  valueAt,
} from "../interpreter/interpreter.js";
import { spotKey } from "../interpreter/recorder.js";
import { commentsAbove, type luaparse, nodeId, spotOf } from "../syntax/syntax.js";
import { requireModule } from "./require.js";

/** Calls of functions within functions deeper than this are not followed. */
const MOST_DEPTH = 24;

/** Calls whatever the value may be; of a value that nobody knows, the result is one that nobody knows. */
export function call(
  callee: v.Value,
  given: ManyOutcome,
  nodes: readonly luaparse.Expression[],
  node: luaparse.Node,
  context: Context,
): readonly ManyOutcome[] {
  const outcomes: ManyOutcome[] = [];
  for (const target of callee.functions) {
    if (target.kind === "written") outcomes.push(...callWritten(target, given, node, context));
    else if (target.name === "require") outcomes.push(...requireModule(given, node, context));
    else outcomes.push(...callBuiltin(target.name, given, nodes, node, context));
  }
  if (callee.unknown || callee.functions.size === 0) {
    noteUnknown(node, context);
    if (context.escapes !== undefined) noteFailure("a call", { node, context }, given.state);
    const value = v.unknown("the result of an unknown function");
    outcomes.push({ state: given.state, values: [value], rest: value });
  }
  return outcomes;
}

/** Notes a call that cannot be followed, unless a global that scripts may not use is the reason. */
function noteUnknown(node: luaparse.Node, context: Context): void {
  const spot = spotOf(context.source, node);
  const { globals, unknownCalls } = context.machine.recorder;
  if (!globals.has(spotKey(spot))) unknownCalls.set(spotKey(spot), { spot });
}

type Written = Extract<v.Callable, { kind: "written" }>;

function callWritten(
  target: Written,
  given: ManyOutcome,
  node: luaparse.Node,
  context: Context,
): readonly ManyOutcome[] {
  const { machine } = context;
  if (context.stack.length > MOST_DEPTH) throw new TooMuch("calls within calls go too deep");
  if (context.stack.includes(target.node)) {
    const spot = spotOf(context.source, node);
    machine.recorder.recursions.set(spotKey(spot), { spot, name: target.name });
    return one(given.state, v.unknown(`the result of \`${target.name}\``));
  }
  const path = `${context.path}>${nodeId(context.source, node)}`;
  const fragment = target.source !== machine.script;
  const entered: Context = {
    ...context,
    source: target.source,
    scope: target.scope,
    path,
    site: fragment ? ownSpot(context, node) : undefined,
    stack: [...context.stack, target.node],
  };
  const start = bindParameters(target, given, entered);
  const flow = machine.execute(target.node.body, [start.state], start.context);
  const ended = flow.next.map((state) => ({ state, values: [] }));
  return together([...flow.returns.map(withoutNode), ...ended].map((result) => leave(result, path, machine)));
}

function withoutNode(returned: Returned): ManyOutcome {
  const { state, values, rest } = returned;
  return rest === undefined ? { state, values } : { state, values, rest };
}

function bindParameters(
  target: Written,
  given: ManyOutcome,
  entered: Context,
): { state: State; context: Context } {
  let { state } = given;
  let context = entered;
  const { identifier, parameters } = target.node;
  const method = identifier?.type === "MemberExpression" && identifier.indexer === ":";
  if (method) {
    const id = `${context.path}:self`;
    // Who knows what in it a function keeps.
    context.machine.captured.add(id);
    context = named(context, "self", id);
    state = initialise(state, id, valueAt(given, 0), context);
  }
  parameters.forEach((parameter, at) => {
    const position = method ? at + 1 : at;
    if (parameter.type === "VarargLiteral") {
      const id = `${context.path}:...`;
      context = named(context, "...", id);
      const all = [...given.values.slice(position), given.rest ?? v.NIL, v.NIL];
      state = initialise(state, id, v.eitherOf(all), context);
      return;
    }
    const value = valueAt(given, position);
    const declared = declare(context, parameter);
    context = declared.context;
    state = initialise(state, declared.id, value, context);
    const atMost = annotatedLimit(target, parameter.name);
    if (atMost !== undefined)
      state = limited(state, value, atMost, () => noteTrusted(target, parameter, atMost, entered));
  });
  return { state, context };
}

/** `---@param names string[] at most 1000` of a fragment: how long a list it may be given. */
function annotatedLimit(target: Written, name: string): number | undefined {
  for (const comment of commentsAbove(target.source, target.node.loc?.start.line ?? 1)) {
    const found = /^@param +(\w+) .*?\bat most (\d[\d_,]*)/.exec(comment);
    if (found?.[1] === name && found[2] !== undefined) return Number(found[2].replace(/[_,]/g, ""));
  }
  return undefined;
}

/** Notes a length that only the fragment's own annotation claims. */
function noteTrusted(
  target: Written,
  parameter: luaparse.Identifier,
  atMost: number,
  { machine }: Context,
): void {
  const spot = spotOf(target.source, parameter);
  const what = `elements of \`${parameter.name}\`, an argument of \`${target.name}\``;
  machine.recorder.trusted.set(spotKey(spot), { atMost, what, place: spot.place });
}

/** The state in which no table that the value may be is longer than this. Calls `onClaim` if that is not known anyway. */
function limited(state: State, value: v.Value, atMost: number, onClaim: () => void): State {
  let next = state;
  for (const id of value.tables) {
    const table = next.tables.get(id);
    if (table === undefined) continue;
    if (table.length.greatest <= atMost) continue;
    onClaim();
    next = withTable(next, id, { ...table, length: { ...table.length, greatest: atMost, trusted: true } });
  }
  return next;
}

/** Forgets a call's own variables, but for those that functions may keep. */
function leave(result: ManyOutcome, path: string, { captured }: Machine): ManyOutcome {
  const variables = new Map(
    [...result.state.variables].filter(([id]) => captured.has(id) || !id.startsWith(`${path}:`)),
  );
  return { ...result, state: { ...result.state, variables } };
}

/** The ways out of a function that gives at most one value are one, unless something was written on some of them only. */
function together(results: readonly ManyOutcome[]): readonly ManyOutcome[] {
  if (results.some((result) => result.values.length > 1 || result.rest !== undefined)) {
    return results.length > 32 ? mergeValues(results) : results;
  }
  const merged = new Map<string, ManyOutcome>();
  for (const result of results) {
    const key = signature(result.state);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, result);
    else {
      const value = v.either(valueAt(known, 0), valueAt(result, 0));
      merged.set(key, { state: eitherState(known.state, result.state), values: [value] });
    }
  }
  return [...merged.values()];
}

function mergeValues(results: readonly ManyOutcome[]): readonly ManyOutcome[] {
  const most = Math.max(...results.map((result) => result.values.length));
  const values = Array.from({ length: most }, (_, at) =>
    v.eitherOf(results.map((result) => valueAt(result, at))),
  );
  const rests = results.flatMap((result) => (result.rest === undefined ? [] : [result.rest]));
  return settle(results.map((result) => result.state)).map((state) => ({
    state,
    values,
    ...(rests.length === 0 ? {} : { rest: v.eitherOf(rests) }),
  }));
}
