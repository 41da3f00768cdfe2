import type { ArgParam, Model, ReplyField, ScriptModel, TypeRef } from "../model/model.js";
import {
  durableKeysOf,
  isGenerated,
  keyFieldsOf,
  keyNamed,
  outcomesOf,
  typeNamed,
  typeText,
} from "../model/resolve.js";
import { camel, declarable, exported, pascal } from "../naming.js";
import { MOST_ELEMENTS } from "./helpers.js";
import type { EmittedLua } from "./lua.js";

/** What every emitter of TypeScript needs to know. */
export interface TypeScriptContext {
  readonly model: Model;
  /** How the modules of a domain's folder import the client: `../../../src/client/index.js` or `moonpath/client`. */
  readonly client: string;
  /** The `lua/` folder, as comments and errors name it. */
  readonly sourceRoot: string;
}

/** The generated module of one script. */
export function emitScript(context: TypeScriptContext, script: ScriptModel, lua: EmittedLua): string {
  const { model } = context;
  const name = pascal(script.operation);
  const operation = camel(script.operation);
  const body = [
    ...argsInterface(model, script, `${name}Args`),
    "",
    ...replyType(model, script, `${name}Reply`),
    "",
    ...wireTable(
      "argument",
      script.args.map((arg) => [arg.name, wireOf(arg.type, arg.optional)]),
    ),
    ...wireTable(
      "field",
      script.replies.map((reply) => [reply.name, wireOf(reply.type, reply.sometimes)]),
    ),
    ...jsdoc("", [script.purpose, script.description, `@see ${context.sourceRoot}/${script.file}`]),
    `${declarable(operation) === operation ? "export " : ""}const ${declarable(operation)}: Script<${name}Args, ${name}Reply> = {`,
    `  name: ${quote(script.name)},`,
    `  version: ${quote(script.version)},`,
    `  digest: ${quote(lua.digest)},`,
    `  writes: ${String(script.keys.some((key) => key.access === "write"))},`,
    `  resend: ${quote(script.resend.mode)},`,
    ...(durableKeysOf(model, script).length > 0 ? ["  durable: true,"] : []),
    ...(script.resend.within === undefined
      ? []
      : [`  resendWithinMs: (args) => args.${camel(script.resend.within)},`]),
    "  keyPatterns: [",
    ...script.keys.map((key) => `    ${quote(keyNamed(model, key.key).pattern)},`),
    "  ],",
    ...encoder(model, script),
    ...decoder(model, script),
    "  lines: {",
    ...[...lua.lines].map(
      ([file, lines]) => `    ${quote(`${context.sourceRoot}/${file}`)}: ${lineRecord(lines)},`,
    ),
    "  },",
    `  lua: \`${lua.text.replace(/[\\`]|\$\{/g, "\\$&")}\`,`,
    "};",
    ...exported(operation),
  ];
  const code = body.slice(0, body.indexOf("  lines: {")).join("\n");
  return `${header(context, script)}${imports(context, withoutComments(code))}\n${body.join("\n")}\n`;
}

function header(context: TypeScriptContext, script: ScriptModel): string {
  return `// ${script.name} ${script.version}. Generated from ${context.sourceRoot}/${script.file} by moonpath-codegen. DO NOT EDIT.\n`;
}

const CLIENT_VALUES = ["choiceType", "listType", "newOperation", "optional", "readFields"];

function imports(context: TypeScriptContext, code: string): string {
  const values = CLIENT_VALUES.filter((name) => new RegExp(`\\b${name}\\(`).test(code));
  const names = [...values, "type Script"].join(", ");
  const lines = [`import { ${names} } from ${quote(context.client)};`];
  if (/\bkeys\./.test(code)) lines.push('import * as keys from "../keys.js";');
  if (/\btypes\./.test(code)) lines.push('import * as types from "../types.js";');
  return `${lines.join("\n")}\n`;
}

function argsInterface(model: Model, script: ScriptModel, name: string): string[] {
  const lines = [...jsdoc("", [`Arguments of \`${script.name}\`.`]), `export interface ${name} {`];
  for (const field of keyFieldsOf(model, script)) {
    const note = field.generated
      ? "part of the key; the client makes one if there is none"
      : "part of the key";
    lines.push(
      ...jsdoc("  ", [describe(model, { type: { kind: "named", name: field.type }, note })]),
      `  readonly ${camel(field.name)}${field.generated ? "?" : ""}: string${field.generated ? " | undefined" : ""};`,
    );
  }
  for (const arg of script.args) {
    const absent = arg.optional || isGenerated(model, arg.type);
    lines.push(
      ...jsdoc("  ", [describe(model, arg)]),
      `  readonly ${camel(arg.name)}${absent ? "?" : ""}: ${typeScriptOf(model, arg.type)}${absent ? " | undefined" : ""};`,
    );
  }
  return [...lines, "}"];
}

