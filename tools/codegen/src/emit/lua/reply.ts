import type { Model, ReplyField, TypeRef } from "../../model/model.js";
import { typeNamed } from "../../model/resolve.js";

type Types = Pick<Model, "types">;

/** One field of a reply, encoded from the local `reply_<name>`. */
export interface EncodedReply {
  /** Statements before the return. */
  readonly lines: readonly string[];
  /** The expression that is returned. */
  readonly value: string;
}

/** Redis ends a reply at the first nil, so a value that is absent becomes false. */
export function replyOf(model: Types, field: ReplyField): EncodedReply {
  const name = `reply_${field.name}`;
  const mayBeAbsent = field.when !== undefined || field.sometimes;
  if (field.type.kind === "list") {
    const type = typeNamed(model, field.type.element);
    if (type.kind === "record" && field.type.flat === undefined) {
      return rows(
        name,
        type.fields.map((part) =>
          typeNamed(model, part.type).kind === "flag" ? flag(`row.${part.name}`) : `row.${part.name}`,
        ),
      );
    }
    if (type.kind === "flag") return rows(name, [flag("row")]);
  } else if (isFlag(model, field.type)) {
    return { lines: [], value: mayBeAbsent ? `${name} ~= nil and (${flag(name)})` : flag(name) };
  }
  return { lines: [], value: mayBeAbsent ? `${name} or false` : name };
}

/** Whether each element of a list needs another form in a reply. */
export function isListOfRows(model: Types, type: TypeRef): boolean {
  if (type.kind !== "list" || type.flat) return false;
  const { kind } = typeNamed(model, type.element);
  return kind === "record" || kind === "flag";
}

/** Whether a value is true or false, which is 1 or 0 in a reply. */
export function isFlag(model: Types, type: TypeRef): boolean {
  return type.kind === "named" && typeNamed(model, type.name).kind === "flag";
}

function flag(value: string): string {
  return `${value} and 1 or 0`;
}

/** Encodes a list, which may be absent: the values of all rows in one list. */
function rows(name: string, values: readonly string[]): EncodedReply {
  const list = `wrapper_${name}`;
  const width = values.length;
  const lines = [
    `local ${list} = false`,
    `if ${name} then`,
    `${list} = {}`,
    `for index = 1, #${name} do`,
    `local row = ${name}[index]`,
    ...values.map((value, index) => `${list}[${position(width, index)}] = ${value}`),
    "end",
    "end",
  ];
  return { lines, value: list };
}

/** Where the value of a row stands in a list, from 1. */
function position(width: number, index: number): string {
  const end = width === 1 ? "index" : `${width} * index`;
  const before = width - 1 - index;
  return before === 0 ? end : `${end} - ${before}`;
}
