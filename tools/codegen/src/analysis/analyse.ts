import { writes } from "../commands/table.js";
import type { CommandUse, LoopLimit } from "../model/model.js";
import type { Source } from "../parse/source.js";
import { TooMuch } from "./domain/analysis-limit-error.js";
import { START, type State, withVariable } from "./domain/state.js";
import type { Value } from "./domain/value.js";
import type { AnalysisInput, Facts } from "./facts.js";
import { type Context, declare, type Machine, type ManyOutcome } from "./interpreter/interpreter.js";
import { Recorder, spotKey, touchesUndeclared } from "./interpreter/recorder.js";
import { paramValue } from "./parameters.js";
import { shebangFlags } from "./shebang-flags.js";
import { type luaparse, type Spot, spotOf } from "./syntax/syntax.js";
import { multiplied } from "./syntax/text-growth.js";
import { call } from "./transfer/calls.js";
import { branch } from "./transfer/conditions.js";
import { evaluate, evaluateAll } from "./transfer/expressions.js";
import { returnedFunction } from "./transfer/require.js";
import { execute } from "./transfer/statements.js";

/**
 * Finds out what a script does: its commands and the keys that each may touch, its loops, its returns, what it reads.
 * The script is run on descriptions of values instead of values, on every way through it; called functions and fragments
 * are followed. Pure: nothing is read but the input.
 *
 * @example analyse({ source, params: new Map([["stock", { kind: "key", key: "stock" }]]), modules, types, commands })
 */
export function analyse(input: AnalysisInput): Facts {
  const recorder = new Recorder();
  const machine: Machine = {
    recorder,
    commands: input.commands,
    script: input.source,
    modules: input.modules,
    params: new Map(),
    scopes: new Map(),
    callables: new Map(),
    captured: new Set(),
    spend: budget(),
    evaluate,
    evaluateAll,
    branch,
    execute,
    call,
  };
  const context: Context = {
    machine,
    source: input.source,
    scope: undefined,
    path: "script",
    site: undefined,
    escapes: undefined,
    rounds: 1,
    stack: [],
  };
  try {
    const { spot, complete } = runScript(input, context);
    const fragments = [...input.modules.values()].filter(({ file }) => recorder.includes.has(file));
    for (const source of [input.source, ...fragments]) noteMultiplied(source, recorder);
    return factsOf(recorder, spot, complete);
  } catch (error) {
    // Sources nest as deep as Lua's compiler lets them, and calls within calls add to that.
    const [why] = error instanceof TooMuch ? [error.message] : error instanceof RangeError ? [TOO_DEEP] : [];
    if (why === undefined) throw error;
    return { ...factsOf(recorder, spotOf(input.source, input.source.chunk), false), tooMuch: why };
  }
}

/** Notes texts of a source that hold what they were made of too many times. */
function noteMultiplied(source: Source, { texts }: Recorder): void {
  for (const node of multiplied(source.chunk.body)) {
    const spot = spotOf(source, node);
    texts.set(spotKey(spot), { spot, by: "", doubles: true, greatest: Infinity });
  }
}

const TOO_DEEP = "it nests too deeply";

/** Many times what the longest scripts take. */
const MOST_STEPS = 150_000;

function budget(): () => void {
  let steps = 0;
  return () => {
    steps++;
    if (steps > MOST_STEPS) throw new TooMuch("its calls and branches can come together in too many ways");
  };
}

function runScript(input: AnalysisInput, context: Context): { spot: Spot; complete: boolean } {
  const chunk = context.machine.execute(input.source.chunk.body, [START], context);
  const [returned] = chunk.returns;
  const value = returned?.values[0];
  const node = returnedFunction(value);
  const spot = node === undefined ? spotOf(input.source, input.source.chunk) : headOf(node, context);
  if (returned !== undefined && node !== undefined && value !== undefined)
    runMain(value, returned, input, context);
  return { spot, complete: node !== undefined };
}

/** The line on which a function begins, up to its parameters. */
function headOf(node: luaparse.FunctionDeclaration, context: Context): Spot {
  const { place } = spotOf(context.source, node);
  const line = context.source.lines[place.line - 1] ?? "";
  return { place, length: Math.max(1, line.trimEnd().length - place.column + 1) };
}

function runMain(value: Value, start: ManyOutcome, input: AnalysisInput, context: Context): void {
  const [main] = value.functions;
  if (main?.kind !== "written") return;
  let entered: Context = { ...context, scope: main.scope, path: "script>main", stack: [main.node] };
  let state: State = start.state;
  for (const parameter of main.node.parameters) {
    if (parameter.type !== "Identifier") continue;
    const { id, context: seen } = declare(entered, parameter);
    entered = seen;
    const given = paramValue(parameter.name, input, state);
    context.machine.params.set(id, parameter.name);
    state = withVariable(given.state, id, given.value);
  }
  const flow = context.machine.execute(main.node.body, [state], entered);
  const { returns } = context.machine.recorder;
  for (const outcome of flow.returns) {
    const values = outcome.rest === undefined ? outcome.values : [...outcome.values, outcome.rest];
    returns.push({ spot: spotOf(input.source, outcome.node), values, state: outcome.state, fell: false });
  }
  const end = main.node.loc?.end;
  const place = {
    file: input.source.file,
    line: end?.line ?? 1,
    column: Math.max(1, (end?.column ?? 3) - 2),
  };
  for (const fell of flow.next)
    returns.push({ spot: { place, length: 3 }, values: [], state: fell, fell: true });
}

function factsOf(recorder: Recorder, spot: Spot, complete: boolean): Facts {
  const uses = new Map<string, CommandUse>();
  const denied = new Set<string>();
  for (const visit of recorder.commands.values()) {
    const { spot: at, name, command, keys, channel } = visit;
    const id = `${at.place.file}:${at.place.line}:${at.place.column}:${name}`;
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
      place: at.place,
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
    includes: [...recorder.includes],
    writes: writing,
    flags: shebangFlags(writing, denied.size > 0 || recorder.dynamic.size > 0),
    recorder,
    spot,
    complete,
  };
}

/** Every declared limit, and whether the analysis proves it. */
function limitsOf({ loops, unpacks, trusted }: Recorder): readonly LoopLimit[] {
  const told: LoopLimit[] = [];
  for (const { limit, greatest } of loops.values())
    if (limit !== undefined) told.push({ ...limit, proved: greatest <= limit.atMost });
  for (const { limit, known } of unpacks.values())
    if (limit !== undefined) told.push({ ...limit, proved: known <= limit.atMost });
  for (const limit of trusted.values()) told.push({ ...limit, proved: false });
  return told;
}
