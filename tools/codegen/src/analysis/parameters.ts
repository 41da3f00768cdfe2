import type { TypeModel } from "../model/model.js";
import { numeric } from "./domain/interval.js";
import { emptyTable, listOf, type State, withTable } from "./domain/state.js";
import * as v from "./domain/value.js";
import type { AnalysisInput, ParamKind } from "./facts.js";
import type { Outcome } from "./interpreter/interpreter.js";

/** As many elements as the edges let a list argument have. */
export const MOST_LIST_ELEMENTS = 1000;

/** What a parameter of the script may be, by its contract. */
export function paramValue(name: string, input: AnalysisInput, state: State): Outcome {
  const kind = input.params.get(name);
  const origin = `the argument \`${name}\``;
  if (kind === undefined) return { state, value: v.unknown(origin) };
  if (kind.kind === "key") return { state, value: v.from({ ...v.NOTHING, keys: new Set([name]) }, origin) };
  const made =
    kind.kind === "list" ? listValue(name, kind.element, input, state) : { state, value: plain(name, kind) };
  const value = kind.optional === true ? { ...made.value, nil: true } : made.value;
  return { state: made.state, value: v.from(value, origin) };
}

function plain(name: string, kind: Exclude<ParamKind, { kind: "key" | "list" }>): v.Value {
  switch (kind.kind) {
    case "integer":
      return v.number({ ...numeric(true, kind.least, kind.greatest), same: name });
    case "text":
      return v.text();
    case "flag":
      return v.FLAG;
    case "choice":
      return v.texts(kind.values);
  }
}

function listValue(name: string, element: TypeModel, input: AnalysisInput, state: State): Outcome {
  const id = `argument:${name}`;
  const { value, state: filled } = elementValue(id, element, input, state);
  const list = listOf(v.from(value, `the argument \`${name}\``), numeric(true, 0, MOST_LIST_ELEMENTS));
  return { state: withTable(filled, id, list), value: v.table(id) };
}

function elementValue(id: string, type: TypeModel, input: AnalysisInput, state: State): Outcome {
  if (type.kind !== "record") return { state, value: ofType(type) };
  const fields = new Map<string, v.Value>();
  for (const field of type.fields) {
    const found = input.types.find((one) => one.name === field.type);
    fields.set(
      field.name,
      v.from(found === undefined ? v.unknown(field.type) : ofType(found), `the argument \`${field.name}\``),
    );
  }
  const record = `${id}:record`;
  return {
    state: withTable(state, record, { ...emptyTable(), fields, single: false }),
    value: v.table(record),
  };
}

function ofType(type: TypeModel): v.Value {
  switch (type.kind) {
    case "integer":
      return v.number(numeric(true, type.least, type.greatest));
    case "text":
      return v.text();
    case "flag":
      return v.FLAG;
    case "choice":
      return v.texts(type.values);
    case "record":
      return v.unknown(type.name);
  }
}
