import type { KeyModel, Model } from "../../model/model.js";
import { lifeOf } from "../../model/resolve.js";
import { camel, declarable, exported } from "../../naming.js";
import { clientAtRoot, quote, type TypeScriptContext } from "./context.js";
import { jsdoc } from "./jsdoc.js";

/** `keys.ts`: a builder for each pattern of the keyspace. */
export function emitKeys(context: TypeScriptContext): string {
  const { model } = context;
  const body = model.keys.flatMap((key) => ["", ...builder(model, key)]);
  const bySlot = model.keys.some((key) => key.slotOf !== undefined);
  const names = bySlot
    ? ["checkedName", "checkedScope", "type Scope", "slotTag", "tagOfSlot"]
    : ["checkedScope", "type Scope"];
  const lines = [
    `// Generated from ${context.sourceRoot}/keyspace.lua by moonpath-codegen. DO NOT EDIT.`,
    `import { ${names.join(", ")} } from ${quote(clientAtRoot(context))};`,
    'import * as types from "./types.js";',
    ...body,
  ];
  return `${lines.join("\n")}\n`;
}

function builder(model: Model, key: KeyModel): string[] {
  const free = key.fields.filter((field) => field !== "namespace" && field !== "tenant");
  const name = camel(key.name);
  const params = ["scope: Scope", ...free.map((field) => `${declarable(camel(field))}: string`)];
  const tag = key.slotOf === undefined ? "" : `\${slotTag(\`${filledIn(model, key.slotOf)}\`)}`;
  const life = `\`${key.pattern}\`, a ${key.holds}; lives: ${lifeOf(key)}.`;
  return [
    ...jsdoc("", [key.purpose, life]),
    `${declarable(name) === name ? "export " : ""}function ${declarable(name)}(${params.join(", ")}): string {`,
    "  const { namespace, tenant } = checkedScope(scope);",
    `  return \`${filledIn(model, key.pattern, tag)}\`;`,
    "}",
    ...exported(name),
    ...(key.slotOf === undefined ? [] : builderBySlot(model, key)),
  ];
}

/** The builder of a slot's key for callers who know the number of the slot. */
function builderBySlot(model: Model, key: KeyModel): string[] {
  const behind = [...key.pattern.slice(key.pattern.indexOf("}")).matchAll(/<([^>]*)>/g)];
  const params = behind.map(([, field = ""]) => `, ${declarable(camel(field))}: string`).join("");
  const text = filledIn(model, key.pattern, `\${tagOfSlot(slot)}`).replace(
    `\${namespace}`,
    `\${checkedName("namespace", namespace)}`,
  );
  return [
    "",
    ...jsdoc("", [`The key of \`${camel(key.name)}\` for a slot of Redis Cluster, 0 to 16,383.`]),
    `export function ${camel(`${key.name}_in_slot`)}(namespace: string, slot: number${params}): string {`,
    `  return \`${text}\`;`,
    "}",
  ];
}

/** A pattern as the inside of a template literal. `tag` replaces the tag of a slot. */
function filledIn(model: Model, pattern: string, tag = ""): string {
  return pattern.replace(/<([^>]*)>/g, (_, field: string) => {
    if (field.startsWith("slot of ")) return tag;
    if (field === "namespace" || field === "tenant") return `\${${field}}`;
    const type = model.types.some((other) => other.name === field && other.kind === "text") ? field : "id";
    return `\${types.${camel(type)}.encode(${quote(camel(field))}, ${declarable(camel(field))})}`;
  });
}
