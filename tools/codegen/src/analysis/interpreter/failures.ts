import type { State } from "../domain/state.js";
import * as v from "../domain/value.js";
import type { luaparse } from "../syntax/syntax.js";
import { type Context, ownSpot } from "./interpreter.js";
import { type LateFailure, spotKey } from "./recorder.js";

/** Where something fails. */
export interface Failing {
  readonly node: luaparse.Node;
  readonly context: Context;
}

/** Notes something that stops the script where it has written already; an error that is caught goes on at its pcall. */
export function noteFailure(
  what: string,
  { context, node }: Failing,
  state: State,
  why: LateFailure["why"] = "error",
  keys: readonly string[] = [],
  thrown: v.Value = v.unknown("a caught error"),
): void {
  if (context.escapes !== undefined) {
    context.escapes.add(state, thrown);
    return;
  }
  if (state.wrote === undefined) return;
  const spot = ownSpot(context, node);
  const { failures } = context.machine.recorder;
  const key = spotKey(spot, what, why);
  if (!failures.has(key)) failures.set(key, { spot, why, what, keys, first: state.wrote });
}

type Part = "number" | "text" | "digits" | "nil" | "flag" | "table" | "library";

/** Whether a value may be something else than these; a position past a list's end is let pass. */
export function mayBeOther(value: v.Value, ...parts: readonly Part[]): boolean {
  const has = (part: Part): boolean => parts.includes(part);
  if (value.unknown || value.functions.size > 0) return true;
  if (value.nil && !value.gap && !has("nil")) return true;
  if ((value.yes || value.no) && !has("flag")) return true;
  if (value.number !== undefined && !has("number")) return true;
  if (value.text !== undefined && !has("text") && !(has("digits") && value.text.integer)) return true;
  if (value.keys.size > 0 && !has("text")) return true;
  if (value.libraries.size > 0 && !has("library")) return true;
  return value.tables.size > 0 && !has("table");
}

/** Notes an operator or a function that fails of a value which is none of these. */
export function noteOperand(
  what: string,
  value: v.Value,
  failing: Failing,
  state: State,
  ...parts: readonly Part[]
): void {
  if (mayBeOther(value, ...parts)) noteFailure(what, failing, state, "operand");
}
