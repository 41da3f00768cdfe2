import { interval } from "../domain/interval.js";
import type { AbstractState, AbstractTable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { keyValue } from "./table-access.js";

export function tableOf(
  value: v.AbstractValue,
  state: AbstractState,
): { id: string; table: AbstractTable } | undefined {
  const [id] = value.tables;
  const table = id === undefined ? undefined : state.tables.get(id);
  return value.tables.size === 1 && !value.unknown && id !== undefined && table !== undefined
    ? { id, table }
    : undefined;
}

/** No table of Lua has more positions than these. */
const MAX_POSITIONS = 2 ** 32;

/**
 * A position or key and its value, of any table that the value may be; undefined where there is
 * none.
 */
export function iterationValues(
  list: v.AbstractValue,
  state: AbstractState,
  ordered: boolean,
): readonly [v.AbstractValue, v.AbstractValue] | undefined {
  const only = tableOf(list, state);
  const tables = [...list.tables].flatMap((id) => state.tables.get(id) ?? []);
  const open = list.unknown || tables.length === 0;
  const longest = Math.max(...tables.map((table) => table.length.max), open ? Infinity : 0);
  const within = interval(true, 1, Math.max(1, Math.min(MAX_POSITIONS, longest)));
  const assumed = tables.some((table) => table.length.assumed === true);
  const position = assumed ? { ...within, assumed } : within;
  const at = v.number(only === undefined ? position : { ...position, withinTable: only.id });
  const found = tables.flatMap((table) => [
    table.element,
    ...[...table.fields].filter(([name]) => !ordered || name.startsWith("[")).map(([, value]) => value),
  ]);
  if (open) found.push(v.unknown("a loop's value"), state.escapedValues);
  const value = { ...v.joinAll(found), nil: false };
  if (v.isBottom(value)) return undefined;
  if (ordered) return [at, value];
  const keys = tables.flatMap((table) => [table.dynamicKeys, ...[...table.fields.keys()].map(keyValue)]);
  if (open) keys.push(v.unknown("a table's key"), state.escapedValues);
  return [v.withOrigin(v.joinAll([at, ...keys]), "a table's key"), value];
}
