import * as v from "../domain/value.js";
import { Escapes } from "../interpreter/exceptional-states.js";
import { type BuiltinCall, type Context, type ManyOutcome, valueAt } from "../interpreter/interpreter.js";
import { spotKey } from "../interpreter/recorder.js";
import { spotOf } from "../syntax/syntax.js";

/** `pcall` and `xpcall`: an error comes out here, in the states in which it was made. */
export function caught(made: BuiltinCall): readonly ManyOutcome[] {
  const { name, given, nodes, node, context } = made;
  const [callee = v.NIL, ...further] = given.values;
  const [handler, values] = name === "xpcall" ? [further[0] ?? v.NIL, []] : [undefined, further];
  const passed: ManyOutcome = name === "xpcall" ? { state: given.state, values } : { ...given, values };
  const escapes = new Escapes();
  const within: Context = { ...context, escapes };
  const results = context.machine.call(callee, passed, nodes.slice(1), node, within);
  const key = noteAnswer(made);
  const marked = (value: v.Value): v.Value => ({ ...value, caught: new Set([...value.caught, key]) });
  const error = marked(v.either(v.unknown("a caught error"), escapes.value));
  const went = results.map((result) => ({ ...result, values: [marked(v.YES), ...result.values] }));
  const failed = escapes.states.flatMap((state): readonly ManyOutcome[] => {
    if (handler === undefined) return [{ state, values: [marked(v.NO), error] }];
    const inner = new Escapes();
    const at: Context = { ...context, escapes: inner };
    const handled = context.machine.call(handler, { state, values: [error] }, [], node, at);
    return [
      ...handled.map((one) => ({ state: one.state, values: [marked(v.NO), valueAt(one, 0)] })),
      ...inner.states.map((after) => ({ state: after, values: [marked(v.NO), error] })),
    ];
  });
  return [...went, ...failed];
}

function noteAnswer({ name, node, context }: BuiltinCall): string {
  const spot = spotOf(context.source, node);
  const { answers } = context.machine.recorder;
  const key = spotKey(spot, name);
  if (!answers.has(key)) answers.set(key, { spot, by: name, seen: false });
  return key;
}
