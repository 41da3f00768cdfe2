import type {
  ArgParam,
  FieldModel,
  Model,
  ReplyField,
  ScriptModel,
  TypeModel,
  TypeRef,
} from "../model/model.js";
import { choicesIn, isList, typeNamed } from "../model/resolve.js";
import { counted } from "../naming.js";

/** How many elements a list may have, as an argument or in a reply. */
export const MOST_ELEMENTS = 1000;

type Types = Pick<Model, "types">;

/**
 * The generated end of a script: it counts KEYS and ARGV, converts and bounds each argument, calls the function, and
 * encodes the reply. Nothing is written before all of it was checked.
 */
export function edgeText(
  model: Types,
  script: Pick<ScriptModel, "name" | "keys" | "args" | "replies">,
  main: string,
): string {
  const uses = new Set<Helper>();
  const listed = script.args.some(isList);
  const next = argumentReader(listed, uses);
  const given = script.args.map((arg) => `local given_${arg.name} = ${argument(model, arg, next(), uses)}`);
  const call = [
    ...script.keys.map((_, index) => `KEYS[${index + 1}]`),
    ...script.args.map((arg) => `given_${arg.name}`),
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
    ...given,
    ...(listed
      ? [
          `if edge_position ~= #ARGV then\nreturn redis.error_reply("ARGUMENT ${script.name} expected as many arguments as its lists say")\nend`,
        ]
      : []),
    `local ${names.join(", ")} = ${main}(${call.join(", ")})`,
    `return {${reply.join(", ")}}`,
  ];
  return [...helpers(script.name, uses), ...body].join("\n");
}

/** Gives the expression that reads the next element of ARGV: by position, or by a cursor where lists vary in length. */
function argumentReader(listed: boolean, uses: Set<Helper>): () => string {
  let position = 0;
  if (!listed) {
    return () => {
      position += 1;
      return `ARGV[${position}]`;
    };
  }
  uses.add("next");
  return () => "edge_next()";
}

function argument(model: Types, arg: ArgParam, text: string, uses: Set<Helper>): string {
  if (arg.type.kind === "list") {
    uses.add("refuse").add("integer").add("list");
    return `edge_list("${arg.name}", function()\nreturn ${element(model, arg.name, arg.type.element, text, uses)}\nend)`;
  }
  const read = (from: string) => value(model, arg.name, arg.type, from, uses);
  if (!arg.optional) return read(text);
  uses.add("optional");
  return `edge_optional(${text}, function(text)\nreturn ${read("text")}\nend)`;
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
    uses.add("choice");
    return `edge_choice("${name}", ${text}, {${choices.map((choice) => `["${choice}"] = true`).join(", ")}})`;
  }
  if (type.kind !== "named") throw new Error(`${name} is a list inside a list`);
  return scalar(name, typeNamed(model, type.name), text, uses);
}

const FORBIDDEN = { key: "[%c{}]", upper: "[^A-Z]", any: "" } as const;

function scalar(name: string, type: TypeModel, text: string, uses: Set<Helper>): string {
  switch (type.kind) {
    case "integer":
      uses.add("integer");
      return `edge_integer("${name}", ${text}, ${type.least}, ${type.greatest})`;
    case "text": {
      uses.add("text");
      const forbidden = FORBIDDEN[type.charset];
      return `edge_text("${name}", ${text}, ${type.leastBytes}, ${type.greatestBytes}, ${forbidden === "" ? "nil" : `"${forbidden}"`})`;
    }
    case "flag":
      uses.add("flag");
      return `edge_flag("${name}", ${text})`;
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
    if (type.kind === "record") {
      uses.add("rows");
      return `edge_rows(${name}, {${type.fields.map((part) => `"${part.name}"`).join(", ")}})`;
    }
  } else if (field.type.kind === "named" && typeNamed(model, field.type.name).kind === "flag") {
    uses.add("reply_flag");
    return `edge_reply_flag(${name})`;
  }
  if (!mayBeAbsent) return name;
  uses.add("absent");
  return `edge_absent(${name})`;
}

type Helper =
  | "refuse"
  | "next"
  | "integer"
  | "text"
  | "flag"
  | "choice"
  | "list"
  | "optional"
  | "absent"
  | "reply_flag"
  | "rows";

/** The helpers that an edge uses, in the order in which they need each other. */
function helpers(script: string, uses: ReadonlySet<Helper>): string[] {
  const texts: readonly (readonly [Helper, string])[] = [
    [
      "refuse",
      `local function edge_refuse(argument, expected)
  error({ err = "ARGUMENT ${script} " .. argument .. ": expected " .. expected })
end`,
    ],
    [
      "next",
      `local edge_position = 0
local function edge_next()
  edge_position = edge_position + 1
  return ARGV[edge_position] or ""
end`,
    ],
    [
      "integer",
      `local function edge_integer(argument, text, least, greatest)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < least or number > greatest then
    edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
  end
  return number
end`,
    ],
    [
      "text",
      `local function edge_text(argument, text, least, greatest, forbidden)
  if #text < least or #text > greatest then
    edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
  end
  if forbidden and string.find(text, forbidden) then
    edge_refuse(argument, "no character of " .. forbidden)
  end
  return text
end`,
    ],
    [
      "flag",
      `local function edge_flag(argument, text)
  if text ~= "1" and text ~= "0" then
    edge_refuse(argument, "1 or 0")
  end
  return text == "1"
end`,
    ],
    [
      "choice",
      `local function edge_choice(argument, text, choices)
  if not choices[text] then
    edge_refuse(argument, "one of its choices")
  end
  return text
end`,
    ],
    [
      "list",
      `local function edge_list(argument, read)
  local list = {}
  for position = 1, edge_integer(argument, edge_next(), 0, ${MOST_ELEMENTS}) do
    list[position] = read()
  end
  return list
end`,
    ],
    [
      "optional",
      `local function edge_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end`,
    ],
    [
      "absent",
      `local function edge_absent(value)
  if value == nil then
    return false
  end
  return value
end`,
    ],
    [
      "reply_flag",
      `local function edge_reply_flag(value)
  if value == nil then
    return false
  end
  return value and 1 or 0
end`,
    ],
    [
      "rows",
      `local function edge_rows(records, fields)
  if records == nil then
    return false
  end
  local rows = {}
  for index, record in ipairs(records) do
    rows[index] = {}
    for position, field in ipairs(fields) do
      rows[index][position] = record[field]
    end
  end
  return rows
end`,
    ],
  ];
  return texts.filter(([helper]) => uses.has(helper)).map(([, text]) => text);
}
