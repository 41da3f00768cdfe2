import * as v from "../domain/value.js";
import { type Context, type ListOutcome, singleOutcome } from "../interpreter/interpreter.js";
import { rangeKey } from "../interpreter/recorder.js";
import { type luaparse, rangeOf } from "../syntax/syntax.js";

/** Follows `require("lib.now_ms")`: runs the module's file and returns its function. */
export function requireModule(
  given: ListOutcome,
  node: luaparse.Node,
  context: Context,
): readonly ListOutcome[] {
  const { interpreter } = context;
  const [name, ...others] = given.values[0]?.text?.literals ?? [];
  const range = rangeOf(context.source, node);
  const note = (why: "unknown" | "circle" | "form" | "place"): void => {
    interpreter.recorder.requires.set(rangeKey(range), { range, name: name ?? "?", why });
  };
  const fault = (why: "unknown" | "circle" | "form"): readonly ListOutcome[] => {
    note(why);
    return singleOutcome(given.state, v.unknown(`\`require("${name ?? "?"}")\``));
  };
  if (name === undefined || others.length > 0) return fault("unknown");
  if (context.callStack.length > 0) note("place");
  const source = interpreter.modules.get(name);
  if (source === undefined) return fault("unknown");
  const marker = `module:${name}`;
  const callPath = `${context.callPath}>${marker}`;
  if (context.callPath.includes(marker)) return fault("circle");
  const main = given.state.variables.get(marker);
  if (main !== undefined) return singleOutcome(given.state, main);
  const within = { ...context, source, scope: undefined, callPath };
  const flow = interpreter.execute(source.chunk.body, [given.state], within);
  const [returned] = flow.returns;
  const value = returned?.values[0];
  const written = value === undefined ? [] : [...value.functions];
  if (returned === undefined || value === undefined || written.length !== 1) return fault("form");
  interpreter.recorder.modules.add(source.file);
  const variables = new Map(returned.state.variables).set(marker, value);
  return singleOutcome({ ...returned.state, variables }, value);
}

/** The function that a script's file returns at its end. */
export function returnedFunction(
  value: v.AbstractValue | undefined,
): luaparse.FunctionDeclaration | undefined {
  const [only, ...others] = value?.functions ?? [];
  return only?.kind === "closure" && others.length === 0 ? only.node : undefined;
}
