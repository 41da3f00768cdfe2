import * as v from "../domain/value.js";
import { ExceptionalStates } from "../interpreter/exceptional-states.js";
import { type BuiltinCall, type Context, type ListOutcome, valueAt } from "../interpreter/interpreter.js";
import { rangeKey } from "../interpreter/recorder.js";
import { rangeOf } from "../syntax/syntax.js";

/** `pcall` and `xpcall`: an error continues here, in the states in which it was raised. */
export function callPcall(made: BuiltinCall): readonly ListOutcome[] {
  const { name, given, nodes, node, context } = made;
  const [callee = v.NIL, ...further] = given.values;
  const [handler, values] = name === "xpcall" ? [further[0] ?? v.NIL, []] : [undefined, further];
  const passed: ListOutcome = name === "xpcall" ? { state: given.state, values } : { ...given, values };
  const exceptionalStates = new ExceptionalStates();
  const within: Context = { ...context, exceptionalStates };
  const results = context.interpreter.call(callee, passed, nodes.slice(1), node, within);
  const key = recordPcall(made);
  const marked = (value: v.AbstractValue): v.AbstractValue => ({
    ...value,
    callPcall: new Set([...value.callPcall, key]),
  });
  const error = marked(v.join(v.unknown("a caught error"), exceptionalStates.value));
  const succeeded = results.map((result) => ({ ...result, values: [marked(v.TRUE), ...result.values] }));
  const failed = exceptionalStates.states.flatMap((state): readonly ListOutcome[] => {
    if (handler === undefined) return [{ state, values: [marked(v.FALSE), error] }];
    const inner = new ExceptionalStates();
    const at: Context = { ...context, exceptionalStates: inner };
    const handled = context.interpreter.call(handler, { state, values: [error] }, [], node, at);
    return [
      ...handled.map((one) => ({ state: one.state, values: [marked(v.FALSE), valueAt(one, 0)] })),
      ...inner.states.map((after) => ({ state: after, values: [marked(v.FALSE), error] })),
    ];
  });
  return [...succeeded, ...failed];
}

function recordPcall({ name, node, context }: BuiltinCall): string {
  const range = rangeOf(context.source, node);
  const { pcallResults } = context.interpreter.recorder;
  const key = rangeKey(range, name);
  if (!pcallResults.has(key)) pcallResults.set(key, { range, by: name, inspected: false });
  return key;
}
