import type { Model, ReplyField, ScriptModel, TypeRef } from "../../model/model.js";
import { hasBytes, isGenerated, keyFieldsOf, keyNamed, maxElements } from "../../model/resolve.js";
import { camel, declarable } from "../../naming.js";
import { quote } from "./context.js";
import { replyGroups } from "./contract-types.js";
import { jsdoc } from "./jsdoc.js";

/** The tables of a script's types on the wire: `argument` and `field`. */
export function wireTables(script: ScriptModel): string[] {
  return [
    ...wireTable(
      "How each argument is encoded, with its bounds.",
      "argument",
      script.args.map((arg) => [arg.name, wireOf(arg.type, arg.optional)]),
    ),
    ...wireTable(
      "How each field of the reply is decoded, with its bounds.",
      "field",
      script.replies.map((reply) => [reply.name, wireOf(reply.type, reply.sometimes)]),
    ),
  ];
}

function wireTable(doc: string, name: string, entries: readonly (readonly [string, string])[]): string[] {
  if (entries.length === 0) return [];
  const lines = entries.map(([entry, wire]) => `  ${camel(entry)}: ${wire},`);
  return [...jsdoc("", [doc]), `const ${name} = {`, ...lines, "};", ""];
}

function wireOf(type: TypeRef, optional: boolean): string {
  const wire =
    type.kind === "choice"
      ? `choiceType([${type.values.map(quote).join(", ")}])`
      : type.kind === "list"
        ? `listType(types.${camel(type.element)}, ${maxElements(type)})`
        : `types.${camel(type.name)}`;
  return optional ? `optional(${wire})` : wire;
}

/** Where an encoder finds the value of an argument: among the caller's arguments, or in a new local. */
export interface ArgumentValues {
  /** The arguments that the client makes if the caller gives none, in camel case. */
  readonly made: readonly string[];
  /** The expression for an argument, whose name is in camel case. */
  from(name: string): string;
}

export function argumentValues(model: Model, script: ScriptModel): ArgumentValues {
  const made = [
    ...keyFieldsOf(model, script)
      .filter((field) => field.generated)
      .map((field) => camel(field.name)),
    ...script.args.filter((arg) => isGenerated(model, arg.type)).map((arg) => camel(arg.name)),
  ];
  return { made, from: (name) => (made.includes(name) ? declarable(name) : `args.${name}`) };
}

/** The declarations of the arguments that the client makes. */
export function madeArguments({ made }: ArgumentValues, indent: string): string[] {
  return made.map((name) => `${indent}const ${declarable(name)} = args.${name} ?? newOperation();`);
}

/** The call that makes a key: `keys.stock(scope, args.product)`. */
export function keyCall(model: Model, key: string, { from }: ArgumentValues): string {
  const free = keyNamed(model, key).fields.filter((field) => field !== "namespace" && field !== "tenant");
  return `keys.${camel(key)}(${["scope", ...free.map((field) => from(camel(field)))].join(", ")})`;
}

/** The method that turns arguments into KEYS and ARGV. */
export function encoder(model: Model, script: ScriptModel): string[] {
  const fields = keyFieldsOf(model, script);
  const values = argumentValues(model, script);
  const { from } = values;
  const keyCalls = script.keys.map(({ key }) => keyCall(model, key, values));
  const argCalls = script.args.map((arg) => {
    const name = camel(arg.name);
    return `${arg.type.kind === "list" ? "..." : ""}argument.${name}.encode(${quote(name)}, ${from(name)})`;
  });
  const parameters = [
    ...(script.keys.length > 0 ? ["scope"] : script.args.length > 0 ? ["_scope"] : []),
    ...(script.args.length + fields.length > 0 ? ["args"] : []),
  ];
  return [
    `  encode(${parameters.join(", ")}) {`,
    ...madeArguments(values, "    "),
    "    return {",
    ...listed("keys", keyCalls),
    ...listed("args", argCalls),
    "    };",
    "  },",
  ];
}

/** A property that holds an array: on one line if it has at most one element. */
function listed(property: string, elements: readonly string[]): string[] {
  if (elements.length < 2) return [`      ${property}: [${elements.join()}],`];
  return [`      ${property}: [`, ...elements.map((element) => `        ${element},`), "      ],"];
}

/** The method that turns a reply into the declared type. */
export function decoder(model: Model, script: ScriptModel): string[] {
  const groups = replyGroups(model, script);
  // If a value has bytes, the client passes all strings as buffers.
  const hasBuffers = script.replies.some(({ type }) => hasBytes(model, type));
  const isText = ({ type }: ReplyField) => hasBuffers && !hasBytes(model, type);
  const read = (field: ReplyField): string => {
    const index = script.replies.indexOf(field);
    const value = isText(field) ? `textsOf(fields[${index}])` : `fields[${index}]`;
    return `field.${camel(field.name)}.decode(${quote(camel(field.name))}, ${value})`;
  };
  const start = ["  decode(reply) {", `    const fields = readFields(reply, ${script.replies.length});`];
  if (groups === undefined) {
    return [
      ...start,
      "    return {",
      ...script.replies.map((field) => `      ${camel(field.name)}: ${read(field)},`),
      "    };",
      "  },",
    ];
  }
  const [first] = script.replies;
  const outcome = `    const outcome = ${first === undefined ? "" : read(first)};`;
  const [only] = groups;
  if (groups.length === 1 && only !== undefined) {
    const rest = only.fields.map((field) => `, ${camel(field.name)}: ${read(field)}`).join("");
    return [...start, outcome, `    return { outcome${rest} };`, "  },"];
  }
  const cases = groups.flatMap((group) => [
    ...group.outcomes.map((name) => `      case ${quote(name)}:`),
    "        return {",
    "          outcome,",
    ...group.fields.map((field) => `          ${camel(field.name)}: ${read(field)},`),
    "        };",
  ]);
  return [...start, outcome, "    switch (outcome) {", ...cases, "    }", "  },"];
}
