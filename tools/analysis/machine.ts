import type { CommandTable } from "../commands/table.js";
import type { Recorder } from "./recorder.js";
import type { State } from "./state.js";
import { type luaparse, type Source, type Spot, spotOf } from "./syntax.js";
import { NIL, type Scope, type Value } from "./value.js";

/** One way in which an expression may come out: its value, and the state afterwards. */
export interface Outcome {
  readonly state: State;
  readonly value: Value;
}

/** Several values, as a call gives or takes them; `rest` stands for any number of further ones. */
export interface Values {
  readonly values: readonly Value[];
  readonly rest?: Value;
}

/** One way in which a list of expressions, or a call, may come out. */
export interface ManyOutcome extends Values {
  readonly state: State;
}

/** The ways in which a condition comes out true, and those in which it comes out false. */
export interface Branches {
  readonly whenTrue: readonly Outcome[];
  readonly whenFalse: readonly Outcome[];
}

/** A return that a run came to. */
export interface Returned extends ManyOutcome {
  readonly node: luaparse.ReturnStatement;
}

/** Where a run may be after a block: at its end, at a break, or at a return. */
export interface Flow {
  readonly next: readonly State[];
  readonly breaks: readonly State[];
  readonly returns: readonly Returned[];
}

/** Where a run is: the source, what is in scope, and how it came there. */
export interface Context {
  readonly machine: Machine;
  readonly source: Source;
  readonly scope: Scope;
  /** Tells calls of one function from different places apart. */
  readonly path: string;
  /** In a fragment: the script's own call that led there. */
  readonly site: Spot | undefined;
  /** An error here is caught. */
  readonly caught: boolean;
  /** How often the place may run, by the declared limits of the loops around it. */
  readonly rounds: number;
  readonly stack: readonly luaparse.FunctionDeclaration[];
}

/** The parts of the analysis, by which each reaches the others. */
export interface Machine {
  readonly recorder: Recorder;
  readonly commands: CommandTable;
  /** The script under analysis; other sources are fragments. */
  readonly script: Source;
  readonly modules: ReadonlyMap<string, Source>;
  /** Variables of the state that are parameters of the script. */
  readonly params: Map<string, string>;
  evaluate(expression: luaparse.Expression, state: State, context: Context): readonly Outcome[];
  evaluateAll(
    expressions: readonly luaparse.Expression[],
    state: State,
    context: Context,
  ): readonly ManyOutcome[];
  branch(expression: luaparse.Expression, state: State, context: Context): Branches;
  execute(body: readonly luaparse.Statement[], states: readonly State[], context: Context): Flow;
  call(
    callee: Value,
    given: ManyOutcome,
    nodes: readonly luaparse.Expression[],
    node: luaparse.Node,
    context: Context,
  ): readonly ManyOutcome[];
}

/** A call of one of the functions that Redis brings along. */
export interface BuiltinCall {
  /** `redis.call`, `string.find`, `unpack` */
  readonly name: string;
  readonly given: ManyOutcome;
  readonly nodes: readonly luaparse.Expression[];
  readonly node: luaparse.Node;
  readonly context: Context;
}

/** The place of a node, as a problem should name it: in a fragment, the script's call that led there. */
export function ownSpot(context: Context, node: luaparse.Node): Spot {
  return context.site ?? spotOf(context.source, node);
}

/** The value at a position of several; nil past the last. */
export function valueAt(given: Values, position: number): Value {
  return given.values[position] ?? given.rest ?? NIL;
}

export function one(state: State, value: Value): readonly ManyOutcome[] {
  return [{ state, values: [value] }];
}

/** Opens a scope within another. */
export function inner(context: Context): Context {
  return { ...context, scope: { parent: context.scope, names: new Map() } };
}

/** Names a variable of the source for the state, and puts it into scope. */
export function declare(context: Context, identifier: luaparse.Identifier): string {
  const start = identifier.loc?.start;
  const id = `${context.path}:${identifier.name}@${start?.line}:${start?.column}`;
  context.scope.names.set(identifier.name, id);
  return id;
}

/** The variable that a name means, or undefined for a global. */
export function lookUp(scope: Scope, name: string): string | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const id = at.names.get(name);
    if (id !== undefined) return id;
  }
  return undefined;
}
