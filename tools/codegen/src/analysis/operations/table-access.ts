import { ANY_LENGTH, constant, type Interval, interval } from "../domain/interval.js";
import { memberValue } from "../domain/libraries.js";
import { type AbstractState, type AbstractTable, fieldOf, withTable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { type FailureSite, recordFailure, recordOperandFailure } from "../interpreter/failures.js";
import type { Context } from "../interpreter/interpreter.js";
import { rangeKey } from "../interpreter/recorder.js";
import { type luaparse, rangeOf } from "../syntax/syntax.js";

/** The name under which a table holds a text key; those of numbers are `[2]`. */
function fieldName(text: string): string {
  return /^["[]/.test(text) ? `"${text}` : text;
}

/**
 * The name under which a table holds a constant key: `warehouse`, `[2]`; undefined for a key that
 * is not constant.
 */
export function indexKey(key: v.AbstractValue): string | undefined {
  const [literal, ...others] = key.text?.literals ?? [];
  if (literal !== undefined && others.length === 0 && v.isOnlyText(key)) return fieldName(literal);
  const found = key.number;
  if (found === undefined || found.min !== found.max || !v.isOnlyNumber(key)) return undefined;
  return Number.isFinite(found.min) ? `[${found.min}]` : undefined;
}

/** A constant key's value, by the name under which a table holds it. */
export function keyValue(name: string): v.AbstractValue {
  if (name.startsWith("[")) return v.number(constant(Number(name.slice(1, -1))));
  return v.texts([name.startsWith('"') ? name.slice(1) : name]);
}

/** What stands under a key of a value; a library's member for one of those. */
export function readIndex(
  base: v.AbstractValue,
  key: v.AbstractValue,
  state: AbstractState,
  context: Context,
  node: luaparse.Node,
): v.AbstractValue {
  recordOperandFailure("an index", base, { context, node }, state, "table", "text", "library");
  const name = indexKey(key);
  const found = [...base.libraries].map((library) => readMember(library, name, context, node));
  for (const id of base.tables) {
    const table = state.tables.get(id);
    if (table === undefined) continue;
    if (name === "err" && table.pcallResult !== undefined) {
      const answer = context.interpreter.recorder.pcallResults.get(table.pcallResult);
      if (answer !== undefined) answer.inspected = true;
    }
    found.push(readTable(table, id, name, key));
  }
  if (base.text !== undefined || base.keys.size > 0) {
    found.push(
      (name === undefined ? undefined : memberValue("string", name)) ?? v.unknown("a field of a text"),
    );
  }
  if (base.unknown || found.length === 0)
    found.push(v.join(v.unknown("a field of unknown data"), state.escapedValues));
  return v.joinAll(found);
}

function readMember(
  library: string,
  member: string | undefined,
  context: Context,
  node: luaparse.Node,
): v.AbstractValue {
  const known = member === undefined ? undefined : memberValue(library, member);
  const { recorder } = context.interpreter;
  const range = rangeOf(context.source, node);
  if (known === undefined) {
    recorder.globals.set(rangeKey(range), { range, name: `${library}.${member ?? "…"}`, written: false });
    return v.unknown(`\`${library}.${member ?? "…"}\``);
  }
  if (library === "redis" && member !== "call" && member !== "pcall") {
    recorder.api.set(rangeKey(range), { range, name: `redis.${member}` });
  }
  return known;
}

function readTable(
  table: AbstractTable,
  id: string,
  name: string | undefined,
  key: v.AbstractValue,
): v.AbstractValue {
  if (name !== undefined) return fieldOf(table, name);
  const all = v.joinAll([table.element, ...table.fields.values()]);
  return isWithin(key.number, table, id) && !v.isBottom(all) ? all : v.join(all, { ...v.NIL, pastEnd: true });
}

function isWithin(position: Interval | undefined, table: AbstractTable, id: string): boolean {
  if (position?.withinTable !== id) return false;
  return position.pairHalf !== "second" || table.evenLength;
}

/** Sets what stands under a key of a table. */
export function writeIndex(
  base: v.AbstractValue,
  key: v.AbstractValue,
  value: v.AbstractValue,
  state: AbstractState,
  failureSite: FailureSite,
): AbstractState {
  const { context, node } = failureSite;
  recordOperandFailure("an index", base, failureSite, state, "table", "library");
  if (key.nil || key.unknown || key.number?.mayBeNonFinite === true)
    recordFailure("an index", failureSite, state, "operand");
  for (const library of base.libraries) {
    const range = rangeOf(context.source, node);
    const member = key.text?.literals?.size === 1 ? [...key.text.literals][0] : "…";
    const name = `${library}.${member}`;
    context.interpreter.recorder.globals.set(rangeKey(range), { range, name, written: true });
  }
  let next = base.unknown ? { ...state, escapedValues: v.joinAll([state.escapedValues, key, value]) } : state;
  const strongUpdate = base.tables.size === 1 && !base.unknown;
  for (const id of base.tables) {
    const table = next.tables.get(id);
    if (table !== undefined)
      next = withTable(next, id, writeTable(table, key, value, strongUpdate && table.isSingle));
  }
  return next;
}

export function writeTable(
  table: AbstractTable,
  key: v.AbstractValue,
  value: v.AbstractValue,
  strongUpdate: boolean,
): AbstractTable {
  const name = indexKey(key);
  const position = key.number;
  if (name !== undefined && position === undefined) {
    const before = fieldOf(table, name);
    return {
      ...table,
      fields: new Map(table.fields).set(name, strongUpdate ? value : v.join(before, value)),
    };
  }
  const element = v.join(table.element, { ...value, nil: false });
  const fields = new Map(table.fields);
  if (name === undefined) for (const [field, before] of fields) fields.set(field, v.join(before, value));
  else fields.set(name, strongUpdate ? value : v.join(fieldOf(table, name), value));
  const dynamicKeys = name === undefined ? v.join(table.dynamicKeys, key) : table.dynamicKeys;
  const after = value.nil && !value.pastEnd ? lengthWithHole(table, position) : lengthAfter(table, position);
  const length = table.length.assumed === true ? { ...after, assumed: true } : after;
  return { ...table, fields, element, dynamicKeys, length, evenLength: false };
}

/**
 * A table's length after something that may be nil was put in: nothing is known to be filled any
 * more.
 */
function lengthWithHole(table: AbstractTable, position: Interval | undefined): Interval {
  return interval(true, 0, position === undefined ? Infinity : lengthAfter(table, position).max);
}

/**
 * A table's length after a write at a position: one more where it appends, as `t[#t + 1] = x` does.
 */
function lengthAfter(table: AbstractTable, position: Interval | undefined): Interval {
  const { min, max } = table.length;
  if (position === undefined) return ANY_LENGTH;
  if (position.min === min + 1 && position.max === max + 1) return interval(true, min + 1, max + 1);
  if (min === max && position.min === position.max && position.min <= max) return constant(min);
  return interval(true, 0, Math.max(max, position.max));
}

/**
 * A list whose values may have been reordered: all that is known of each is what it may be of all
 * of them.
 */
export function reordered(
  table: AbstractTable,
  length: Interval,
  more: v.AbstractValue = v.BOTTOM,
): AbstractTable {
  const fields = new Map([...table.fields].filter(([name]) => !name.startsWith("[")));
  const moved = [...table.fields].filter(([name]) => name.startsWith("[")).map(([, value]) => value);
  const element = { ...v.joinAll([table.element, more, ...moved]), nil: false };
  return { ...table, fields, element, length, evenLength: false };
}
