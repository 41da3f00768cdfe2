import type { ArgParam, Model, ScriptModel, TypeRef } from "../../model/model.js";
import { choicesIn, keyNamed, typeNamed } from "../../model/resolve.js";
import { serviceAccess } from "../acl/service-rights.js";
import type { EmittedLua } from "../lua/script.js";

/** The command line that calls a script, with placeholders in angle brackets. */
export function callSection(
  model: Model,
  namespace: string,
  script: ScriptModel,
  { digest }: EmittedLua,
): string[] {
  const keys = script.keys.map(({ key }) => keyNamed(model, key).pattern.replace("<namespace>", namespace));
  const words = [...keys, ...script.args.flatMap((arg) => placeholders(model, arg))].map(quoted);
  return [
    "## Call by hand",
    "",
    "```",
    [
      `redis-cli --user ${userOf(model, namespace, script)} --askpass -c EVALSHA ${digest} ${keys.length}`,
      ...words,
    ].join(" "),
    "```",
    "",
    "*Call by hand* of the page [README](../README.md#call-by-hand) explains the placeholders and the user.",
    "",
  ];
}

function userOf(model: Model, namespace: string, script: ScriptModel): string {
  const isOpen = script.role !== "worker" || serviceAccess(model, namespace, script).kind === "open";
  return isOpen ? "moonpath-service" : "moonpath-worker";
}

function placeholders(model: Model, { name, type, optional }: ArgParam): string[] {
  if (type.kind !== "list") return [placeholder(model, name, type, optional)];
  const element = typeNamed(model, type.element);
  const fields = element.kind === "record" ? element.fields.map((field) => field.name) : [name];
  const one = (number: number) => fields.map((field) => `<${field} ${number}>`);
  return [`<number of ${name}>`, ...one(1), ...one(2), "<…>"];
}

function placeholder(model: Model, name: string, type: TypeRef, optional: boolean): string {
  const choices = choicesIn(model, type);
  const isFlag = type.kind === "named" && typeNamed(model, type.name).kind === "flag";
  const values = isFlag ? ["1 or 0"] : choices === undefined ? [] : [choices.join(" or ")];
  const described = values.length === 0 ? name : `${name}: ${values.join("")}`;
  return `<${described}${optional ? ", may be empty" : ""}>`;
}

function quoted(word: string): string {
  return `'${word}'`;
}
