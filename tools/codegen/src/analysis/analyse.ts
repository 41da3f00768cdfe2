import { writes } from "../commands/table.js";
import type { CommandUse, LoopLimit } from "../model/model.js";
import type { Source } from "../parse/source/source.js";
import { AnalysisLimitError } from "./domain/analysis-limit-error.js";
import { type AbstractState, INITIAL_STATE, withVariable } from "./domain/state.js";
import type { AbstractValue } from "./domain/value.js";
import type { AnalysisInput, Facts } from "./facts.js";
import {
  type Context,
  declareVariable,
  type Interpreter,
  type ListOutcome,
} from "./interpreter/interpreter.js";
import { Recorder, rangeKey, touchesUndeclared } from "./interpreter/recorder.js";
import { paramValue } from "./parameters.js";
import { shebangFlags } from "./shebang-flags.js";
import { type luaparse, type Range, rangeOf } from "./syntax/syntax.js";
import { multipliedTexts } from "./syntax/text-growth.js";
import { call } from "./transfer/calls.js";
import { branch } from "./transfer/conditions.js";
import { evaluate, evaluateAll } from "./transfer/expressions.js";
import { returnedFunction } from "./transfer/require.js";
import { execute } from "./transfer/statements.js";

/**
 * Finds what a script does: its commands and their keys, its loops, its returns and the parameters
 * that it reads. It runs the script on descriptions of values, on every path, and follows calls of
 * functions and modules. Pure: it reads nothing but the input. ARCHITECTURE.md explains the parts.
 *
 * @example analyse({ source, params, modules, types, commands: REDIS_7_0 })
 */
export function analyse(input: AnalysisInput): Facts {
  const recorder = new Recorder();
  const interpreter: Interpreter = {
    recorder,
    commands: input.commands,
    script: input.source,
    modules: input.modules,
    params: new Map(),
    scopes: new Map(),
    callables: new Map(),
    captured: new Set(),
    countStep: stepLimit(),
    evaluate,
    evaluateAll,
    branch,
    execute,
    call,
  };
  const context: Context = {
    interpreter,
    source: input.source,
    scope: undefined,
    callPath: "script",
    callSite: undefined,
    exceptionalStates: undefined,
    iterations: 1,
    callStack: [],
  };
  try {
    const { range, complete } = runScript(input, context);
    const modules = [...input.modules.values()].filter(({ file }) => recorder.modules.has(file));
    for (const source of [input.source, ...modules]) recordMultipliedTexts(source, recorder);
    return factsOf(recorder, range, complete);
  } catch (error) {
    // Sources nest as deep as Lua's compiler lets them, and calls within calls add to that.
    const [why] =
      error instanceof AnalysisLimitError ? [error.message] : error instanceof RangeError ? [TOO_DEEP] : [];
    if (why === undefined) throw error;
    return { ...factsOf(recorder, rangeOf(input.source, input.source.chunk), false), limitReached: why };
  }
}

/** Records texts of a source that contain their parts too many times. */
function recordMultipliedTexts(source: Source, { texts }: Recorder): void {
  for (const node of multipliedTexts(source.chunk.body)) {
    const range = rangeOf(source, node);
    texts.set(rangeKey(range), { range, by: "", doubles: true, max: Infinity });
  }
}

const TOO_DEEP = "it nests too deeply";

/** Many times the steps of the longest scripts. */
const MAX_STEPS = 150_000;

function stepLimit(): () => void {
  let steps = 0;
  return () => {
    steps++;
    if (steps > MAX_STEPS)
      throw new AnalysisLimitError("the script has too many combinations of calls and branches");
  };
}

function runScript(input: AnalysisInput, context: Context): { range: Range; complete: boolean } {
  const chunk = context.interpreter.execute(input.source.chunk.body, [INITIAL_STATE], context);
  const [returned] = chunk.returns;
  const value = returned?.values[0];
  const node = returnedFunction(value);
  const range = node === undefined ? rangeOf(input.source, input.source.chunk) : headOf(node, context);
  if (returned !== undefined && node !== undefined && value !== undefined)
    runMain(value, returned, input, context);
  return { range, complete: node !== undefined };
}

