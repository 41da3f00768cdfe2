import type { Model, ScriptModel } from "../../model/model.js";
import { hasBytes, keyNamed, typeNamed } from "../../model/resolve.js";
import { camel } from "../../naming.js";
import { type ArgumentValues, argumentValues, keyCall, madeArguments } from "./codec.js";
import { quote } from "./context.js";

/**
 * The method that writes one call of the many form as bytes. It does in one pass what `encode` does
 * with texts.
 *
 * Absent if an argument is a list. The client then writes what `encode` returns.
 *
 * @param digits the integer arguments that must be texts
 */
export function writer(model: Model, script: ScriptModel, digits: readonly string[]): string[] {
  if (script.args.some(({ type }) => type.kind === "list")) return [];
  const values = argumentValues(model, script);
  const keys = script.keys.flatMap(({ key }) => keyLines(model, key, values));
  const args = script.args.map((arg) => {
    const name = camel(arg.name);
    const value = `${quote(name)}, ${values.from(name)}`;
    const isNumber =
      arg.type.kind === "named" &&
      typeNamed(model, arg.type.name).kind === "integer" &&
      !arg.optional &&
      !digits.includes(arg.name);
    return isNumber
      ? `argument.${name}.writeArgument(call, ${value});`
      : `call.args.${hasBytes(model, arg.type) ? "value" : "text"}(argument.${name}.encode(${value}));`;
  });
  const lines = [...madeArguments(values, "      "), ...[...keys, ...args].map((line) => `      ${line}`)];
  // The compiler refuses a parameter that is not read, as that of a script without arguments.
  const readsArguments = lines.some((line) => /(?<![.\w])args\b/.test(line));
  return [`    write(call, scope${readsArguments ? ", args" : ""}) {`, ...lines, "    },"];
}

/** How the keys begin that are written in one pass. */
const START = "<namespace>:{<tenant>:";

/** The statements that write a key. */
function keyLines(model: Model, name: string, values: ArgumentValues): string[] {
  const { pattern, slotOf } = keyNamed(model, name);
  const tagEnd = pattern.indexOf("}");
  if (!pattern.startsWith(START) || slotOf !== undefined || pattern.startsWith("<", tagEnd + 1)) {
    return [`call.key(${keyCall(model, name, values)});`];
  }
  const lines = ["call.beginKey(scope);"];
  for (const [part, field] of pattern.slice(START.length).matchAll(/<([^>]*)>|[^<]+/g)) {
    if (field !== undefined) {
      const type = model.types.some((other) => other.name === field && other.kind === "text") ? field : "id";
      const value = values.from(camel(field));
      lines.push(`types.${camel(type)}.writeKeyPart(call, ${quote(camel(field))}, ${value});`);
      continue;
    }
    const [inside = "", ...behind] = part.split(/(?=\})/);
    if (!inside.startsWith("}")) lines.push(`call.plainKeyPart(${quote(inside)});`);
    else behind.unshift(inside);
    if (behind.length > 0) lines.push(`call.endTag(${quote(behind.join(""))});`);
  }
  return [...lines, "call.endKey();"];
}
