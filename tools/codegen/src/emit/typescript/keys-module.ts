import type { KeyModel, Model } from "../../model/model.js";
import { lifeOf } from "../../model/resolve.js";
import { camel, declarable, exported } from "../../naming.js";
import { clientAtRoot, quote, type TypeScriptContext } from "./context.js";
import { jsdoc } from "./jsdoc.js";

/** `keys.ts`: a builder for each pattern of the keyspace. */
export function emitKeys(context: TypeScriptContext): string {
  const { model } = context;
  const body = model.keys.flatMap((key) => ["", ...builder(model, key)]);
  const lines = [
    `// Generated from ${context.sourceRoot}/keyspace.lua by moonpath-codegen. DO NOT EDIT.`,
    `import { checkedScope, type Scope } from ${quote(clientAtRoot(context))};`,
    'import * as types from "./types.js";',
    ...body,
  ];
  return `${lines.join("\n")}\n`;
}

function builder(model: Model, key: KeyModel): string[] {
  const free = key.fields.filter((field) => field !== "namespace" && field !== "tenant");
  const text = key.pattern.replace(/<([^>]*)>/g, (_, field: string) => {
    if (field === "namespace" || field === "tenant") return `\${${field}}`;
    const type = model.types.some((other) => other.name === field && other.kind === "text") ? field : "id";
    return `\${types.${camel(type)}.encode(${quote(camel(field))}, ${declarable(camel(field))})}`;
  });
  const name = camel(key.name);
  const params = ["scope: Scope", ...free.map((field) => `${declarable(camel(field))}: string`)];
  return [
    ...jsdoc("", [key.purpose, `\`${key.pattern}\`, a ${key.holds}; lives: ${lifeOf(key)}.`]),
    `${declarable(name) === name ? "export " : ""}function ${declarable(name)}(${params.join(", ")}): string {`,
    "  const { namespace, tenant } = checkedScope(scope);",
    `  return \`${text}\`;`,
    "}",
    ...exported(name),
  ];
}
