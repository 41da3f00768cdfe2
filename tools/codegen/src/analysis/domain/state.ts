import type { Place } from "../../model/model.js";
import { TooMuch } from "./analysis-limit-error.js";
import { ANY_LENGTH, constant, eitherNumber, type Numeric, sameNumber, widened } from "./interval.js";
import { either, isNothing, NIL, NOTHING, sameValue, type Value, widen } from "./value.js";

/** What is known of a table. Its parts are never changed, only replaced in the state. */
export interface Table {
  /** By constant text keys. */
  readonly fields: ReadonlyMap<string, Value>;
  /** Any of the values under numbers, or under keys that are not constant. */
  readonly element: Value;
  /** The keys that are not constant, where something stands under such. */
  readonly names: Value;
  readonly length: Numeric;
  /** The length is even: names and values by turns. */
  readonly even: boolean;
  /** One table at a time comes from this place, so that a field set anew loses what it held. */
  readonly single: boolean;
  /** The redis.pcall whose answer it is. */
  readonly answer?: string;
}

/** The first write on the way to a place. */
export interface FirstWrite {
  readonly command: string;
  readonly place: Place;
}

/** All that is known at one place of a run. States are never changed; every step makes another. */
export interface State {
  readonly variables: ReadonlyMap<string, Value>;
  readonly tables: ReadonlyMap<string, Table>;
  /** Whatever was put into tables that are no part of the state, such as decoded data. */
  readonly hidden: Value;
  readonly wrote: FirstWrite | undefined;
  /** Key parameters whose type a command has proved. */
  readonly proved: ReadonlySet<string>;
}

export const START: State = {
  variables: new Map(),
  tables: new Map(),
  hidden: NOTHING,
  wrote: undefined,
  proved: new Set(),
};

export function emptyTable(): Table {
  return {
    fields: new Map(),
    element: NOTHING,
    names: NOTHING,
    length: constant(0),
    even: true,
    single: true,
  };
}

/** A table of so many values of one kind, such as a reply. */
export function listOf(element: Value, length: Numeric = ANY_LENGTH, even = false): Table {
  return { ...emptyTable(), element, length, even };
}

/** Each is copied at every step; a script of ours has under a hundred. */
const MAX_VALUES = 1_000;

export function withVariable(state: State, name: string, value: Value): State {
  if (state.variables.size > MAX_VALUES) throw new TooMuch(`it has more than ${MAX_VALUES} locals`);
  return { ...state, variables: new Map(state.variables).set(name, value) };
}

export function withTable(state: State, id: string, table: Table): State {
  if (state.tables.size > MAX_VALUES) throw new TooMuch(`it makes more than ${MAX_VALUES} tables`);
  return { ...state, tables: new Map(state.tables).set(id, table) };
}

/** A table made anew at a place; where an earlier one of the place may still be in use, both are one from now on. */
export function withNewTable(state: State, id: string, table: Table): State {
  const earlier = state.tables.get(id);
  return withTable(
    state,
    id,
    earlier === undefined ? table : { ...eitherTable(earlier, table), single: false },
  );
}

export function withProved(state: State, keys: Iterable<string>): State {
  return { ...state, proved: new Set([...state.proved, ...keys]) };
}

/** What stands under a constant key, `name` or `[2]`. */
export function fieldOf(table: Table, name: string): Value {
  const field = table.fields.get(name);
  if (field !== undefined) return field;
  const position = /^\[(\d+)\]$/.exec(name)?.[1];
  const within = position !== undefined && +position >= 1 && +position <= table.length.least;
  return within && !isNothing(table.element) ? table.element : either(table.element, NIL);
}

