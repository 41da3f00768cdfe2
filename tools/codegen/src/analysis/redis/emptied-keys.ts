import type { Command, KeySpec } from "../../commands/table.js";
import type { AbstractState } from "../domain/state.js";
import type { AbstractValue } from "../domain/value.js";
import { type BuiltinCall, reportedRange, type Values, valueAt } from "../interpreter/interpreter.js";
import { type CommandVisit, rangeKey } from "../interpreter/recorder.js";
import { constantOf, mayBeWord } from "./key-positions.js";

/** Commands that remove the key that they write if their result is empty. */
const STORES_RESULT = /STORE$|^(BITOP|SORT|GEORADIUS|GEORADIUSBYMEMBER)$/;

/** Commands that remove a key at once if the instant is over. */
const AT_INSTANT: ReadonlySet<string> = new Set(["EXPIREAT", "PEXPIREAT"]);

/** Commands that remove a key at once if the duration is not above zero. */
const AFTER_DURATION: ReadonlySet<string> = new Set(["EXPIRE", "PEXPIRE"]);

/** Commands with options for an instant at which the key ends. */
const WITH_INSTANT: ReadonlySet<string> = new Set(["SET", "GETEX"]);

/**
 * Records that a command touches keys that may no longer exist, and returns the state with the keys
 * that it may empty itself.
 */
export function withEmptiedKeys(
  state: AbstractState,
  command: Command,
  visit: CommandVisit,
  made: BuiltinCall,
): AbstractState {
  const emptied = new Map(state.emptied);
  for (const { value, spec } of visit.keys) {
    for (const key of value.keys) recordTouch(key, command, state, made);
    if (!mayEmpty(command, spec, made)) continue;
    const emptiedBy = { command: command.name, position: visit.range.start };
    for (const key of value.keys) if (!emptied.has(key)) emptied.set(key, emptiedBy);
  }
  return emptied.size === state.emptied.size ? state : { ...state, emptied };
}

function recordTouch(key: string, { name }: Command, { emptied }: AbstractState, made: BuiltinCall): void {
  const emptiedBy = emptied.get(key);
  if (emptiedBy === undefined) return;
  const range = reportedRange(made.context, made.node);
  const { touches } = made.context.interpreter.recorder;
  const id = rangeKey(range, name, key);
  if (!touches.has(id)) touches.set(id, { range, command: name, key, emptiedBy });
}

/** Whether a key may not exist any more after a command, although it existed before. */
function mayEmpty({ name, group }: Command, { access, does }: KeySpec, { given }: BuiltinCall): boolean {
  if (name === "LTRIM") return !keepsAnElement(given);
  // A stream without entries still exists.
  if (does.includes("delete")) return group !== "stream";
  if (access === "OW" && STORES_RESULT.test(name)) return true;
  if (AT_INSTANT.has(name)) return true;
  if (AFTER_DURATION.has(name)) return !isAboveZero(valueAt(given, 2));
  if (!WITH_INSTANT.has(name)) return false;
  const options = [...given.values.slice(2), ...(given.rest === undefined ? [] : [given.rest])];
  return options
    .slice(name === "SET" ? 1 : 0)
    .some((option) => mayBeWord(option, "PXAT") || mayBeWord(option, "EXAT"));
}

/** Whether LTRIM keeps the first element, or the last one. */
function keepsAnElement(given: Values): boolean {
  const [start, stop] = [Number(constantOf(valueAt(given, 2))), Number(constantOf(valueAt(given, 3)))];
  return (start === 0 && stop >= 0) || (start <= -1 && stop === -1) || (start === 0 && stop === -1);
}

function isAboveZero({ number, text, unknown }: AbstractValue): boolean {
  return number !== undefined && number.min > 0 && text === undefined && !unknown;
}
