import { memberValue } from "./globals.js";
import type { Context } from "./machine.js";
import { ANY_LENGTH, constant, type Numeric, numeric } from "./number.js";
import { spotKey } from "./recorder.js";
import { type State, type Table, withTable } from "./state.js";
import { type luaparse, spotOf } from "./syntax.js";
import * as v from "./value.js";

/** The name under which a table holds a constant key: `warehouse`, `[2]`; undefined for a key that is not constant. */
export function indexKey(key: v.Value): string | undefined {
  const literals = key.text?.literals;
  if (literals?.size === 1 && isOnlyText(key)) return [...literals][0];
  const found = key.number;
  if (found === undefined || found.least !== found.greatest || key.text !== undefined || key.unknown)
    return undefined;
  return Number.isFinite(found.least) ? `[${found.least}]` : undefined;
}

function isOnlyText(value: v.Value): boolean {
  return (
    value.number === undefined &&
    !value.unknown &&
    !value.nil &&
    !value.yes &&
    !value.no &&
    value.keys.size === 0
  );
}

/** What stands under a key of a value; a library's member for one of those. */
export function readIndex(
  base: v.Value,
  key: v.Value,
  state: State,
  context: Context,
  node: luaparse.Node,
): v.Value {
  const name = indexKey(key);
  if (base.library !== undefined && name !== undefined) return readMember(base.library, name, context, node);
  const found: v.Value[] = [];
  for (const id of base.tables) {
    const table = state.tables.get(id);
    if (table === undefined) continue;
    if (name === "err" && table.answer !== undefined) {
      const answer = context.machine.recorder.answers.get(table.answer);
      if (answer !== undefined) answer.seen = true;
    }
    found.push(readTable(table, id, name, key));
  }
  if (base.unknown || base.text !== undefined || found.length === 0)
    found.push(v.unknown("a field of unknown data"));
  return v.eitherOf(found);
}

function readMember(library: string, member: string, context: Context, node: luaparse.Node): v.Value {
  const known = memberValue(library, member);
  const { recorder } = context.machine;
  const spot = spotOf(context.source, node);
  if (known === undefined) {
    recorder.globals.set(spotKey(spot), { spot, name: `${library}.${member}`, written: false });
    return v.unknown(`\`${library}.${member}\``);
  }
  if (library === "redis" && member !== "call" && member !== "pcall") {
    recorder.api.set(spotKey(spot), { spot, name: `redis.${member}` });
  }
  return known;
}

function readTable(table: Table, id: string, name: string | undefined, key: v.Value): v.Value {
  if (name !== undefined) {
    const field = table.fields.get(name);
    if (field !== undefined) return field;
    const position = key.number?.least;
    if (position === undefined) {
      // A text key that was never set under its name; one set under a name that is not constant may still be it.
      return v.either(table.element, v.NIL);
    }
    const within = position >= 1 && position <= table.length.least;
    return within ? table.element : v.either(table.element, v.NIL);
  }
  const all = v.eitherOf([table.element, ...table.fields.values()]);
  return isWithin(key.number, table, id) ? all : v.either(all, v.NIL);
}

function isWithin(position: Numeric | undefined, table: Table, id: string): boolean {
  if (position?.inside !== id) return false;
  return position.half !== "second" || table.even;
}

/** Sets what stands under a key of a table. */
export function writeIndex(base: v.Value, key: v.Value, value: v.Value, state: State): State {
  let next = state;
  const alone = base.tables.size === 1 && !base.unknown;
  for (const id of base.tables) {
    const table = next.tables.get(id);
    if (table !== undefined) next = withTable(next, id, writeTable(table, key, value, alone && table.single));
  }
  return next;
}

function writeTable(table: Table, key: v.Value, value: v.Value, alone: boolean): Table {
  const name = indexKey(key);
  const position = key.number;
  if (name !== undefined && position === undefined) {
    const before = table.fields.get(name) ?? (v.isNothing(table.element) ? v.NIL : table.element);
    return { ...table, fields: new Map(table.fields).set(name, alone ? value : v.either(before, value)) };
  }
  const element = v.either(table.element, { ...value, nil: false });
  const fields = new Map(table.fields);
  for (const [field, before] of fields) if (field !== name) fields.set(field, v.either(before, value));
  if (name !== undefined) fields.set(name, alone ? value : v.either(table.fields.get(name) ?? v.NIL, value));
  return { ...table, fields, element, length: lengthAfter(table, position), even: false };
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