function eitherTable(one: Table, other: Table): Table {
  if (one === other) return one;
  const fields = new Map<string, Value>();
  for (const name of new Set([...one.fields.keys(), ...other.fields.keys()])) {
    fields.set(name, either(fieldOf(one, name), fieldOf(other, name)));
  }
  const answer = one.answer ?? other.answer;
  return {
    fields,
    element: either(one.element, other.element),
    names: either(one.names, other.names),
    length: eitherNumber(one.length, other.length),
    even: one.even && other.even,
    single: one.single && other.single,
    ...(answer === undefined ? {} : { answer }),
  };
}

function mergeMaps<T>(one: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>, merge: (a: T, b: T) => T) {
  const merged = new Map(one);
  for (const [name, value] of other) {
    const known = one.get(name);
    merged.set(name, known === undefined ? value : merge(known, value));
  }
  return merged;
}

/** What holds at a place that is reached from either state. */
export function eitherState(one: State, other: State): State {
  return {
    variables: mergeMaps(one.variables, other.variables, either),
    tables: mergeMaps(one.tables, other.tables, eitherTable),
    hidden: either(one.hidden, other.hidden),
    wrote: one.wrote ?? other.wrote,
    proved: new Set([...one.proved].filter((key) => other.proved.has(key))),
  };
}

/** What tells states apart that must not become one: whether something was written, and which types are proved. */
export function signature(state: State): string {
  return `${state.wrote === undefined ? "" : "wrote"}|${[...state.proved].sort().join(",")}`;
}

/** One state for each signature. */
export function mergeBySignature(states: readonly State[]): State[] {
  const merged = new Map<string, State>();
  for (const state of states) {
    const key = signature(state);
    const known = merged.get(key);
    merged.set(key, known === undefined ? state : eitherState(known, state));
  }
  return [...merged.values()];
}

/** More ways than these to one place are followed as one. */
const MOST_STATES = 48;

/** The states themselves, without doubles, while they are few; else one for each signature. */
export function settle(states: readonly State[]): readonly State[] {
  if (states.length <= 1) return states;
  const kept: State[] = [];
  for (const state of states) if (!kept.some((known) => sameState(known, state))) kept.push(state);
  return kept.length <= MOST_STATES ? kept : mergeBySignature(kept);
}

function sameTable(one: Table, other: Table): boolean {
  if (one === other) return true;
  return (
    one.even === other.even &&
    one.single === other.single &&
    sameNumber(one.length, other.length) &&
    sameValue(one.element, other.element) &&
    sameValue(one.names, other.names) &&
    one.fields.size === other.fields.size &&
    [...one.fields].every(([name, value]) => sameValue(value, other.fields.get(name) ?? NOTHING))
  );
}

function sameMaps<T>(
  one: ReadonlyMap<string, T>,
  other: ReadonlyMap<string, T>,
  same: (a: T, b: T) => boolean,
) {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const [name, value] of one) {
    const found = other.get(name);
    if (found === undefined || !same(value, found)) return false;
  }
  return true;
}

export function sameState(one: State, other: State): boolean {
  return (
    signature(one) === signature(other) &&
    sameMaps(one.variables, other.variables, sameValue) &&
    sameValue(one.hidden, other.hidden) &&
    sameMaps(one.tables, other.tables, sameTable)
  );
}

/** The state at the head of a loop after one more round, with what keeps growing given up. */
export function widenState(before: State, next: State): State {
  const joined = eitherState(before, next);
  const variables = new Map(joined.variables);
  for (const [name, value] of before.variables)
    variables.set(name, widen(value, joined.variables.get(name) ?? value));
  const tables = new Map(joined.tables);
  for (const [id, table] of before.tables) {
    const after = joined.tables.get(id) ?? table;
    const fields = new Map(after.fields);
    for (const [name, value] of table.fields) fields.set(name, widen(value, after.fields.get(name) ?? value));
    const element = isNothing(table.element) ? after.element : widen(table.element, after.element);
    const names = widen(table.names, after.names);
    tables.set(id, { ...after, fields, element, names, length: widened(table.length, after.length) });
  }
  return { ...joined, variables, tables, hidden: widen(before.hidden, joined.hidden) };
}
