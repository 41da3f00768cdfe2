import { ANY_INTEGER, ANY_LENGTH, interval } from "../domain/interval.js";
import { type AbstractState, withTable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { fixpoint } from "../interpreter/fixpoint.js";
import { type BuiltinCall, type ListOutcome, singleOutcome, valueAt } from "../interpreter/interpreter.js";
import { readIndex, reordered, writeIndex } from "../operations/table-access.js";
import { recordNumberInText } from "../operations/text.js";
import { bytesOf, MAX_INSERTED_BYTES, recordText } from "./string-library.js";

/** A call of one of the `table` library's functions. */
export function callTable(made: BuiltinCall): readonly ListOutcome[] {
  const { name, given, nodes, context } = made;
  const { state } = given;
  const list = valueAt(given, 0);
  switch (name) {
    case "table.insert":
      return [{ state: callInsert(list, made), values: [] }];
    case "table.remove":
      return singleOutcome(callRemove(list, made), v.join(element(list, state, made), v.NIL));
    case "table.concat":
      if (nodes[0] !== undefined)
        recordNumberInText(element(list, state, made), "table.concat", nodes[0], context);
      recordText(made, given.values[1] === undefined ? 0 : bytesOf(given.values[1]), MAX_INSERTED_BYTES);
      return singleOutcome(state, v.withOrigin(v.text(), "`table.concat`"));
    case "table.sort":
      return callSort(list, made);
    default:
      return singleOutcome(state, v.number(ANY_LENGTH));
  }
}

/** Any of a list's values. */
function element(
  list: v.AbstractValue,
  state: AbstractState,
  { node, context }: BuiltinCall,
): v.AbstractValue {
  const value = readIndex(list, v.number(ANY_INTEGER), state, context, node);
  const some = { ...value, nil: false };
  return v.isBottom(some) ? v.unknown("an element") : some;
}

function callInsert(list: v.AbstractValue, made: BuiltinCall): AbstractState {
  const { given } = made;
  const { values, rest, state } = given;
  if (values.length === 2 && rest === undefined) {
    // What is no one table of the state is written as a whole.
    if (list.unknown || list.libraries.size > 0)
      return writeIndex(list, v.number(ANY_INTEGER), valueAt(given, 1), state, made);
    let next = state;
    for (const id of list.tables) {
      const length = next.tables.get(id)?.length ?? ANY_LENGTH;
      const position = v.number(interval(true, length.min + 1, length.max + 1));
      const value = list.tables.size === 1 ? valueAt(given, 1) : { ...valueAt(given, 1), nil: true };
      next = writeIndex(v.table(id), position, value, next, made);
    }
    return next;
  }
  const value = v.joinAll([
    ...values.slice(values.length > 2 ? 2 : 1),
    ...(rest === undefined ? [] : [rest]),
  ]);
  const written = writeIndex({ ...list, tables: v.EMPTY_SET }, v.number(ANY_INTEGER), value, state, made);
  return reorderAll(list, written, 1, value);
}

/**
 * The state with every table that the list may be put in another order, and longer or shorter by
 * one.
 */
function reorderAll(
  list: v.AbstractValue,
  state: AbstractState,
  by: -1 | 0 | 1,
  more?: v.AbstractValue,
): AbstractState {
  let next = state;
  for (const id of list.tables) {
    const table = next.tables.get(id);
    if (table === undefined) continue;
    const { min, max } = table.length;
    const changed = interval(true, Math.max(0, min + Math.min(by, 0)), max + Math.max(by, 0));
    const length = { ...table.length, ...changed };
    next = withTable(next, id, reordered(table, length, more));
  }
  return next;
}

function callRemove(list: v.AbstractValue, made: BuiltinCall): AbstractState {
  const written = writeIndex(
    { ...list, tables: v.EMPTY_SET },
    v.number(ANY_INTEGER),
    v.NIL,
    made.given.state,
    made,
  );
  return reorderAll(list, written, -1);
}

/** The order may be asked for any two values, as often as it likes, or not at all. */
function callSort(list: v.AbstractValue, made: BuiltinCall): readonly ListOutcome[] {
  const { given, node, context } = made;
  const start = reorderAll(list, given.state, 0);
  const order = given.values[1];
  if (order === undefined || v.isOnly(order, "nil")) return [{ state: start, values: [] }];
  const settled = fixpoint(start, (head) => {
    const compared = element(list, head, made);
    const results = context.interpreter.call(
      order,
      { state: head, values: [compared, compared] },
      [],
      node,
      context,
    );
    return { next: results.map((result) => result.state), breaks: [], returns: [] };
  });
  return settled.heads.map((state) => ({ state: reorderAll(list, state, 0), values: [] }));
}
