import type { TypeModel } from "../model/model.js";
import { interval } from "./domain/interval.js";
import { type AbstractState, emptyTable, listOf, withTable } from "./domain/state.js";
import * as v from "./domain/value.js";
import type { AnalysisInput, ParamKind } from "./facts.js";
import type { Outcome } from "./interpreter/interpreter.js";

/** What a parameter of the script may be, by its contract. */
export function paramValue(name: string, input: AnalysisInput, state: AbstractState): Outcome {
  const kind = input.params.get(name);
  const origin = `the argument \`${name}\``;
  if (kind === undefined) return { state, value: v.unknown(origin) };
  if (kind.kind === "key")
    return { state, value: v.withOrigin({ ...v.BOTTOM, keys: new Set([name]) }, origin) };
  const made =
    kind.kind === "list" ? listValue(name, kind, input, state) : { state, value: scalarValue(name, kind) };
  const value = kind.optional === true ? { ...made.value, nil: true } : made.value;
  return { state: made.state, value: v.withOrigin(value, origin) };
}

function scalarValue(name: string, kind: Exclude<ParamKind, { kind: "key" | "list" }>): v.AbstractValue {
  switch (kind.kind) {
    case "integer":
      return v.number({ ...interval(true, kind.min, kind.max), equalTo: name });
    case "text":
      return v.text();
    case "flag":
      return v.BOOLEAN;
    case "choice":
      return v.texts(kind.values);
  }
}

function listValue(
  name: string,
  { element, max }: Extract<ParamKind, { kind: "list" }>,
  input: AnalysisInput,
  state: AbstractState,
): Outcome {
  const id = `argument:${name}`;
  const { value, state: filled } = elementValue(id, element, input, state);
  const list = listOf(v.withOrigin(value, `the argument \`${name}\``), interval(true, 0, max));
  return { state: withTable(filled, id, list), value: v.table(id) };
}

function elementValue(id: string, type: TypeModel, input: AnalysisInput, state: AbstractState): Outcome {
  if (type.kind !== "record") return { state, value: typeValue(type) };
  const fields = new Map<string, v.AbstractValue>();
  for (const field of type.fields) {
    const found = input.types.find((one) => one.name === field.type);
    fields.set(
      field.name,
      v.withOrigin(
        found === undefined ? v.unknown(field.type) : typeValue(found),
        `the argument \`${field.name}\``,
      ),
    );
  }
  const record = `${id}:record`;
  return {
    state: withTable(state, record, { ...emptyTable(), fields, isSingle: false }),
    value: v.table(record),
  };
}

function typeValue(type: TypeModel): v.AbstractValue {
  switch (type.kind) {
    case "integer":
      return v.number(interval(true, type.min, type.max));
    case "text":
      return v.text();
    case "flag":
      return v.BOOLEAN;
    case "choice":
      return v.texts(type.values);
    case "record":
      return v.unknown(type.name);
  }
}
