import type { AbstractState } from "../analysis/domain/state.js";
import * as v from "../analysis/domain/value.js";
import type { TypeModel, TypeRef } from "../model/model.js";
import { typeNamed } from "./input.js";

/** How a value differs from a declared type, and where within it: `[].count`. */
export interface KindFault {
  readonly rule: "reply/mismatch" | "reply/float";
  readonly path: string;
  readonly message: string;
}

function fault(message: string, path = ""): KindFault {
  return { rule: "reply/mismatch", path, message };
}

/** What is wrong with a value as one of a declared type; nil is not asked about. */
export function kindFault(
  type: TypeRef,
  value: v.AbstractValue,
  state: AbstractState,
  types: readonly TypeModel[],
): KindFault | undefined {
  if (type.kind === "choice") return choiceFault(type.values, value);
  if (type.kind === "list") return listFault(type, value, state, types);
  const named = typeNamed(types, type.name);
  return named === undefined ? undefined : namedFault(named, value, state, types);
}

function namedFault(
  type: TypeModel,
  value: v.AbstractValue,
  state: AbstractState,
  types: readonly TypeModel[],
): KindFault | undefined {
  switch (type.kind) {
    case "integer":
      return integerFault(type, value);
    case "text":
      if (value.number !== undefined) return fault("is a number, but a text is declared");
      return otherFault(value, "a text is declared", { text: true });
    case "flag":
      if (value.number !== undefined || value.text !== undefined)
        return fault("is not a flag, but a flag is declared");
      return otherFault(value, "a flag is declared", { flag: true });
    case "choice":
      return choiceFault(type.values, value);
    case "record":
      return recordFault(type, value, state, types);
  }
}

/** What a value may be beside numbers and texts, where none of it is declared. */
function otherFault(
  value: v.AbstractValue,
  declared: string,
  allowed: { readonly text?: boolean; readonly flag?: boolean; readonly table?: boolean },
): KindFault | undefined {
  if (value.unknown) return fault(`may be anything, but ${declared}`);
  if (value.keys.size > 0) return fault(`is a key's name, but ${declared}`);
  if (value.tables.size > 0 && allowed.table !== true) return fault(`is a table, but ${declared}`);
  if (value.functions.size > 0 || value.libraries.size > 0) return fault(`is a function, but ${declared}`);
  // False stands for nothing, as Redis says it; true stands for something else.
  if (value.boolTrue && allowed.flag !== true) return fault(`is a flag, but ${declared}`);
  if (value.text !== undefined && allowed.text !== true) return fault(`is a text, but ${declared}`);
  return undefined;
}

function integerFault(
  type: Extract<TypeModel, { kind: "integer" }>,
  value: v.AbstractValue,
): KindFault | undefined {
  const { number } = value;
  if (number !== undefined && (number.min > type.max || number.max < type.min))
    return fault(`is outside of the range of ${type.name}, ${type.min} to ${type.max}`);
  if (value.number?.whole === false) {
    return { rule: "reply/float", path: "", message: "may have a fraction, but an integer is declared" };
  }
  return otherFault(value, "an integer is declared", {});
}

function choiceFault(values: readonly string[], value: v.AbstractValue): KindFault | undefined {
  const declared = values.map((one) => `"${one}"`).join(" or ");
  if (value.number !== undefined) return fault(`is a number, but ${declared} is declared`);
  const { text } = value;
  if (text !== undefined) {
    if (text.literals === undefined) return fault(`is not known to be ${declared}`);
    const wrong = [...text.literals].find((literal) => !values.includes(literal));
    if (wrong !== undefined) return fault(`may be "${wrong}", but ${declared} is declared`);
  }
  return otherFault(value, `${declared} is declared`, { text: true });
}

function listFault(
  { element, flat }: Extract<TypeRef, { kind: "list" }>,
  value: v.AbstractValue,
  state: AbstractState,
  types: readonly TypeModel[],
): KindFault | undefined {
  if (value.number !== undefined) return fault("is a number, but a list is declared");
  const other = otherFault(value, "a list is declared", { table: true });
  if (other !== undefined) return other;
  const type = typeNamed(types, element);
  if (type === undefined) return undefined;
  for (const id of value.tables) {
    const table = state.tables.get(id);
    if (table === undefined) continue;
    const named = [...table.fields.keys()].find((key) => !key.startsWith("["));
    if (named !== undefined) return fault(`has the field "${named}", but a list is declared`);
    const one = { ...table.element, nil: false, boolFalse: false };
    const found =
      flat && type.kind === "record" ? fieldFault(type, one, types) : namedFault(type, one, state, types);
    if (found !== undefined) return { ...found, path: `[]${found.path}` };
  }
  return undefined;
}

/** What is wrong with a value as one of the fields of a flat row. */
function fieldFault(
  type: Extract<TypeModel, { kind: "record" }>,
  value: v.AbstractValue,
  types: readonly TypeModel[],
): KindFault | undefined {
  const kinds = new Set(type.fields.map((field) => typeNamed(types, field.type)?.kind));
  if (kinds.has("flag")) return fault(`is a row of ${type.name}, which has a flag and cannot be flat`);
  const declared = `a field of ${type.name} is declared`;
  if (value.number !== undefined && !kinds.has("integer")) return fault(`is a number, but ${declared}`);
  if (value.number?.whole === false)
    return { rule: "reply/float", path: "", message: "may have a fraction, but an integer is declared" };
  return otherFault(value, declared, { text: kinds.has("text") || kinds.has("choice") });
}

function recordFault(
  type: Extract<TypeModel, { kind: "record" }>,
  value: v.AbstractValue,
  state: AbstractState,
  types: readonly TypeModel[],
): KindFault | undefined {
  if (value.number !== undefined) return fault(`is a number, but a ${type.name} is declared`);
  const other = otherFault(value, `a ${type.name} is declared`, { table: true });
  if (other !== undefined) return other;
  for (const id of value.tables) {
    const table = state.tables.get(id);
    if (table === undefined) continue;
    const stray = [...table.fields.keys()].find((key) => !type.fields.some((field) => field.name === key));
    if (stray !== undefined) return fault(`has the field "${stray}", which a ${type.name} does not have`);
    for (const field of type.fields) {
      const held = table.fields.get(field.name) ?? v.join(table.element, v.NIL);
      const path = `.${field.name}`;
      const isFlag = typeNamed(types, field.type)?.kind === "flag";
      if (held.nil || (held.boolFalse && !isFlag))
        return fault("may be nil, but a record has all of its fields", path);
      const named = typeNamed(types, field.type);
      const found = named === undefined ? undefined : namedFault(named, held, state, types);
      if (found !== undefined) return { ...found, path };
    }
  }
  return undefined;
}