/** `units, 0 to 1000000000000; on hand now` */
function describe(model: Model, about: Pick<ArgParam | ReplyField, "type" | "note">): string {
  const type = about.type.kind === "named" ? typeNamed(model, about.type.name) : undefined;
  const parts = [
    type?.kind === "integer" ? (type.unit ?? type.name) : typeText(about.type).replaceAll('"', "`"),
  ];
  if (type?.kind === "integer") parts[0] += `, ${type.least} to ${type.greatest}`;
  if (type?.kind === "text") parts[0] += `, ${type.leastBytes} to ${type.greatestBytes} bytes`;
  if (about.note !== "") parts.push(about.note);
  return parts.join("; ");
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

/** Outcomes that carry the same fields share a member of the union. */
function replyGroups(
  model: Model,
  script: ScriptModel,
): { outcomes: readonly string[]; fields: readonly ReplyField[] }[] | undefined {
  const outcomes = outcomesOf(model, script.replies);
  if (outcomes === undefined) return undefined;
  const groups = new Map<string, { outcomes: string[]; fields: readonly ReplyField[] }>();
  for (const outcome of outcomes) {
    const fields = script.replies
      .slice(1)
      .filter((field) => field.when === undefined || field.when.includes(outcome));
    const id = fields.map((field) => field.name).join();
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { outcomes: [outcome], fields });
    else group.outcomes.push(outcome);
  }
  return [...groups.values()];
}

function replyType(model: Model, script: ScriptModel, name: string): string[] {
  const groups = replyGroups(model, script);
  const property = (indent: string, field: ReplyField): string[] => [
    ...jsdoc(indent, [describe(model, field)]),
    `${indent}readonly ${camel(field.name)}: ${typeScriptOf(model, field.type)}${field.sometimes ? " | undefined" : ""};`,
  ];
  const about = jsdoc("", [`Reply of \`${script.name}\`.`]);
  if (groups === undefined) {
    return [
      ...about,
      `export interface ${name} {`,
      ...script.replies.flatMap((field) => property("  ", field)),
      "}",
    ];
  }
  const note = script.replies[0]?.note ?? "";
  const members = groups.flatMap((group) => [
    "  | {",
    `      readonly outcome: ${group.outcomes.map(quote).join(" | ")};`,
    ...group.fields.flatMap((field) => property("      ", field)),
    "    }",
  ]);
  return [
    ...jsdoc("", [`Reply of \`${script.name}\`.`, note === "" ? "" : `${note}.`]),
    `export type ${name} =`,
    ...members.slice(0, -1),
    `${members.at(-1) ?? ""};`,
  ];
}

function wireOf(type: TypeRef, optional: boolean): string {
  const wire =
    type.kind === "choice"
      ? `choiceType([${type.values.map(quote).join(", ")}])`
      : type.kind === "list"
        ? `listType(types.${camel(type.element)}, ${MOST_ELEMENTS})`
        : `types.${camel(type.name)}`;
  return optional ? `optional(${wire})` : wire;
}

function wireTable(name: string, entries: readonly (readonly [string, string])[]): string[] {
  if (entries.length === 0) return [];
  return [`const ${name} = {`, ...entries.map(([entry, wire]) => `  ${camel(entry)}: ${wire},`), "};", ""];
}

function encoder(model: Model, script: ScriptModel): string[] {
  const fields = keyFieldsOf(model, script);
  const made = fields.filter((field) => field.generated).map((field) => camel(field.name));
  const madeArgs = script.args.filter((arg) => isGenerated(model, arg.type)).map((arg) => camel(arg.name));
  const from = (name: string) =>
    made.includes(name) || madeArgs.includes(name) ? declarable(name) : `args.${name}`;
  const keyCalls = script.keys.map((param) => {
    const free = keyNamed(model, param.key).fields.filter(
      (field) => field !== "namespace" && field !== "tenant",
    );
    return `keys.${camel(param.key)}(${["scope", ...free.map((field) => from(camel(field)))].join(", ")})`;
  });
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
    ...[...made, ...madeArgs].map(
      (name) => `    const ${declarable(name)} = args.${name} ?? newOperation();`,
    ),
    "    return {",
    ...listed("keys", keyCalls),
    ...listed("args", argCalls),
    "    };",
    "  },",
  ];
}

/** A property that holds an array: on one line if there is one element at most. */
function listed(property: string, elements: readonly string[]): string[] {
  if (elements.length < 2) return [`      ${property}: [${elements.join()}],`];
  return [`      ${property}: [`, ...elements.map((element) => `        ${element},`), "      ],"];
}

function decoder(model: Model, script: ScriptModel): string[] {
  const groups = replyGroups(model, script);
  const read = (field: ReplyField): string => {
    const index = script.replies.indexOf(field);
    return `field.${camel(field.name)}.decode(${quote(camel(field.name))}, fields[${index}])`;
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
  const outcome = `    const outcome = field.outcome.decode("outcome", fields[0]);`;
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

function lineRecord(lines: ReadonlyMap<number, number>): string {
  return `{ ${[...lines].map(([line, original]) => `${line}: ${original}`).join(", ")} }`;
}

export function quote(text: string): string {
  return JSON.stringify(text);
}

/** The text without its documentation comments, which may speak of anything. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*\*[\s\S]*?\*\//g, "");
}

/** A documentation comment; empty paragraphs are left out. */
export function jsdoc(indent: string, paragraphs: readonly string[]): string[] {
  const told = paragraphs
    .filter((paragraph) => paragraph !== "")
    .map((paragraph) => paragraph.replaceAll("*/", "*\\/"));
  const [only] = told;
  if (told.length === 1 && only !== undefined) return [`${indent}/** ${only} */`];
  return [
    `${indent}/**`,
    ...told
      .join("\n\n")
      .split("\n")
      .map((line) => `${indent} * ${line}`.trimEnd()),
    `${indent} */`,
  ];
}
