import { numeric } from "../domain/interval.js";
import type { State, Table } from "../domain/state.js";
import * as v from "../domain/value.js";
import { keyOf } from "./table-access.js";

export function tableOf(value: v.Value, state: State): { id: string; table: Table } | undefined {
  const [id] = value.tables;
  const table = id === undefined ? undefined : state.tables.get(id);
  return value.tables.size === 1 && !value.unknown && id !== undefined && table !== undefined
    ? { id, table }
    : undefined;
}

/** No table of Lua has more positions than these. */
const MOST_POSITIONS = 2 ** 32;

/** A position or key and its value, of any table that the value may be; undefined where there is none. */
export function loopValues(
  list: v.Value,
  state: State,
  ordered: boolean,
): readonly [v.Value, v.Value] | undefined {
  const only = tableOf(list, state);
  const tables = [...list.tables].flatMap((id) => state.tables.get(id) ?? []);
  const open = list.unknown || tables.length === 0;
  const longest = Math.max(...tables.map((table) => table.length.greatest), open ? Infinity : 0);
  const within = numeric(true, 1, Math.max(1, Math.min(MOST_POSITIONS, longest)));
  const trusted = tables.some((table) => table.length.trusted === true);
  const position = trusted ? { ...within, trusted } : within;
  const at = v.number(only === undefined ? position : { ...position, inside: only.id });
  const found = tables.flatMap((table) => [
    table.element,
    ...[...table.fields].filter(([name]) => !ordered || name.startsWith("[")).map(([, value]) => value),
  ]);
  if (open) found.push(v.unknown("a loop's value"), state.hidden);
  const value = { ...v.eitherOf(found), nil: false };
  if (v.isNothing(value)) return undefined;
  if (ordered) return [at, value];
  const keys = tables.flatMap((table) => [table.names, ...[...table.fields.keys()].map(keyOf)]);
  if (open) keys.push(v.unknown("a table's key"), state.hidden);
  return [v.from(v.eitherOf([at, ...keys]), "a table's key"), value];
}
