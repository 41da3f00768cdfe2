import type { KeyModel, Model, TypeModel } from "../../model/model.js";
import { lifeOf } from "../../model/resolve.js";
import { camel, declarable, exported, pascal } from "../../naming.js";
import { clientAtRoot, quote, type TypeScriptContext, usedNames } from "./context.js";
import { boundsOf, sentence } from "./describe.js";
import { jsdoc } from "./jsdoc.js";

/** `types.ts`: how each type of the vocabulary is encoded and decoded, with its bounds. */
export function emitTypes(context: TypeScriptContext): string {
  const body = context.model.types.flatMap((type) => ["", ...declare(type), ...exported(camel(type.name))]);
  return file(
    context,
    "types.lua",
    body,
    ["choiceType", "flagType", "integerType", "recordType", "textType"],
    ["ValueOf"],
  );
}

function declare(type: TypeModel): string[] {
  const name = camel(type.name);
  const is = declarable(name) === name ? `export const ${name} =` : `const ${declarable(name)} =`;
  switch (type.kind) {
    case "integer":
      return [
        ...jsdoc("", [type.purpose, sentence(boundsOf(type))]),
        `${is} integerType(${quote(type.name)}, ${type.min}, ${type.max});`,
      ];
    case "text":
      return [
        ...jsdoc("", [type.purpose, sentence(boundsOf(type))]),
        `${is} textType(${quote(type.name)}, ${type.minBytes}, ${type.maxBytes}, ${quote(type.charset)});`,
      ];
    case "flag":
      return [...jsdoc("", [type.purpose]), `${is} flagType;`];
    case "choice":
      return [
        ...jsdoc("", [type.purpose]),
        `${is} choiceType([${type.values.map(quote).join(", ")}]);`,
        ...jsdoc("", [type.purpose]),
        `export type ${pascal(type.name)} = ValueOf<typeof ${declarable(name)}>;`,
      ];
    case "record":
      return [
        ...jsdoc("", [type.purpose]),
        `${is} recordType({`,
        ...type.fields.flatMap((field) => [
          ...(field.note === "" ? [] : jsdoc("  ", [sentence(field.note)])),
          `  ${camel(field.name)}: ${declarable(camel(field.type))},`,
        ]),
        "});",
        ...jsdoc("", [type.purpose]),
        `export type ${pascal(type.name)} = ValueOf<typeof ${declarable(name)}>;`,
      ];
  }
}

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

function file(
  context: TypeScriptContext,
  source: string,
  body: string[],
  values: string[],
  typeNames: string[],
): string {
  const text = body.join("\n");
  const names = [
    ...usedNames(text, values, "(?:\\(|;)"),
    ...usedNames(text, typeNames, "<").map((name) => `type ${name}`),
  ];
  return `// Generated from ${context.sourceRoot}/${source} by moonpath-codegen. DO NOT EDIT.\nimport { ${names.join(", ")} } from ${quote(clientAtRoot(context))};\n${text}\n`;
}
