import { type BuiltinCall, ownSpot } from "./machine.js";
import { type LateFailure, spotKey } from "./recorder.js";
import type { State } from "./state.js";

/** Notes something that stops the script where it has written already, unless the error is caught. */
export function noteFailure(
  what: string,
  made: BuiltinCall,
  state: State,
  why: LateFailure["why"] = "error",
  keys: readonly string[] = [],
): void {
  const { context, node } = made;
  if (context.caught || state.wrote === undefined) return;
  const spot = ownSpot(context, node);
  const { failures } = context.machine.recorder;
  const key = spotKey(spot, what, why);
  if (!failures.has(key)) failures.set(key, { spot, why, what, keys, first: state.wrote });
}