/** The line on which a function begins, up to its parameters. */
function headOf(node: luaparse.FunctionDeclaration, context: Context): Range {
  const { start } = rangeOf(context.source, node);
  const line = context.source.lines[start.line - 1] ?? "";
  return { start, length: Math.max(1, line.trimEnd().length - start.column + 1) };
}

function runMain(value: AbstractValue, start: ListOutcome, input: AnalysisInput, context: Context): void {
  const [main] = value.functions;
  if (main?.kind !== "closure") return;
  let entered: Context = { ...context, scope: main.scope, callPath: "script>main", callStack: [main.node] };
  let state: AbstractState = start.state;
  for (const parameter of main.node.parameters) {
    if (parameter.type !== "Identifier") continue;
    const { id, context: seen } = declareVariable(entered, parameter);
    entered = seen;
    const given = paramValue(parameter.name, input, state);
    context.interpreter.params.set(id, parameter.name);
    state = withVariable(given.state, id, given.value);
  }
  const flow = context.interpreter.execute(main.node.body, [state], entered);
  const { returns } = context.interpreter.recorder;
  for (const outcome of flow.returns) {
    const values = outcome.rest === undefined ? outcome.values : [...outcome.values, outcome.rest];
    returns.push({
      range: rangeOf(input.source, outcome.node),
      values,
      state: outcome.state,
      fallsThrough: false,
    });
  }
  const end = main.node.loc?.end;
  const position = {
    file: input.source.file,
    line: end?.line ?? 1,
    column: Math.max(1, (end?.column ?? 3) - 2),
  };
  for (const reached of flow.next)
    returns.push({ range: { start: position, length: 3 }, values: [], state: reached, fallsThrough: true });
}

function factsOf(recorder: Recorder, range: Range, complete: boolean): Facts {
  const uses = new Map<string, CommandUse>();
  const denied = new Set<string>();
  for (const visit of recorder.commands.values()) {
    const { range: at, name, command, keys, channel } = visit;
    const id = `${at.start.file}:${at.start.line}:${at.start.column}:${name}`;
    const known = uses.get(id);
    const touched = keys.flatMap((key) => [...key.value.keys]);
    uses.set(id, {
      name,
      keys: [...new Set([...(known?.keys ?? []), ...touched])],
      ...(known?.undeclared === true || touchesUndeclared(visit) ? { undeclared: true } : {}),
      ...(channel === undefined
        ? {}
        : { channels: [...new Set([...(known?.channels ?? []), ...channel.value.keys])] }),
      writes: command !== undefined && writes(command),
      position: at.start,
    });
    if (command?.flags.includes("denyoom")) denied.add(name);
  }
  const commands = [...uses.values()];
  const writing = commands.some((use) => use.writes) || recorder.dynamic.size > 0;
  return {
    commands,
    limits: limitsOf(recorder),
    returns: recorder.returns,
    usedParams: recorder.usedParams,
    modules: [...recorder.modules],
    writes: writing,
    flags: shebangFlags(writing, denied.size > 0 || recorder.dynamic.size > 0),
    recorder,
    range,
    complete,
  };
}

/** Every declared limit, and whether the analysis proves it. */
function limitsOf({ loops, unpacks, assumed }: Recorder): readonly LoopLimit[] {
  const declared: LoopLimit[] = [];
  for (const { limit, max } of loops.values())
    if (limit !== undefined) declared.push({ ...limit, proved: max <= limit.max });
  for (const { limit, proven } of unpacks.values())
    if (limit !== undefined) declared.push({ ...limit, proved: proven <= limit.max });
  for (const limit of assumed.values()) declared.push({ ...limit, proved: false });
  return declared;
}
