import { ANY_LENGTH, constant, type Numeric, numeric } from "../domain/interval.js";
import { memberValue } from "../domain/libraries.js";
import { fieldOf, type State, type Table, withTable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { type Failing, noteFailure, noteOperand } from "../interpreter/failures.js";
import type { Context } from "../interpreter/interpreter.js";
import { spotKey } from "../interpreter/recorder.js";
import { type luaparse, spotOf } from "../syntax/syntax.js";

/** The name under which a table holds a text key; those of numbers are `[2]`. */
function fieldName(text: string): string {
  return /^["[]/.test(text) ? `"${text}` : text;
}

/** The name under which a table holds a constant key: `warehouse`, `[2]`; undefined for a key that is not constant. */
export function indexKey(key: v.Value): string | undefined {
  const [literal, ...others] = key.text?.literals ?? [];
  if (literal !== undefined && others.length === 0 && v.isOnlyText(key)) return fieldName(literal);
  const found = key.number;
  if (found === undefined || found.least !== found.greatest || !v.isOnlyNumber(key)) return undefined;
  return Number.isFinite(found.least) ? `[${found.least}]` : undefined;
}

/** A constant key's value, by the name under which a table holds it. */
export function keyOf(name: string): v.Value {
  if (name.startsWith("[")) return v.number(constant(Number(name.slice(1, -1))));
  return v.texts([name.startsWith('"') ? name.slice(1) : name]);
}

/** What stands under a key of a value; a library's member for one of those. */
export function readIndex(
  base: v.Value,
  key: v.Value,
  state: State,
  context: Context,
  node: luaparse.Node,
): v.Value {
  noteOperand("an index", base, { context, node }, state, "table", "text", "library");
  const name = indexKey(key);
  const found = [...base.libraries].map((library) => readMember(library, name, context, node));
  for (const id of base.tables) {
    const table = state.tables.get(id);
    if (table === undefined) continue;
    if (name === "err" && table.answer !== undefined) {
      const answer = context.machine.recorder.answers.get(table.answer);
      if (answer !== undefined) answer.seen = true;
    }
    found.push(readTable(table, id, name, key));
  }
  if (base.text !== undefined || base.keys.size > 0) {
    found.push(
      (name === undefined ? undefined : memberValue("string", name)) ?? v.unknown("a field of a text"),
    );
  }
  if (base.unknown || found.length === 0)
    found.push(v.either(v.unknown("a field of unknown data"), state.hidden));
  return v.eitherOf(found);
}

function readMember(
  library: string,
  member: string | undefined,
  context: Context,
  node: luaparse.Node,
): v.Value {
  const known = member === undefined ? undefined : memberValue(library, member);
  const { recorder } = context.machine;
  const spot = spotOf(context.source, node);
  if (known === undefined) {
    recorder.globals.set(spotKey(spot), { spot, name: `${library}.${member ?? "…"}`, written: false });
    return v.unknown(`\`${library}.${member ?? "…"}\``);
  }
  if (library === "redis" && member !== "call" && member !== "pcall") {
    recorder.api.set(spotKey(spot), { spot, name: `redis.${member}` });
  }
  return known;
}

function readTable(table: Table, id: string, name: string | undefined, key: v.Value): v.Value {
  if (name !== undefined) return fieldOf(table, name);
  const all = v.eitherOf([table.element, ...table.fields.values()]);
  return isWithin(key.number, table, id) && !v.isNothing(all) ? all : v.either(all, { ...v.NIL, gap: true });
}

function isWithin(position: Numeric | undefined, table: Table, id: string): boolean {
  if (position?.inside !== id) return false;
  return position.half !== "second" || table.even;
}

/** Sets what stands under a key of a table. */
export function writeIndex(
  base: v.Value,
  key: v.Value,
  value: v.Value,
  state: State,
  failing: Failing,
): State {
  const { context, node } = failing;
  noteOperand("an index", base, failing, state, "table", "library");
  if (key.nil || key.unknown || key.number?.wild === true) noteFailure("an index", failing, state, "operand");
  for (const library of base.libraries) {
    const spot = spotOf(context.source, node);
    const member = key.text?.literals?.size === 1 ? [...key.text.literals][0] : "…";
    const name = `${library}.${member}`;
    context.machine.recorder.globals.set(spotKey(spot), { spot, name, written: true });
  }
  let next = base.unknown ? { ...state, hidden: v.eitherOf([state.hidden, key, value]) } : state;
  const alone = base.tables.size === 1 && !base.unknown;
  for (const id of base.tables) {
    const table = next.tables.get(id);
    if (table !== undefined) next = withTable(next, id, writeTable(table, key, value, alone && table.single));
  }
  return next;
}

export function writeTable(table: Table, key: v.Value, value: v.Value, alone: boolean): Table {
  const name = indexKey(key);
  const position = key.number;
  if (name !== undefined && position === undefined) {
    const before = fieldOf(table, name);
    return { ...table, fields: new Map(table.fields).set(name, alone ? value : v.either(before, value)) };
  }
  const element = v.either(table.element, { ...value, nil: false });
  const fields = new Map(table.fields);
  if (name === undefined) for (const [field, before] of fields) fields.set(field, v.either(before, value));
  else fields.set(name, alone ? value : v.either(fieldOf(table, name), value));
  const names = name === undefined ? v.either(table.names, key) : table.names;
  const after = value.nil && !value.gap ? holed(table, position) : lengthAfter(table, position);
  const length = table.length.trusted === true ? { ...after, trusted: true } : after;
  return { ...table, fields, element, names, length, even: false };
}

/** A table's length after something that may be nil was put in: nothing is known to be filled any more. */
function holed(table: Table, position: Numeric | undefined): Numeric {
  return numeric(true, 0, position === undefined ? Infinity : lengthAfter(table, position).greatest);
}

/** A table's length after a write at a position: one more where it appends, as `t[#t + 1] = x` does. */
function lengthAfter(table: Table, position: Numeric | undefined): Numeric {
  const { least, greatest } = table.length;
  if (position === undefined) return ANY_LENGTH;
  if (position.least === least + 1 && position.greatest === greatest + 1)
    return numeric(true, least + 1, greatest + 1);
  if (least === greatest && position.least === position.greatest && position.least <= greatest)
    return constant(least);
  return numeric(true, 0, Math.max(greatest, position.greatest));
}

/** A list whose values may have changed places: all that is known of each is what it may be of all of them. */
export function shuffled(table: Table, length: Numeric, more: v.Value = v.NOTHING): Table {
  const fields = new Map([...table.fields].filter(([name]) => !name.startsWith("[")));
  const moved = [...table.fields].filter(([name]) => name.startsWith("[")).map(([, value]) => value);
  const element = { ...v.eitherOf([table.element, more, ...moved]), nil: false };
  return { ...table, fields, element, length, even: false };
}
