import { evaluate, evaluateCall, functionValue, isCall } from "./expressions.js";
import { forNumeric, repeatUntil, whileTrue } from "./loops.js";
import {
  type Context,
  declare,
  type Flow,
  initialise,
  lookUp,
  type ManyOutcome,
  valueAt,
} from "./machine.js";
import { spotKey } from "./recorder.js";
import { type State, settle, withVariable } from "./state.js";
import { type luaparse, spotOf } from "./syntax.js";
import { writeIndex } from "./tables.js";
import * as v from "./value.js";
import { forGeneric } from "./walks.js";

const STOPPED: Flow = { next: [], breaks: [], returns: [] };

/** Runs a block from each of the states. */
export function execute(
  body: readonly luaparse.Statement[],
  states: readonly State[],
  context: Context,
): Flow {
  let next: readonly State[] = settle(states);
  const breaks: State[] = [];
  const returns: Flow["returns"][number][] = [];
  let seen = context;
  for (const statement of body) {
    const from = seen;
    const flows = next.map((state) => run(statement, state, from));
    seen = flows[0]?.end ?? seen;
    next = settle(flows.flatMap((flow) => flow.next));
    breaks.push(...flows.flatMap((flow) => flow.breaks));
    returns.push(...flows.flatMap((flow) => flow.returns));
    if (next.length === 0) break;
  }
  return { next, breaks, returns, end: seen };
}

function going(next: readonly State[]): Flow {
  return { ...STOPPED, next };
}

function run(statement: luaparse.Statement, state: State, context: Context): Flow {
  const { machine } = context;
  machine.spend(statement, context);
  switch (statement.type) {
    case "LocalStatement":
      return declareAll(statement, machine.evaluateAll(statement.init, state, context), context);
    case "AssignmentStatement":
      return going(
        machine
          .evaluateAll(statement.init, state, context)
          .flatMap((given) => assignAll(statement.variables, given, context)),
      );
    case "CallStatement":
      if (!isCall(statement.expression)) return going([state]);
      return going(evaluateCall(statement.expression, state, context).map((outcome) => outcome.state));
    case "FunctionDeclaration":
      return declareFunction(statement, state, context);
    case "ReturnStatement": {
      const given = machine.evaluateAll(statement.arguments, state, context);
      return { ...STOPPED, returns: given.map((outcome) => ({ ...outcome, node: statement })) };
    }
    case "BreakStatement":
      return { ...STOPPED, breaks: [state] };
    case "DoStatement":
      return { ...execute(statement.body, [state], context), end: context };
    case "IfStatement":
      return choose(statement, state, context);
    case "WhileStatement":
      return whileTrue(statement, state, context);
    case "RepeatStatement":
      return repeatUntil(statement, state, context);
    case "ForNumericStatement":
      return forNumeric(statement, state, context);
    case "ForGenericStatement":
      return forGeneric(statement, state, context);
    default:
      return going([state]);
  }
}

function declareAll(
  statement: luaparse.LocalStatement,
  outcomes: readonly ManyOutcome[],
  context: Context,
): Flow {
  let end = context;
  const ids: string[] = [];
  for (const variable of statement.variables) {
    const declared = declare(end, variable);
    end = declared.context;
    ids.push(declared.id);
  }
  const next = outcomes.map((given) =>
    ids.reduce((state, id, at) => initialise(state, id, valueAt(given, at), context), given.state),
  );
  return { ...STOPPED, next, end };
}

function assignAll(
  targets: luaparse.AssignmentStatement["variables"],
  given: ManyOutcome,
  context: Context,
): readonly State[] {
  let states: readonly State[] = [given.state];
  targets.forEach((target, position) => {
    const value = valueAt(given, position);
    states = states.flatMap((state) => assign(target, value, state, context));
  });
  return states;
}

function assign(
  target: luaparse.AssignmentStatement["variables"][number],
  value: v.Value,
  state: State,
  context: Context,
): readonly State[] {
  if (target.type === "Identifier") return [assignName(target, value, state, context)];
  return evaluate(target.base, state, context).flatMap((base) => {
    if (target.type === "MemberExpression") {
      const key = v.texts([target.identifier.name]);
      return [writeIndex(base.value, key, value, base.state, { node: target, context })];
    }
    return evaluate(target.index, base.state, context).map((key) =>
      writeIndex(base.value, key.value, value, key.state, { node: target, context }),
    );
  });
}

function assignName(name: luaparse.Identifier, value: v.Value, state: State, context: Context): State {
  const id = lookUp(context.scope, name.name);
  if (id !== undefined) return withVariable(state, id, value);
  const spot = spotOf(context.source, name);
  context.machine.recorder.globals.set(spotKey(spot), { spot, name: name.name, written: true });
  return state;
}

function declareFunction(node: luaparse.FunctionDeclaration, state: State, context: Context): Flow {
  const { identifier } = node;
  if (identifier === null) return going([state]);
  if (identifier.type === "Identifier" && node.isLocal) {
    const { id, context: end } = declare(context, identifier);
    const value = functionValue(node, end, identifier.name);
    return { ...going([initialise(state, id, value, context)]), end };
  }
  const { name } = identifier.type === "Identifier" ? identifier : identifier.identifier;
  return going(assign(identifier, functionValue(node, context, name), state, context));
}

function choose(statement: luaparse.IfStatement, state: State, context: Context): Flow {
  const next: State[] = [];
  const breaks: State[] = [];
  const returns: Flow["returns"][number][] = [];
  let open: readonly State[] = [state];
  for (const clause of statement.clauses) {
    let taken = open;
    if (clause.type !== "ElseClause") {
      const branches = open.map((from) => context.machine.branch(clause.condition, from, context));
      taken = branches.flatMap((found) => found.whenTrue.map((outcome) => outcome.state));
      open = settle(branches.flatMap((found) => found.whenFalse.map((outcome) => outcome.state)));
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
