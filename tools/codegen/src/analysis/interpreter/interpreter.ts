import type { CommandTable } from "../../commands/table.js";
import { type AbstractState, withVariable } from "../domain/state.js";
import { type AbstractValue, type Callable, join, NIL, type Scope } from "../domain/value.js";
import { capturedNames, type luaparse, type Range, rangeOf, type Source } from "../syntax/syntax.js";
import type { ExceptionalStates } from "./exceptional-states.js";
import type { Recorder } from "./recorder.js";

/** One possible result of an expression: its value and the state afterwards. */
export interface Outcome {
  readonly state: AbstractState;
  readonly value: AbstractValue;
}

/** Several values, as a call gives or takes them; `rest` stands for any number of further ones. */
export interface Values {
  readonly values: readonly AbstractValue[];
  readonly rest?: AbstractValue;
}

/** One possible result of a list of expressions or of a call. */
export interface ListOutcome extends Values {
  readonly state: AbstractState;
}

/** The possible results of a condition, by whether it is true. */
export interface Branches {
  readonly whenTrue: readonly Outcome[];
  readonly whenFalse: readonly Outcome[];
}

/** A return that a run came to. */
export interface Returned extends ListOutcome {
  readonly node: luaparse.ReturnStatement;
}

/** The states after a block: at its end, at a break, or at a return. */
export interface Flow {
  readonly next: readonly AbstractState[];
  readonly breaks: readonly AbstractState[];
  readonly returns: readonly Returned[];
  /** Of a block: what is in scope at its end. */
  readonly end?: Context;
}

/** The position of a run: the source, the scope and the calls that led there. */
export interface Context {
  readonly interpreter: Interpreter;
  readonly source: Source;
  readonly scope: Scope | undefined;
  /** Distinguishes the calls of one function by their call sites. */
  readonly callPath: string;
  /** In a module: the script's own call that led there. */
  readonly callSite: Range | undefined;
  /** Inside pcall: collects the states in which an error was raised. */
  readonly exceptionalStates: ExceptionalStates | undefined;
  /** How often this point may run, by the declared limits of the enclosing loops. */
  readonly iterations: number;
  readonly callStack: readonly luaparse.FunctionDeclaration[];
}

/**
 * The transfer functions and the shared data of one analysis. The parts reach each other through
 * it.
 */
export interface Interpreter {
  readonly recorder: Recorder;
  readonly commands: CommandTable;
  /** The script under analysis; other sources are modules. */
  readonly script: Source;
  readonly modules: ReadonlyMap<string, Source>;
  /** Variables of the state that are parameters of the script. */
  readonly params: Map<string, string>;
  /** Scopes and functions by what makes them the same. */
  readonly scopes: Map<string, Scope>;
  readonly callables: Map<string, Callable>;
  /** Variables that functions may keep beyond the run of their block. */
  readonly captured: Set<string>;
  /** Counts one step, and stops the analysis after too many. */
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

/** A call of a builtin. */
export interface BuiltinCall {
  /** `redis.call`, `string.find`, `unpack` */
  readonly name: string;
  readonly given: ListOutcome;
  readonly nodes: readonly luaparse.Expression[];
  readonly node: luaparse.Node;
  readonly context: Context;
}

/** The range that a problem reports for a node. In a module, that is the script's call. */
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

/**
 * A variable of the source that comes into scope: its name in the state, and what is seen from then
 * on.
 */
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

/** Sets a declared variable. If a closure may hold an earlier one, the values join. */
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
