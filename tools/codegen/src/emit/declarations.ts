import type { KeyModel, Model, TypeModel } from "../model/model.js";
import { lifeOf } from "../model/resolve.js";
import { camel, declarable, exported, pascal } from "../naming.js";
import { jsdoc, quote, type TypeScriptContext, withoutComments } from "./typescript.js";

/** `types.ts`: how each type of the vocabulary travels, with its bounds. */
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
        ...jsdoc("", [type.purpose, type.unit === undefined ? "" : `Counts ${type.unit}.`]),
        `${is} integerType(${quote(type.name)}, ${type.least}, ${type.greatest});`,
      ];
    case "text":
      return [
        ...jsdoc("", [type.purpose]),
        `${is} textType(${quote(type.name)}, ${type.leastBytes}, ${type.greatestBytes}, ${quote(type.charset)});`,
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
          ...(field.note === "" ? [] : jsdoc("  ", [field.note])),
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
    `import { checkedScope, type Scope } from ${quote(atRoot(context.client))};`,
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

/** `index.ts`: all scripts by domain and operation, and the client that is made of them. */
export function emitIndex(context: TypeScriptContext): string {
  const { scripts } = context.model;
  const domains = [...new Set(scripts.map((script) => script.domain))];
  const local = ({ domain, operation }: { domain: string; operation: string }) => {
    const name = camel(`${domain}_${operation}`);
    return name === "createClient" || name === "createMoonpath" ? `${name}_` : name;
  };
  const lines = [
    `// Generated from ${context.sourceRoot}/ by moonpath-codegen. DO NOT EDIT.`,
    `import { type Client, type ClientOptions, createClient, type Operations, type RedisLike } from ${quote(atRoot(context.client))};`,
    ...scripts.map(
      (script) =>
        `import { ${camel(script.operation)} as ${local(script)} } from "./${script.domain}/${script.operation}.js";`,
    ),
    "",
    'export * as keys from "./keys.js";',
    'export * as types from "./types.js";',
    ...scripts.map((script) => {
      const name = pascal(script.operation);
      const outside = pascal(`${script.domain}_${script.operation}`);
      return `export type { ${name}Args as ${outside}Args, ${name}Reply as ${outside}Reply } from "./${script.domain}/${script.operation}.js";`;
    }),
    "",
    "/** Every script, by domain and operation. */",
    "export const scripts = {",
    ...domains.flatMap((domain) => [
      `  ${camel(domain)}: {`,
      ...scripts
        .filter((script) => script.domain === domain)
        .flatMap((script) => [
          ...jsdoc("    ", [script.purpose]),
          `    ${camel(script.operation)}: ${local(script)},`,
        ]),
      "  },",
    ]),
    "};",
    "",
    '/** A client of these scripts: `moonpath.tenant("acme")` gives a tenant\'s typed functions. */',
    "export type Moonpath = Client<typeof scripts>;",
    "",
    "/** One tenant's typed functions, by domain and operation. */",
    "export type Tenant = Operations<typeof scripts>;",
    "",
    "/** Makes a client over a connection or a cluster of ioredis or iovalkey. The connection stays yours to close. */",
    "export function createMoonpath(redis: RedisLike, options?: ClientOptions): Moonpath {",
    "  return createClient(redis, scripts, options);",
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function file(
  context: TypeScriptContext,
  source: string,
  body: string[],
  values: string[],
  typeNames: string[],
): string {
  const text = body.join("\n");
  const code = withoutComments(text);
  const used = values.filter((name) => new RegExp(`= ${name}\\b`).test(code));
  const names = [
    ...used,
    ...typeNames.filter((name) => code.includes(`${name}<`)).map((name) => `type ${name}`),
  ];
  return `// Generated from ${context.sourceRoot}/${source} by moonpath-codegen. DO NOT EDIT.\nimport { ${names.join(", ")} } from ${quote(atRoot(context.client))};\n${text}\n`;
}

/** The client's path as the modules beside the domains' folders write it: one folder less deep. */
function atRoot(client: string): string {
  return client.startsWith("../") ? client.slice(3).replace(/^(?!\.)/, "./") : client;
}
