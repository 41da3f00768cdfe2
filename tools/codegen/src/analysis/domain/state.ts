import type { Position } from "../../model/model.js";
import { AnalysisLimitError } from "./analysis-limit-error.js";
import {
  ANY_LENGTH,
  constant,
  equalIntervals,
  type Interval,
  joinIntervals,
  widenInterval,
} from "./interval.js";
import { type AbstractValue, BOTTOM, equalValues, isBottom, join, NIL, widen } from "./value.js";

/** What the analysis knows about a table. It is immutable. */
export interface AbstractTable {
  /** By constant text keys. */
  readonly fields: ReadonlyMap<string, AbstractValue>;
  /** The join of all values under numbers and under keys that are not constant. */
  readonly element: AbstractValue;
  /** The join of the keys that are not constant. */
  readonly dynamicKeys: AbstractValue;
  readonly length: Interval;
  /** The length is even: names and values alternate. */
  readonly evenLength: boolean;
  /** At most one table from this allocation site exists, so a write is a strong update. */
  readonly isSingle: boolean;
  /** The redis.pcall that returned it. */
  readonly pcallResult?: string;
}

/** A command that wrote, and where. */
export interface FirstWrite {
  readonly command: string;
  readonly position: Position;
}

/** What the analysis knows at one point of a run. States are immutable. */
export interface AbstractState {
  readonly variables: ReadonlyMap<string, AbstractValue>;
  readonly tables: ReadonlyMap<string, AbstractTable>;
  /** The join of all values that were stored in tables outside the state, such as decoded data. */
  readonly escapedValues: AbstractValue;
  readonly firstWrite: FirstWrite | undefined;
  /** Key parameters whose type a command has proved. */
  readonly provedTypes: ReadonlySet<string>;
  /** Key parameters that may no longer exist, with a command that may have emptied each. */
  readonly emptied: ReadonlyMap<string, FirstWrite>;
}

export const INITIAL_STATE: AbstractState = {
  variables: new Map(),
  tables: new Map(),
  escapedValues: BOTTOM,
  firstWrite: undefined,
  provedTypes: new Set(),
  emptied: new Map(),
};

export function emptyTable(): AbstractTable {
  return {
    fields: new Map(),
    element: BOTTOM,
    dynamicKeys: BOTTOM,
    length: constant(0),
    evenLength: true,
    isSingle: true,
  };
}

/** A list with this length and element, such as a reply. */
export function listOf(
  element: AbstractValue,
  length: Interval = ANY_LENGTH,
  evenLength = false,
): AbstractTable {
  return { ...emptyTable(), element, length, evenLength };
}

/** Every step copies the maps of a state. */
const MAX_VALUES = 1_000;

export function withVariable(state: AbstractState, name: string, value: AbstractValue): AbstractState {
  if (state.variables.size > MAX_VALUES)
    throw new AnalysisLimitError(`the script has more than ${MAX_VALUES} locals`);
  return { ...state, variables: new Map(state.variables).set(name, value) };
}

export function withTable(state: AbstractState, id: string, table: AbstractTable): AbstractState {
  if (state.tables.size > MAX_VALUES)
    throw new AnalysisLimitError(`the script makes more than ${MAX_VALUES} tables`);
  return { ...state, tables: new Map(state.tables).set(id, table) };
}

/** Allocates a table. If its site has allocated before, the state joins the two tables. */
export function allocateTable(state: AbstractState, id: string, table: AbstractTable): AbstractState {
  const earlier = state.tables.get(id);
  return withTable(
    state,
    id,
    earlier === undefined ? table : { ...joinTables(earlier, table), isSingle: false },
  );
}

export function withProvedTypes(state: AbstractState, keys: Iterable<string>): AbstractState {
  return { ...state, provedTypes: new Set([...state.provedTypes, ...keys]) };
}

/** The value under a constant key, `name` or `[2]`. */
export function fieldOf(table: AbstractTable, name: string): AbstractValue {
  const field = table.fields.get(name);
  if (field !== undefined) return field;
  const position = /^\[(\d+)\]$/.exec(name)?.[1];
  const within = position !== undefined && +position >= 1 && +position <= table.length.min;
  return within && !isBottom(table.element) ? table.element : join(table.element, NIL);
}

