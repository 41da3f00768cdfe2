import { type AbstractState, limitStates, withVariable } from "../domain/state.js";
import * as v from "../domain/value.js";
import {
  type Context,
  declareVariable,
  type Flow,
  initialise,
  type ListOutcome,
  resolveVariable,
  valueAt,
} from "../interpreter/interpreter.js";
import { rangeKey } from "../interpreter/recorder.js";
import { writeIndex } from "../operations/table-access.js";
import { type luaparse, rangeOf } from "../syntax/syntax.js";
import { evaluate, evaluateCall, functionValue, isCall } from "./expressions.js";
import { forGeneric } from "./for-in.js";
import { forNumeric, repeatUntil, whileTrue } from "./loops.js";

const EMPTY_FLOW: Flow = { next: [], breaks: [], returns: [] };

/** Runs a block from each of the states. */
export function execute(
  body: readonly luaparse.Statement[],
  states: readonly AbstractState[],
  context: Context,
): Flow {
  let next: readonly AbstractState[] = limitStates(states);
  const breaks: AbstractState[] = [];
  const returns: Flow["returns"][number][] = [];
  let seen = context;
  for (const statement of body) {
    const from = seen;
    const flows = next.map((state) => executeStatement(statement, state, from));
    seen = flows[0]?.end ?? seen;
    next = limitStates(flows.flatMap((flow) => flow.next));
    breaks.push(...flows.flatMap((flow) => flow.breaks));
    returns.push(...flows.flatMap((flow) => flow.returns));
    if (next.length === 0) break;
  }
  return { next, breaks, returns, end: seen };
}

function fallThrough(next: readonly AbstractState[]): Flow {
  return { ...EMPTY_FLOW, next };
}

function executeStatement(statement: luaparse.Statement, state: AbstractState, context: Context): Flow {
  const { interpreter } = context;
  interpreter.countStep(statement, context);
  switch (statement.type) {
    case "LocalStatement":
      return declareAll(statement, interpreter.evaluateAll(statement.init, state, context), context);
    case "AssignmentStatement":
      return fallThrough(
        interpreter
          .evaluateAll(statement.init, state, context)
          .flatMap((given) => assignAll(statement.variables, given, context)),
      );
    case "CallStatement":
      if (!isCall(statement.expression)) return fallThrough([state]);
      return fallThrough(evaluateCall(statement.expression, state, context).map((outcome) => outcome.state));
    case "FunctionDeclaration":
      return declareFunction(statement, state, context);
    case "ReturnStatement": {
      const given = interpreter.evaluateAll(statement.arguments, state, context);
      return { ...EMPTY_FLOW, returns: given.map((outcome) => ({ ...outcome, node: statement })) };
    }
    case "BreakStatement":
      return { ...EMPTY_FLOW, breaks: [state] };
    case "DoStatement":
      return { ...execute(statement.body, [state], context), end: context };
    case "IfStatement":
      return executeIf(statement, state, context);
    case "WhileStatement":
      return whileTrue(statement, state, context);
    case "RepeatStatement":
      return repeatUntil(statement, state, context);
    case "ForNumericStatement":
      return forNumeric(statement, state, context);
    case "ForGenericStatement":
      return forGeneric(statement, state, context);
    default:
      return fallThrough([state]);
  }
}

function declareAll(
  statement: luaparse.LocalStatement,
  outcomes: readonly ListOutcome[],
  context: Context,
): Flow {
  let end = context;
  const ids: string[] = [];
  for (const variable of statement.variables) {
    const declared = declareVariable(end, variable);
    end = declared.context;
    ids.push(declared.id);
  }
  const next = outcomes.map((given) =>
    ids.reduce((state, id, at) => initialise(state, id, valueAt(given, at), context), given.state),
  );
  return { ...EMPTY_FLOW, next, end };
}

type Target = luaparse.AssignmentStatement["variables"][number];

/** A target whose parts are evaluated: a name, or a table and a key. */
interface Resolved {
  readonly state: AbstractState;
  readonly resolvedTargets: readonly {
    readonly target: Target;
    readonly base: v.AbstractValue;
    readonly key: v.AbstractValue;
  }[];
}

/** Lua looks at all targets before it sets any, and sets the last one first. */
function assignAll(
  targets: luaparse.AssignmentStatement["variables"],
  given: ListOutcome,
  context: Context,
): readonly AbstractState[] {
  let resolved: readonly Resolved[] = [{ state: given.state, resolvedTargets: [] }];
  for (const target of targets) resolved = resolved.flatMap((before) => resolve(target, before, context));
  return resolved.map(({ state, resolvedTargets }) =>
    resolvedTargets.reduceRight((from, { target, base, key }, position) => {
      const value = valueAt(given, position);
      if (target.type === "Identifier") return assignName(target, value, from, context);
      return writeIndex(base, key, value, from, { node: target, context });
    }, state),
  );
}

function resolve(
  target: Target,
  { state, resolvedTargets }: Resolved,
  context: Context,
): readonly Resolved[] {
  if (target.type === "Identifier")
    return [{ state, resolvedTargets: [...resolvedTargets, { target, base: v.BOTTOM, key: v.BOTTOM }] }];
  return evaluate(target.base, state, context).flatMap((base) => {
    const keys =
      target.type === "MemberExpression"
        ? [{ state: base.state, value: v.texts([target.identifier.name]) }]
        : evaluate(target.index, base.state, context);
    return keys.map((key) => ({
      state: key.state,
      resolvedTargets: [...resolvedTargets, { target, base: base.value, key: key.value }],
    }));
  });
}

function assignName(
  name: luaparse.Identifier,
  value: v.AbstractValue,
  state: AbstractState,
  context: Context,
): AbstractState {
  const id = resolveVariable(context.scope, name.name);
  if (id !== undefined) return withVariable(state, id, value);
  const range = rangeOf(context.source, name);
  context.interpreter.recorder.globals.set(rangeKey(range), { range, name: name.name, written: true });
  return state;
}

function declareFunction(node: luaparse.FunctionDeclaration, state: AbstractState, context: Context): Flow {
  const { identifier } = node;
  if (identifier === null) return fallThrough([state]);
  if (identifier.type === "Identifier" && node.isLocal) {
    const { id, context: end } = declareVariable(context, identifier);
    const value = functionValue(node, end, identifier.name);
    return { ...fallThrough([initialise(state, id, value, context)]), end };
  }
  const { name } = identifier.type === "Identifier" ? identifier : identifier.identifier;
  const value = functionValue(node, context, name);
  return fallThrough(assignAll([identifier], { state, values: [value] }, context));
}

function executeIf(statement: luaparse.IfStatement, state: AbstractState, context: Context): Flow {
  const next: AbstractState[] = [];
  const breaks: AbstractState[] = [];
  const returns: Flow["returns"][number][] = [];
  let open: readonly AbstractState[] = [state];
  for (const clause of statement.clauses) {
    let taken = open;
    if (clause.type !== "ElseClause") {
      const branches = open.map((from) => context.interpreter.branch(clause.condition, from, context));
      taken = branches.flatMap((found) => found.whenTrue.map((outcome) => outcome.state));
      open = limitStates(branches.flatMap((found) => found.whenFalse.map((outcome) => outcome.state)));
    } else {
      open = [];
    }
    if (taken.length === 0) continue;
    const flow = execute(clause.body, taken, context);
    next.push(...flow.next);
    breaks.push(...flow.breaks);
    returns.push(...flow.returns);
  }
  return { next: [...next, ...open], breaks, returns };
}
