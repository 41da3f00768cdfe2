import { ANY_INTEGER, ANY_LENGTH, numeric } from "../domain/interval.js";
import { type State, withTable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { untilSettled } from "../interpreter/fixpoint.js";
import { type BuiltinCall, type ManyOutcome, one, valueAt } from "../interpreter/interpreter.js";
import { readIndex, shuffled, writeIndex } from "../operations/table-access.js";
import { noteNumberInText } from "../operations/text.js";
import { bytesOf, MAX_INSERTED_BYTES, noteText } from "./string-library.js";

/** A call of one of the `table` library's functions. */
export function callTable(made: BuiltinCall): readonly ManyOutcome[] {
  const { name, given, nodes, context } = made;
  const { state } = given;
  const list = valueAt(given, 0);
  switch (name) {
    case "table.insert":
      return [{ state: inserted(list, made), values: [] }];
    case "table.remove":
      return one(shortened(list, made), v.either(element(list, state, made), v.NIL));
    case "table.concat":
      if (nodes[0] !== undefined)
        noteNumberInText(element(list, state, made), "table.concat", nodes[0], context);
      noteText(made, given.values[1] === undefined ? 0 : bytesOf(given.values[1]), MAX_INSERTED_BYTES);
      return one(state, v.from(v.text(), "`table.concat`"));
    case "table.sort":
      return sorted(list, made);
    default:
      return one(state, v.number(ANY_LENGTH));
  }
}

/** Any of a list's values. */
function element(list: v.Value, state: State, { node, context }: BuiltinCall): v.Value {
  const value = readIndex(list, v.number(ANY_INTEGER), state, context, node);
  const some = { ...value, nil: false };
  return v.isNothing(some) ? v.unknown("an element") : some;
}

function inserted(list: v.Value, made: BuiltinCall): State {
  const { given } = made;
  const { values, rest, state } = given;
  if (values.length === 2 && rest === undefined) {
    // What is no one table of the state is written as a whole.
    if (list.unknown || list.libraries.size > 0)
      return writeIndex(list, v.number(ANY_INTEGER), valueAt(given, 1), state, made);
    let next = state;
    for (const id of list.tables) {
      const length = next.tables.get(id)?.length ?? ANY_LENGTH;
      const position = v.number(numeric(true, length.least + 1, length.greatest + 1));
      const value = list.tables.size === 1 ? valueAt(given, 1) : { ...valueAt(given, 1), nil: true };
      next = writeIndex(v.table(id), position, value, next, made);
    }
    return next;
  }
  const value = v.eitherOf([
    ...values.slice(values.length > 2 ? 2 : 1),
    ...(rest === undefined ? [] : [rest]),
  ]);
  const written = writeIndex({ ...list, tables: v.NONE }, v.number(ANY_INTEGER), value, state, made);
  return rearranged(list, written, 1, value);
}

/** The state with every table that the list may be put in another order, and longer or shorter by one. */
function rearranged(list: v.Value, state: State, by: -1 | 0 | 1, more?: v.Value): State {
  let next = state;
  for (const id of list.tables) {
    const table = next.tables.get(id);
    if (table === undefined) continue;
    const { least, greatest } = table.length;
    const changed = numeric(true, Math.max(0, least + Math.min(by, 0)), greatest + Math.max(by, 0));
    const length = { ...table.length, ...changed };
    next = withTable(next, id, shuffled(table, length, more));
  }
  return next;
}

function shortened(list: v.Value, made: BuiltinCall): State {
  const written = writeIndex(
    { ...list, tables: v.NONE },
    v.number(ANY_INTEGER),
    v.NIL,
    made.given.state,
    made,
  );
  return rearranged(list, written, -1);
}

/** The order may be asked for any two values, as often as it likes, or not at all. */
function sorted(list: v.Value, made: BuiltinCall): readonly ManyOutcome[] {
  const { given, node, context } = made;
  const start = rearranged(list, given.state, 0);
  const order = given.values[1];
  if (order === undefined || v.isOnly(order, "nil")) return [{ state: start, values: [] }];
  const settled = untilSettled(start, (head) => {
    const compared = element(list, head, made);
    const results = context.machine.call(
      order,
      { state: head, values: [compared, compared] },
      [],
      node,
      context,
    );
    return { next: results.map((result) => result.state), breaks: [], returns: [] };
  });
  return settled.heads.map((state) => ({ state: rearranged(list, state, 0), values: [] }));
}
