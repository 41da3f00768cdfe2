import type {
  ArgParam,
  FieldModel,
  Model,
  ReplyField,
  ScriptModel,
  TypeModel,
  TypeRef,
} from "../../model/model.js";
import { choicesIn, isList, typeNamed } from "../../model/resolve.js";
import { counted } from "../../naming.js";
import { type Helper, helpers } from "./wrapper-helpers.js";

type Types = Pick<Model, "types">;

/**
 * The generated wrapper at the end of a script. It counts KEYS and ARGV, converts each argument and
 * checks its bounds, calls the function, and encodes the reply. It checks all arguments before the
 * function runs.
 */
export function wrapperText(
  model: Types,
  script: Pick<ScriptModel, "name" | "keys" | "args" | "replies">,
  main: string,
): string {
  const uses = new Set<Helper>();
  const listed = script.args.some(isList);
  const next = argumentReader(listed, uses);
  const read = script.args.map((arg) => `local arg_${arg.name} = ${argument(model, arg, next(), uses)}`);
  const call = [
    ...script.keys.map((_, index) => `KEYS[${index + 1}]`),
    ...script.args.map((arg) => `arg_${arg.name}`),
  ];
  const names = script.replies.map((reply) => `reply_${reply.name}`);
  const reply = script.replies.map((field) => replyValue(model, field, uses));
  const counts = listed
    ? `#KEYS ~= ${script.keys.length}`
    : `#KEYS ~= ${script.keys.length} or #ARGV ~= ${script.args.length}`;
  const expected = listed
    ? `expected ${counted(script.keys.length, "key")}`
    : `expected ${counted(script.keys.length, "key")} and ${counted(script.args.length, "argument")}`;
  const body = [
    `if ${counts} then\nreturn redis.error_reply("ARGUMENT ${script.name} ${expected}")\nend`,
    ...read,
    ...(listed
      ? [
          `if wrapper_position ~= #ARGV then\nreturn redis.error_reply("ARGUMENT ${script.name} expected as many arguments as its lists say")\nend`,
        ]
      : []),
    `local ${names.join(", ")} = ${main}(${call.join(", ")})`,
    `return {${reply.join(", ")}}`,
  ];
  return [helpers(script.name, uses).join("\n\n"), body.join("\n")].join("\n\n");
}

/**
 * Gives the expression that reads the next element of ARGV: by position, or by a cursor where lists
 * vary in length.
 */
function argumentReader(listed: boolean, uses: Set<Helper>): () => string {
  let position = 0;
  if (!listed) {
    return () => {
      position += 1;
      return `ARGV[${position}]`;
    };
  }
  uses.add("next_argument");
  return () => "wrapper_next_argument()";
}

function argument(model: Types, arg: ArgParam, text: string, uses: Set<Helper>): string {
  if (arg.type.kind === "list") {
    uses.add("refuse").add("read_integer").add("read_list");
    return `wrapper_read_list("${arg.name}", function()\nreturn ${element(model, arg.name, arg.type.element, text, uses)}\nend)`;
  }
  const read = (from: string) => value(model, arg.name, arg.type, from, uses);
  if (!arg.optional) return read(text);
  uses.add("read_optional");
  return `wrapper_read_optional(${text}, function(text)\nreturn ${read("text")}\nend)`;
}

function element(model: Types, name: string, type: string, text: string, uses: Set<Helper>): string {
  const named = typeNamed(model, type);
  if (named.kind !== "record") return value(model, name, { kind: "named", name: type }, text, uses);
  const fields = named.fields.map((field: FieldModel) => {
    const read = value(model, `${name}.${field.name}`, { kind: "named", name: field.type }, text, uses);
    return `${field.name} = ${read}`;
  });
  return `{${fields.join(", ")}}`;
}

function value(model: Types, name: string, type: TypeRef, text: string, uses: Set<Helper>): string {
  const choices = choicesIn(model, type);
  uses.add("refuse");
  if (choices !== undefined) {
    uses.add("read_choice");
    return `wrapper_read_choice("${name}", ${text}, {${choices.map((choice) => `["${choice}"] = true`).join(", ")}})`;
  }
  if (type.kind !== "named") throw new Error(`${name} is a list inside a list`);
  return scalar(name, typeNamed(model, type.name), text, uses);
}

/** Per charset: a Lua pattern of what it forbids, and the words for it. */
const FORBIDDEN = {
  key: ', "[%c{}]", "no control characters and no braces"',
  upper: ', "[^A-Z]", "letters A to Z"',
  any: "",
} as const;

function scalar(name: string, type: TypeModel, text: string, uses: Set<Helper>): string {
  switch (type.kind) {
    case "integer":
      uses.add("read_integer");
      return `wrapper_read_integer("${name}", ${text}, ${type.min}, ${type.max})`;
    case "text": {
      uses.add("read_text");
      return `wrapper_read_text("${name}", ${text}, ${type.minBytes}, ${type.maxBytes}${FORBIDDEN[type.charset]})`;
    }
    case "flag":
      uses.add("read_flag");
      return `wrapper_read_flag("${name}", ${text})`;
    case "choice":
    case "record":
      throw new Error(`${name}: ${type.kind} is no scalar`);
  }
}

function replyValue(model: Types, field: ReplyField, uses: Set<Helper>): string {
  const name = `reply_${field.name}`;
  const mayBeAbsent = field.when !== undefined || field.sometimes;
  if (field.type.kind === "list") {
    const type = typeNamed(model, field.type.element);
    if (type.kind === "flag") {
      uses.add("encode_flags");
      return `wrapper_encode_flags(${name})`;
    }
    if (type.kind === "record") {
      const flagged = type.fields.some((part) => typeNamed(model, part.type).kind === "flag");
      const helper = flagged ? "encode_records_with_flags" : "encode_records";
      uses.add(helper);
      return `wrapper_${helper}(${name}, {${type.fields.map((part) => `"${part.name}"`).join(", ")}})`;
    }
  } else if (field.type.kind === "named" && typeNamed(model, field.type.name).kind === "flag") {
    uses.add("encode_flag");
    return `wrapper_encode_flag(${name})`;
  }
  if (!mayBeAbsent) return name;
  uses.add("encode_optional");
  return `wrapper_encode_optional(${name})`;
}
