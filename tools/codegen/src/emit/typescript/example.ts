import type { ExampleModel, Model, ScriptModel, TypeRef } from "../../model/model.js";
import { isBytesType, keyFieldsOf, typeNamed } from "../../model/resolve.js";
import { camel } from "../../naming.js";
import { readAssignments, unquote } from "../../parse/contract/split-words.js";
import { memberPath, quote, type TypeScriptContext } from "./context.js";
import { grouped } from "./describe.js";
import { wrap } from "./jsdoc.js";

/** The widest line of an example: two spaces and ` * ` stand before it in the comment. */
const WIDTH = 95;

/** An example whose values this module cannot write as TypeScript. */
class UnwritableError extends Error {}

/**
 * The call of a script's first example as TypeScript, with its reply as a comment. Undefined if no
 * example has a reply and values that can be written.
 */
export function exampleCode(context: TypeScriptContext, script: ScriptModel): string[] | undefined {
  for (const example of script.examples) {
    if (example.reply === undefined) continue;
    try {
      return codeOf(context, script, example, example.reply);
    } catch (error) {
      if (!(error instanceof UnwritableError)) throw error;
    }
  }
  return undefined;
}

function codeOf(
  context: TypeScriptContext,
  script: ScriptModel,
  example: ExampleModel,
  reply: string,
): string[] {
  const { model } = context;
  const given = readAssignments(example.call) ?? new Map<string, string>();
  const fields = keyFieldsOf(model, script).flatMap(({ name, type, generated }) => {
    const word = given.get(name);
    if (word !== undefined) return [[name, textLiteral(unquote(word))] as const];
    return generated ? [] : [[name, quote(sampleText(model, name, type))] as const];
  });
  const args = script.args.flatMap(({ name, type }) => {
    const word = given.get(name);
    return word === undefined ? [] : [[name, literal(model, type, word)] as const];
  });
  const properties = [...fields, ...args].map(([name, value]) => `${camel(name)}: ${value}`);
  return [
    ...wrap(`// ${example.title}`, WIDTH, "// "),
    ...callLines(`acme.${memberPath(context, script.domain)}.${camel(script.operation)}`, properties),
    ...replyLines(replyProperties(model, script, reply)),
  ];
}

function replyLines(properties: readonly string[]): string[] {
  const line = `// reply: { ${properties.join(", ")} }`;
  if (line.length <= WIDTH) return [line];
  return [
    "// reply: {",
    ...properties.flatMap((property) => wrap(`//   ${property},`, WIDTH, "//     ")),
    "// }",
  ];
}

function callLines(name: string, properties: readonly string[]): string[] {
  const line = `const reply = await ${name}({ ${properties.join(", ")} });`;
  if (properties.length === 0) return [`const reply = await ${name}({});`];
  if (line.length <= WIDTH) return [line];
  return [`const reply = await ${name}({`, ...properties.map((property) => `  ${property},`), "});"];
}

function replyProperties(model: Model, script: ScriptModel, reply: string): string[] {
  const values = readAssignments(reply) ?? new Map<string, string>();
  return script.replies.flatMap(({ name, type }) => {
    const word = values.get(name);
    if (word === undefined) return [];
    return [`${camel(name)}: ${word === "*" || word === "~" ? "…" : literal(model, type, word)}`];
  });
}

/** A key's field that the example leaves out: a text within the bounds of its type. */
function sampleText(model: Model, name: string, typeName: string): string {
  const type = typeNamed(model, typeName);
  if (type.kind !== "text") throw new UnwritableError();
  if (type.charset === "upper") return type.minBytes === 3 ? "EUR" : "A".repeat(type.minBytes);
  if (type.charset === "digits") return "0".repeat(Math.max(type.minBytes, 1));
  return `${name.replaceAll("_", "-")}-1`.padEnd(type.minBytes, "1").slice(0, type.maxBytes);
}

function literal(model: Model, type: TypeRef, word: string): string {
  if (type.kind === "choice") return quote(unquote(word));
  if (type.kind === "named") return scalarLiteral(model, type.name, unquote(word));
  const elements = jsonList(word).map((element) => elementLiteral(model, type.element, element));
  return `[${elements.join(", ")}]`;
}

function elementLiteral(model: Model, name: string, value: unknown): string {
  const type = typeNamed(model, name);
  if (type.kind !== "record") return scalarLiteral(model, name, String(value));
  if (!Array.isArray(value) || value.length !== type.fields.length) throw new UnwritableError();
  const fields = type.fields.map(
    (field, index) => `${camel(field.name)}: ${scalarLiteral(model, field.type, String(value[index]))}`,
  );
  return `{ ${fields.join(", ")} }`;
}

function scalarLiteral(model: Model, name: string, text: string): string {
  const type = typeNamed(model, name);
  switch (type.kind) {
    case "integer":
      return integerLiteral(text);
    case "flag":
      return String(text === "yes" || text === "1");
    case "text":
      return isBytesType(type) ? `Buffer.from(${textLiteral(text)})` : textLiteral(text);
    case "choice":
      return textLiteral(text);
    case "record":
      throw new UnwritableError();
  }
}

/** `{now+60000}` -> `Date.now() + 60_000` */
function integerLiteral(text: string): string {
  const [, sign, shift] = /^\{now(?:([+-])(\d+))?\}$/.exec(text) ?? [];
  if (text.startsWith("{now"))
    return sign === undefined ? "Date.now()" : `Date.now() ${sign} ${digits(shift ?? "")}`;
  if (!/^-?\d+$/.test(text)) throw new UnwritableError();
  return digits(text);
}

function digits(text: string): string {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new UnwritableError();
  return Math.abs(number) < 10_000 ? String(number) : grouped(number, "_");
}

function textLiteral(text: string): string {
  if (/\{(?:now|[a-z][a-z0-9_]*\})/.test(text)) throw new UnwritableError();
  return quote(text);
}

/** A list as examples write it: JSON, with `{now+5}` for instants. */
function jsonList(word: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(
      word.replace(/(?<!")\{now(?:[+-]\d+)?\}/g, (instant) => quote(instant)),
    );
    if (Array.isArray(parsed)) return parsed;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UnwritableError();
}
