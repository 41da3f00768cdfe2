import type { Model, TypeModel, TypeRef } from "../../model/model.js";
import { hasBytes, maxElements, typeNamed } from "../../model/resolve.js";
import { pascal } from "../../naming.js";
import { quote } from "./context.js";

/** The TypeScript type of an argument. */
export function argumentTypeOf(model: Model, type: TypeRef): string {
  return hasBytes(model, type) ? "Uint8Array" : typeScriptOf(model, type);
}

/** The TypeScript type of a reply field. */
export function replyTypeOf(model: Model, type: TypeRef): string {
  return hasBytes(model, type) ? "Buffer" : typeScriptOf(model, type);
}

function typeScriptOf(model: Model, type: TypeRef): string {
  if (type.kind === "choice") return type.values.map(quote).join(" | ");
  if (type.kind === "list") return `readonly ${elementOf(model, type.element)}[]`;
  return elementOf(model, type.name);
}

function elementOf(model: Model, name: string): string {
  const type = typeNamed(model, name);
  switch (type.kind) {
    case "integer":
      return "number";
    case "text":
      return "string";
    case "flag":
      return "boolean";
    case "choice":
    case "record":
      return `types.${pascal(name)}`;
  }
}

/**
 * `Below zero for a sale. Units, -1,000 to 1,000.`: what a value means, its unit and its bounds.
 */
export function describe(
  model: Model,
  { type, note }: { readonly type: TypeRef; readonly note: string },
): string {
  if (type.kind === "choice") return sentence(note);
  const named = typeNamed(model, type.kind === "list" ? type.element : type.name);
  const bounds = boundsOf(named);
  const meaning = note === "" ? sentence(named.purpose) : sentence(note);
  if (type.kind === "named") return [meaning, sentence(bounds)].filter((part) => part !== "").join(" ");
  const each = bounds === "" ? "" : `; each ${bounds}`;
  return [meaning, `At most ${grouped(maxElements(type))} elements${each}.`]
    .filter((part) => part !== "")
    .join(" ");
}

/** `units, 0 to 1,000`; empty for a type without bounds. */
export function boundsOf(type: TypeModel): string {
  if (type.kind === "text") return `${grouped(type.minBytes)} to ${grouped(type.maxBytes)} bytes`;
  if (type.kind !== "integer") return "";
  return `${type.unit === undefined ? "" : `${type.unit}, `}${grouped(type.min)} to ${grouped(type.max)}`;
}

/** A note as a sentence: with a capital letter and a full stop. */
export function sentence(note: string): string {
  const text = ended(note);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** A note with a full stop at its end; an empty one stays empty. */
export function ended(note: string): string {
  const text = note.trim();
  return text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
}

/** 1000000 -> `1,000,000` */
export function grouped(number: number, separator = ","): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, separator);
}
