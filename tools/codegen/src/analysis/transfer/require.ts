import * as v from "../domain/value.js";
import { type Context, type ManyOutcome, one } from "../interpreter/interpreter.js";
import { spotKey } from "../interpreter/recorder.js";
import { type luaparse, spotOf } from "../syntax/syntax.js";

/** Follows `require("lib.now_ms")`: runs the fragment's file, and gives the function that it returns. */
export function requireModule(
  given: ManyOutcome,
  node: luaparse.Node,
  context: Context,
): readonly ManyOutcome[] {
  const { machine } = context;
  const [name, ...others] = given.values[0]?.text?.literals ?? [];
  const spot = spotOf(context.source, node);
  const note = (why: "unknown" | "circle" | "form" | "place"): void => {
    machine.recorder.requires.set(spotKey(spot), { spot, name: name ?? "?", why });
  };
  const fault = (why: "unknown" | "circle" | "form"): readonly ManyOutcome[] => {
    note(why);
    return one(given.state, v.unknown(`\`require("${name ?? "?"}")\``));
  };
  if (name === undefined || others.length > 0) return fault("unknown");
  if (context.stack.length > 0) note("place");
  const source = machine.modules.get(name);
  if (source === undefined) return fault("unknown");
  const marker = `module:${name}`;
  const path = `${context.path}>${marker}`;
  if (context.path.includes(marker)) return fault("circle");
  const main = given.state.variables.get(marker);
  if (main !== undefined) return one(given.state, main);
  const within = { ...context, source, scope: undefined, path };
  const flow = machine.execute(source.chunk.body, [given.state], within);
  const [returned] = flow.returns;
  const value = returned?.values[0];
  const written = value === undefined ? [] : [...value.functions];
  if (returned === undefined || value === undefined || written.length !== 1) return fault("form");
  machine.recorder.includes.add(source.file);
  const variables = new Map(returned.state.variables).set(marker, value);
  return one({ ...returned.state, variables }, value);
}

/** The function that a script's file returns at its end. */
export function returnedFunction(value: v.Value | undefined): luaparse.FunctionDeclaration | undefined {
  const [only, ...others] = value?.functions ?? [];
  return only?.kind === "written" && others.length === 0 ? only.node : undefined;
}
