import { ANY_LENGTH, interval } from "../domain/interval.js";
import { type AbstractState, type AbstractTable, allocateTable, emptyTable } from "../domain/state.js";
import * as v from "../domain/value.js";
import { recordFailure } from "../interpreter/failures.js";
import type { Context, Outcome } from "../interpreter/interpreter.js";
import { indexKey, writeTable } from "../operations/table-access.js";
import { type luaparse, nodeId } from "../syntax/syntax.js";

/**
 * A field of a table, and the fields before it: a list that several ways share, because a copy each
 * takes too long.
 */
interface Field {
  readonly before: Field | undefined;
  /** Absent: the value has the next position. */
  readonly key?: v.AbstractValue;
  readonly values: readonly v.AbstractValue[];
}

/** A table on the way, up to its last field so far. */
interface Parts {
  readonly state: AbstractState;
  readonly last: Field | undefined;
  readonly rest?: v.AbstractValue | undefined;
}

interface KeyedValue {
  readonly key: v.AbstractValue;
  readonly value: v.AbstractValue;
}

/** Evaluates `{ 1, a = 2, [x] = 3 }`, from left to right. */
export function construct(
  expression: luaparse.TableConstructorExpression,
  state: AbstractState,
  context: Context,
): readonly Outcome[] {
  const id = `${context.callPath}:${nodeId(context.source, expression)}`;
  let parts: readonly Parts[] = [{ state, last: undefined }];
  expression.fields.forEach((field, at) => {
    const last = at === expression.fields.length - 1;
    parts = parts.flatMap((before) => withField(before, field, last, context));
  });
  return parts.map((made) => {
    const { values, keyed } = fieldsOf(made.last);
    if (keyed.some(({ key }) => key.nil || key.unknown))
      recordFailure("an index", { node: expression, context }, made.state, "operand");
    return { state: allocateTable(made.state, id, tableOf(values, keyed, made.rest)), value: v.table(id) };
  });
}

function withField(
  before: Parts,
  field: luaparse.TableConstructorExpression["fields"][number],
  last: boolean,
  context: Context,
): readonly Parts[] {
  const { interpreter } = context;
  const values = (from: Parts, key: v.AbstractValue): readonly Parts[] =>
    interpreter.evaluate(field.value, from.state, context).map((found) => ({
      state: found.state,
      last: { before: from.last, key, values: [found.value] },
    }));
  switch (field.type) {
    case "TableKeyString":
      return values(before, v.texts([field.key.name]));
    case "TableKey":
      return interpreter
        .evaluate(field.key, before.state, context)
        .flatMap((key) => values({ ...before, state: key.state }, key.value));
    case "TableValue":
      if (last) {
        return interpreter.evaluateAll([field.value], before.state, context).map((found) => ({
          state: found.state,
          last: { before: before.last, values: found.values },
          rest: found.rest,
        }));
      }
      return interpreter.evaluate(field.value, before.state, context).map((found) => ({
        state: found.state,
        last: { before: before.last, values: [found.value] },
      }));
  }
}

/** The values by position and those with a key, each in the order of the text. */
function fieldsOf(last: Field | undefined): { values: v.AbstractValue[]; keyed: KeyedValue[] } {
  const fields: Field[] = [];
  for (let field = last; field !== undefined; field = field.before) fields.push(field);
  fields.reverse();
  const values: v.AbstractValue[] = [];
  const keyed: KeyedValue[] = [];
  for (const { key, values: found } of fields)
    for (const value of found) {
      if (key === undefined) values.push(value);
      else keyed.push({ key, value });
    }
  return { values, keyed };
}

/** Which of two values under one number stays is for Lua to decide; here it may be either. */
function tableOf(
  values: readonly v.AbstractValue[],
  keyed: readonly KeyedValue[],
  rest: v.AbstractValue | undefined,
): AbstractTable {
  let table = positional(values, rest);
  // Fields under constant texts are put in together, because each write to a table copies all its
  // fields.
  let named: Map<string, v.AbstractValue> | undefined;
  for (const { key, value } of keyed) {
    const name = v.isOnlyText(key) && key.number === undefined ? indexKey(key) : undefined;
    if (name !== undefined) {
      named ??= new Map(table.fields);
      named.set(name, value);
      continue;
    }
    if (named !== undefined) table = { ...table, fields: named };
    named = undefined;
    table = writeTable(table, key, value, v.isOnlyText(key));
  }
  return named === undefined ? table : { ...table, fields: named };
}

function positional(values: readonly v.AbstractValue[], rest: v.AbstractValue | undefined): AbstractTable {
  const fields = new Map(values.map((value, position) => [`[${position + 1}]`, value]));
  const known = values.length;
  const hole = values.findIndex((value) => value.nil);
  const min = hole < 0 ? known : hole;
  const length = rest === undefined ? interval(true, min, known) : { ...ANY_LENGTH, min };
  const all = v.joinAll(rest === undefined ? values : [...values, rest]);
  const evenLength = rest === undefined && hole < 0 && known % 2 === 0;
  return { ...emptyTable(), fields, element: { ...all, nil: false }, length, evenLength };
}
