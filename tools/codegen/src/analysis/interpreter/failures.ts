import type { AbstractState } from "../domain/state.js";
import * as v from "../domain/value.js";
import type { luaparse } from "../syntax/syntax.js";
import { type Context, reportedRange } from "./interpreter.js";
import { type LateFailure, rangeKey } from "./recorder.js";

/** Where something fails. */
export interface FailureSite {
  readonly node: luaparse.Node;
  readonly context: Context;
}

/**
 * Records a failure that can stop the script after its first write. Inside pcall, the error goes to
 * the pcall.
 */
export function recordFailure(
  what: string,
  { context, node }: FailureSite,
  state: AbstractState,
  why: LateFailure["why"] = "error",
  keys: readonly string[] = [],
  thrown: v.AbstractValue = v.unknown("a caught error"),
): void {
  if (context.exceptionalStates !== undefined) {
    context.exceptionalStates.add(state, thrown);
    return;
  }
  if (state.firstWrite === undefined) return;
  const range = reportedRange(context, node);
  const { failures } = context.interpreter.recorder;
  const key = rangeKey(range, what, why);
  if (!failures.has(key)) failures.set(key, { range, why, what, keys, first: state.firstWrite });
}

type Part = "number" | "text" | "digits" | "nil" | "flag" | "table" | "library";

/** Whether a value may have another type than these. `pastEnd` does not count. */
export function mayBeOther(value: v.AbstractValue, ...parts: readonly Part[]): boolean {
  const has = (part: Part): boolean => parts.includes(part);
  if (value.unknown || value.functions.size > 0) return true;
  if (value.nil && !value.pastEnd && !has("nil")) return true;
  if ((value.boolTrue || value.boolFalse) && !has("flag")) return true;
  if (value.number !== undefined && !has("number")) return true;
  if (value.text !== undefined && !has("text") && !(has("digits") && value.text.integer)) return true;
  if (value.keys.size > 0 && !has("text")) return true;
  if (value.libraries.size > 0 && !has("library")) return true;
  return value.tables.size > 0 && !has("table");
}

/** Notes an operator or a function that fails of a value which is none of these. */
export function recordOperandFailure(
  what: string,
  value: v.AbstractValue,
  failureSite: FailureSite,
  state: AbstractState,
  ...parts: readonly Part[]
): void {
  if (mayBeOther(value, ...parts)) recordFailure(what, failureSite, state, "operand");
}
