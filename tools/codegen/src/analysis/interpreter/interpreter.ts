import type { CommandTable } from "../../commands/table.js";
import { type AbstractState, withVariable } from "../domain/state.js";
import { type AbstractValue, type Callable, join, NIL, type Scope } from "../domain/value.js";
import { capturedNames, type luaparse, type Range, rangeOf, type Source } from "../syntax/syntax.js";
import type { ExceptionalStates } from "./exceptional-states.js";
import type { Recorder } from "./recorder.js";

/** One way in which an expression may come out: its value, and the state afterwards. */
export interface Outcome {
  readonly state: AbstractState;
  readonly value: AbstractValue;
}

/** Several values, as a call gives or takes them; `rest` stands for any number of further ones. */
export interface Values {
  readonly values: readonly AbstractValue[];
  readonly rest?: AbstractValue;
}

/** One way in which a list of expressions, or a call, may come out. */
export interface ListOutcome extends Values {
  readonly state: AbstractState;
}

/** The ways in which a condition comes out true, and those in which it comes out false. */
export interface Branches {
  readonly whenTrue: readonly Outcome[];
  readonly whenFalse: readonly Outcome[];
}

/** A return that a run came to. */
export interface Returned extends ListOutcome {
  readonly node: luaparse.ReturnStatement;
}

/** Where a run may be after a block: at its end, at a break, or at a return. */
export interface Flow {
  readonly next: readonly AbstractState[];
  readonly breaks: readonly AbstractState[];
  readonly returns: readonly Returned[];
  /** Of a block: what is in scope at its end. */
  readonly end?: Context;
}

/** Where a run is: the source, what is in scope, and how it came there. */
export interface Context {
  readonly interpreter: Interpreter;
  readonly source: Source;
  readonly scope: Scope | undefined;
  /** Tells calls of one function from different places apart. */
  readonly callPath: string;
  /** In a fragment: the script's own call that led there. */
  readonly callSite: Range | undefined;
  /** Within pcall: where an error comes to. */
  readonly exceptionalStates: ExceptionalStates | undefined;
  /** How often the place may run, by the declared limits of the loops around it. */
  readonly iterations: number;
  readonly callStack: readonly luaparse.FunctionDeclaration[];
}

/** The parts of the analysis, by which each reaches the others. */
export interface Interpreter {
  readonly recorder: Recorder;
  readonly commands: CommandTable;
  /** The script under analysis; other sources are fragments. */
  readonly script: Source;
  readonly modules: ReadonlyMap<string, Source>;
  /** Variables of the state that are parameters of the script. */
  readonly params: Map<string, string>;
  /** Scopes and functions by what makes them the same. */
  readonly scopes: Map<string, Scope>;
  readonly callables: Map<string, Callable>;
  /** Variables that functions may keep beyond the run of their block. */
  readonly captured: Set<string>;
  /** Counts the work done, and ends the analysis where it is too much. */
  countStep(node: luaparse.Node, context: Context): void;
  evaluate(expression: luaparse.Expression, state: AbstractState, context: Context): readonly Outcome[];
  evaluateAll(
    expressions: readonly luaparse.Expression[],
    state: AbstractState,
    context: Context,
  ): readonly ListOutcome[];
  branch(expression: luaparse.Expression, state: AbstractState, context: Context): Branches;
  execute(body: readonly luaparse.Statement[], states: readonly AbstractState[], context: Context): Flow;
  call(
    callee: AbstractValue,
    given: ListOutcome,
    nodes: readonly luaparse.Expression[],
    node: luaparse.Node,
    context: Context,
  ): readonly ListOutcome[];
}

/** A call of one of the functions that Redis brings along. */
export interface BuiltinCall {
  /** `redis.call`, `string.find`, `unpack` */
  readonly name: string;
  readonly given: ListOutcome;
  readonly nodes: readonly luaparse.Expression[];
  readonly node: luaparse.Node;
  readonly context: Context;
}

/** The place of a node, as a problem should name it: in a fragment, the script's call that led there. */
export function reportedRange(context: Context, node: luaparse.Node): Range {
  return context.callSite ?? rangeOf(context.source, node);
}

/** The value at a position of several; nil past the last. */
export function valueAt(given: Values, position: number): AbstractValue {
  return given.values[position] ?? given.rest ?? NIL;
}

export function singleOutcome(state: AbstractState, value: AbstractValue): readonly ListOutcome[] {
  return [{ state, values: [value] }];
}

/** A variable of the source that comes into scope: its name in the state, and what is seen from then on. */
export function declareVariable(
  context: Context,
  identifier: luaparse.Identifier,
): { id: string; context: Context } {
  const start = identifier.loc?.start;
  const id = `${context.callPath}:${identifier.name}@${start?.line}:${start?.column}`;
  if (capturedNames(context.source).has(identifier.name)) context.interpreter.captured.add(id);
  return { id, context: bindName(context, identifier.name, id) };
}

/** Puts a name into scope, before everything that is there. */
export function bindName(context: Context, name: string, variable: string): Context {
  const { scopes } = context.interpreter;
  const parent = context.scope;
  const key = `${parent?.id ?? 0}|${name}|${variable}`;
  const scope = scopes.get(key) ?? { id: scopes.size + 1, parent, name, variable };
  scopes.set(key, scope);
  return { ...context, scope };
}

/** Gives a declared variable its first value; where a function may hold an earlier one of its place, it is either. */
export function initialise(
  state: AbstractState,
  id: string,
  value: AbstractValue,
  context: Context,
): AbstractState {
  const earlier = context.interpreter.captured.has(id) ? state.variables.get(id) : undefined;
  return withVariable(state, id, earlier === undefined ? value : join(earlier, value));
}

/** The variable that a name means, or undefined for a global. */
export function resolveVariable(scope: Scope | undefined, name: string): string | undefined {
  for (let at = scope; at !== undefined; at = at.parent) if (at.name === name) return at.variable;
  return undefined;
}
