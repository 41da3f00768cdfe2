import { type State, settle, withVariable } from "../domain/state.js";
import * as v from "../domain/value.js";
import {
  type Context,
  declare,
  type Flow,
  initialise,
  lookUp,
  type ManyOutcome,
  valueAt,
} from "../interpreter/interpreter.js";
import { spotKey } from "../interpreter/recorder.js";
import { writeIndex } from "../operations/table-access.js";
import { type luaparse, spotOf } from "../syntax/syntax.js";
import { evaluate, evaluateCall, functionValue, isCall } from "./expressions.js";
import { forGeneric } from "./for-in.js";
import { forNumeric, repeatUntil, whileTrue } from "./loops.js";

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

type Target = luaparse.AssignmentStatement["variables"][number];

/** A target whose parts are evaluated: a name, or a place in a table. */
interface Resolved {
  readonly state: State;
  readonly places: readonly { readonly target: Target; readonly base: v.Value; readonly key: v.Value }[];
}

/** Lua looks at all targets before it sets any, and sets the last one first. */
function assignAll(
  targets: luaparse.AssignmentStatement["variables"],
  given: ManyOutcome,
  context: Context,
): readonly State[] {
  let resolved: readonly Resolved[] = [{ state: given.state, places: [] }];
  for (const target of targets) resolved = resolved.flatMap((before) => resolve(target, before, context));
  return resolved.map(({ state, places }) =>
    places.reduceRight((from, { target, base, key }, position) => {
      const value = valueAt(given, position);
      if (target.type === "Identifier") return assignName(target, value, from, context);
      return writeIndex(base, key, value, from, { node: target, context });
    }, state),
  );
}

function resolve(target: Target, { state, places }: Resolved, context: Context): readonly Resolved[] {
  if (target.type === "Identifier")
    return [{ state, places: [...places, { target, base: v.NOTHING, key: v.NOTHING }] }];
  return evaluate(target.base, state, context).flatMap((base) => {
    const keys =
      target.type === "MemberExpression"
        ? [{ state: base.state, value: v.texts([target.identifier.name]) }]
        : evaluate(target.index, base.state, context);
    return keys.map((key) => ({
      state: key.state,
      places: [...places, { target, base: base.value, key: key.value }],
    }));
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
  const value = functionValue(node, context, name);
  return going(assignAll([identifier], { state, values: [value] }, context));
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
