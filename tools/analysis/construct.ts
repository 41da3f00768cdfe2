import { noteFailure } from "./failures.js";
import type { Context, ManyOutcome, Outcome } from "./machine.js";
import { ANY_LENGTH, numeric } from "./number.js";
import { emptyTable, type State, type Table, withNewTable } from "./state.js";
import { type luaparse, nodeId } from "./syntax.js";
import { writeTable } from "./tables.js";
import * as v from "./value.js";

/** A table on the way: its values one after the other, and those with a key. */
interface Parts extends ManyOutcome {
  readonly keyed: readonly { readonly key: v.Value; readonly value: v.Value }[];
}

/** Evaluates `{ 1, a = 2, [x] = 3 }`, from left to right. */
export function construct(
  expression: luaparse.TableConstructorExpression,
  state: State,
  context: Context,
): readonly Outcome[] {
  const id = `${context.path}:${nodeId(context.source, expression)}`;
  let parts: readonly Parts[] = [{ state, values: [], keyed: [] }];
  expression.fields.forEach((field, at) => {
    const last = at === expression.fields.length - 1;
    parts = parts.flatMap((before) => withField(before, field, last, context));
  });
  return parts.map((made) => {
    if (made.keyed.some(({ key }) => key.nil || key.unknown))
      noteFailure("an index", { node: expression, context }, made.state, "operand");
    return { state: withNewTable(made.state, id, tableOf(made)), value: v.table(id) };
  });
}

function withField(
  before: Parts,
  field: luaparse.TableConstructorExpression["fields"][number],
  last: boolean,
  context: Context,
): readonly Parts[] {
  const { machine } = context;
  const values = (from: Parts, key: v.Value): readonly Parts[] =>
    machine.evaluate(field.value, from.state, context).map((found) => ({
      ...from,
      state: found.state,
      keyed: [...from.keyed, { key, value: found.value }],
    }));
  switch (field.type) {
    case "TableKeyString":
      return values(before, v.texts([field.key.name]));
    case "TableKey":
      return machine
        .evaluate(field.key, before.state, context)
        .flatMap((key) => values({ ...before, state: key.state }, key.value));
    case "TableValue":
      if (last) {
        return machine.evaluateAll([field.value], before.state, context).map((found) => ({
          ...before,
          ...found,
          values: [...before.values, ...found.values],
        }));
      }
      return machine.evaluate(field.value, before.state, context).map((found) => ({
        ...before,
        state: found.state,
        values: [...before.values, found.value],
      }));
  }
}

/** Which of two values under one number stays is for Lua to decide; here it may be either. */
function tableOf({ values, rest, keyed }: Parts): Table {
  let table = positional(values, rest);
  for (const { key, value } of keyed) table = writeTable(table, key, value, v.isOnlyText(key));
  return table;
}

function positional(values: readonly v.Value[], rest: v.Value | undefined): Table {
  const fields = new Map(values.map((value, position) => [`[${position + 1}]`, value]));
  const known = values.length;
  const hole = values.findIndex((value) => value.nil);
  const least = hole < 0 ? known : hole;
  const length = rest === undefined ? numeric(true, least, known) : { ...ANY_LENGTH, least };
  const all = v.eitherOf(rest === undefined ? values : [...values, rest]);
  const even = rest === undefined && hole < 0 && known % 2 === 0;
  return { ...emptyTable(), fields, element: { ...all, nil: false }, length, even };
}
