import type { Model, ReplyField, ScriptModel } from "../../model/model.js";
import { typeNamed } from "../../model/resolve.js";
import { argumentLines } from "./wrapper-arguments.js";

type Types = Pick<Model, "types">;

/**
 * The generated wrapper at the end of a script. It counts KEYS and ARGV, converts each argument and
 * checks its bounds, calls the function, and encodes the reply. It checks all arguments before the
 * function runs.
 *
 * All of it stands in the main chunk, because each function would be made again in every call. An
 * error that is returned costs a fifth of one that is thrown.
 */
export function wrapperText(
  model: Types,
  script: Pick<ScriptModel, "name" | "keys" | "args" | "replies">,
  main: string,
): string {
  const call = [
    ...script.keys.map((_, index) => `KEYS[${index + 1}]`),
    ...script.args.map((arg) => `arg_${arg.name}`),
  ];
  const replies = script.replies.map((field) => replyOf(model, field));
  return [
    ...argumentLines(model, script),
    `local ${script.replies.map(({ name }) => `reply_${name}`).join(", ")} = ${main}(${call.join(", ")})`,
    ...replies.flatMap(({ lines }) => lines),
    `return {${replies.map(({ value }) => value).join(", ")}}`,
  ].join("\n");
}

interface EncodedReply {
  /** Statements before the return. */
  readonly lines: readonly string[];
  /** The expression that is returned. */
  readonly value: string;
}

/** Redis ends a reply at the first nil, so a value that is absent becomes false. */
function replyOf(model: Types, field: ReplyField): EncodedReply {
  const name = `reply_${field.name}`;
  const mayBeAbsent = field.when !== undefined || field.sometimes;
  if (field.type.kind === "list") {
    const type = typeNamed(model, field.type.element);
    if (type.kind === "record") {
      const fields = type.fields.map((part) =>
        typeNamed(model, part.type).kind === "flag" ? flag(`row.${part.name}`) : `row.${part.name}`,
      );
      return rows(name, `{ ${fields.join(", ")} }`);
    }
    if (type.kind === "flag") return rows(name, flag("row"));
  } else if (field.type.kind === "named" && typeNamed(model, field.type.name).kind === "flag") {
    return { lines: [], value: mayBeAbsent ? `${name} ~= nil and (${flag(name)})` : flag(name) };
  }
  return { lines: [], value: mayBeAbsent ? `${name} or false` : name };
}

function flag(value: string): string {
  return `${value} and 1 or 0`;
}

/** Encodes each row of a list, which may be absent. */
function rows(name: string, row: string): EncodedReply {
  const lines = [
    `local wrapper_${name} = false`,
    `if ${name} then`,
    `wrapper_${name} = {}`,
    `for index = 1, #${name} do`,
    `local row = ${name}[index]`,
    `wrapper_${name}[index] = ${row}`,
    "end",
    "end",
  ];
  return { lines, value: `wrapper_${name}` };
}