function joinTables(one: AbstractTable, other: AbstractTable): AbstractTable {
  if (one === other) return one;
  const fields = new Map<string, AbstractValue>();
  for (const name of new Set([...one.fields.keys(), ...other.fields.keys()])) {
    fields.set(name, join(fieldOf(one, name), fieldOf(other, name)));
  }
  const pcallResult = one.pcallResult ?? other.pcallResult;
  return {
    fields,
    element: join(one.element, other.element),
    dynamicKeys: join(one.dynamicKeys, other.dynamicKeys),
    length: joinIntervals(one.length, other.length),
    evenLength: one.evenLength && other.evenLength,
    isSingle: one.isSingle && other.isSingle,
    ...(pcallResult === undefined ? {} : { pcallResult }),
  };
}

function joinMaps<T>(one: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>, merge: (a: T, b: T) => T) {
  const merged = new Map(one);
  for (const [name, value] of other) {
    const known = one.get(name);
    merged.set(name, known === undefined ? value : merge(known, value));
  }
  return merged;
}

/** The join: what holds if either state holds. */
export function joinStates(one: AbstractState, other: AbstractState): AbstractState {
  return {
    variables: joinMaps(one.variables, other.variables, join),
    tables: joinMaps(one.tables, other.tables, joinTables),
    escapedValues: join(one.escapedValues, other.escapedValues),
    firstWrite: one.firstWrite ?? other.firstWrite,
    provedTypes: new Set([...one.provedTypes].filter((key) => other.provedTypes.has(key))),
    emptied: joinMaps(one.emptied, other.emptied, (first) => first),
  };
}

/**
 * States with different keys are not joined. The key holds whether the run has written, and the
 * proved types.
 */
export function partitionKey(state: AbstractState): string {
  return `${state.firstWrite === undefined ? "" : "wrote"}|${[...state.provedTypes].sort().join(",")}`;
}

/** Joins the states of each partition. */
export function joinByPartition(states: readonly AbstractState[]): AbstractState[] {
  const merged = new Map<string, AbstractState>();
  for (const state of states) {
    const key = partitionKey(state);
    const known = merged.get(key);
    merged.set(key, known === undefined ? state : joinStates(known, state));
  }
  return [...merged.values()];
}

/** More states than these are joined by partition. */
const MAX_STATES = 48;

/** The distinct states if they are few, else one state for each partition. */
export function limitStates(states: readonly AbstractState[]): readonly AbstractState[] {
  if (states.length <= 1) return states;
  const kept: AbstractState[] = [];
  for (const state of states) if (!kept.some((known) => equalStates(known, state))) kept.push(state);
  return kept.length <= MAX_STATES ? kept : joinByPartition(kept);
}

function equalTables(one: AbstractTable, other: AbstractTable): boolean {
  if (one === other) return true;
  return (
    one.evenLength === other.evenLength &&
    one.isSingle === other.isSingle &&
    equalIntervals(one.length, other.length) &&
    equalValues(one.element, other.element) &&
    equalValues(one.dynamicKeys, other.dynamicKeys) &&
    one.fields.size === other.fields.size &&
    [...one.fields].every(([name, value]) => equalValues(value, other.fields.get(name) ?? BOTTOM))
  );
}

function equalMaps<T>(
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

export function equalStates(one: AbstractState, other: AbstractState): boolean {
  return (
    partitionKey(one) === partitionKey(other) &&
    equalMaps(one.emptied, other.emptied, () => true) &&
    equalMaps(one.variables, other.variables, equalValues) &&
    equalValues(one.escapedValues, other.escapedValues) &&
    equalMaps(one.tables, other.tables, equalTables)
  );
}

/** The widened state at the head of a loop, after one more iteration. */
export function widenState(before: AbstractState, next: AbstractState): AbstractState {
  const joined = joinStates(before, next);
  const variables = new Map(joined.variables);
  for (const [name, value] of before.variables)
    variables.set(name, widen(value, joined.variables.get(name) ?? value));
  const tables = new Map(joined.tables);
  for (const [id, table] of before.tables) {
    const after = joined.tables.get(id) ?? table;
    const fields = new Map(after.fields);
    for (const [name, value] of table.fields) fields.set(name, widen(value, after.fields.get(name) ?? value));
    const element = isBottom(table.element) ? after.element : widen(table.element, after.element);
    const dynamicKeys = widen(table.dynamicKeys, after.dynamicKeys);
    tables.set(id, {
      ...after,
      fields,
      element,
      dynamicKeys,
      length: widenInterval(table.length, after.length),
    });
  }
  return { ...joined, variables, tables, escapedValues: widen(before.escapedValues, joined.escapedValues) };
}
