import type { ScriptModel } from "../../model/model.js";
import { camel, declarable, pascal } from "../../naming.js";
import { braced, clientAtRoot, quote, type TypeScriptContext } from "./context.js";
import { inCamelCase, typeName } from "./contract-types.js";
import { jsdoc } from "./jsdoc.js";
import { scriptName } from "./script-module.js";

/** `scripts.ts`: all scripts by domain and operation, and the types of a tenant's functions. */
export function emitScripts(context: TypeScriptContext): string {
  const { scripts } = context.model;
  const domains = domainsOf(context);
  const inDomain = (domain: string) => scripts.filter((script) => script.domain === domain);
  const lines = [
    header(context),
    ...domains.flatMap((domain) =>
      braced(
        "import ",
        [`type ${pascal(domain)}Operations`, scriptsName(inDomain(domain))],
        ` from "./${domainFile(domain)}.js";`,
      ),
    ),
    "",
    'export * as keys from "./keys.js";',
    'export * as types from "./types.js";',
    ...domains.map((domain) => `export type * from "./${domainFile(domain)}.js";`),
    "",
    ...tenantInterfaces(domains, context.wrapped ?? [], inDomain),
    "",
    ...jsdoc("", ["Every script, by domain and operation, as a client takes them."]),
    "export const scripts = {",
    ...domains.map((domain) => `  ${camel(domain)}: ${scriptsName(inDomain(domain))},`),
    "};",
  ];
  return `${lines.join("\n")}\n`;
}

/** The names of the domains in the order of the model. */
export function domainsOf({ model }: TypeScriptContext): readonly string[] {
  return [...new Set(model.scripts.map((script) => script.domain))];
}

/** The name of a domain's module. No script and no other module has a name with a dot in it. */
export function domainFile(domain: string): string {
  return `${domain}.scripts`;
}

/** `stock.scripts.ts`: the scripts of one domain, for a client that needs no others. */
export function emitDomain(context: TypeScriptContext, domain: string): string {
  const scripts = context.model.scripts.filter((script) => script.domain === domain);
  const all = scriptsName(scripts);
  const lines = [
    header(context, `${domain}/`),
    ...scripts.flatMap((script) =>
      braced("import ", [`type ${typeName(script)}Operation`, importedName(script)], from(script)),
    ),
    "",
    ...scripts.map((script) => `export *${from(script)}`),
    "",
    ...operations(domain, scripts),
    "",
    ...jsdoc("", [
      `Every script of \`${domain}\`, as a client takes them: \`{ ${camel(domain)}: ${all} }\`.`,
    ]),
    `export const ${all} = {`,
    ...scripts.map((script) => `  ${camel(script.operation)}: ${declarable(scriptName(script))},`),
    "};",
  ];
  return `${lines.join("\n")}\n`;
}

/** `stockScripts`; with an underscore if a script has this name. */
function scriptsName(scripts: readonly ScriptModel[]): string {
  const name = `${camel(scripts[0]?.domain ?? "")}Scripts`;
  return scripts.some((script) => scriptName(script) === name) ? `${name}_` : name;
}

/** `index.ts`: what services import. */
export function emitIndex(context: TypeScriptContext): string {
  const client = quote(clientAtRoot(context));
  const lines = [
    header(context),
    `import { type ClientOptions, createScriptClient, type RedisLike, type ScriptClient } from ${client};`,
    'import { scripts, type Tenant } from "./scripts.js";',
    "",
    'export * from "./scripts.js";',
    "",
    ...jsdoc("", ['A client of these scripts: `client.tenant("acme")` gives a tenant\'s typed functions.']),
    "export type Client = ScriptClient<Tenant>;",
    "",
    ...jsdoc("", [
      "Makes a client over a connection or a cluster of ioredis, iovalkey or node-redis. The connection stays open and yours when the client is closed.",
    ]),
    "export function createClient(redis: RedisLike, options?: ClientOptions): Client {",
    "  return createScriptClient(redis, scripts, options);",
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function header({ sourceRoot }: TypeScriptContext, source = ""): string {
  return `// Generated from ${sourceRoot}/${source} by moonpath-codegen. DO NOT EDIT.`;
}

function from(script: ScriptModel): string {
  return ` from "./${script.domain}/${script.operation}.js";`;
}

/** The script's name in this module, where the same words are taken as in its own. */
function importedName(script: ScriptModel): string {
  const name = scriptName(script);
  return declarable(name) === name ? name : `${name} as ${declarable(name)}`;
}

/**
 * The type of a tenant. The unwrapped domains have an interface of their own, because editors lose
 * the comments of members behind `Omit` and `Pick`.
 */
function tenantInterfaces(
  domains: readonly string[],
  wrapped: readonly string[],
  inDomain: (domain: string) => readonly ScriptModel[],
): string[] {
  const members = (some: readonly string[]) =>
    some.flatMap((domain) => [
      ...jsdoc("  ", [functionList(domain, inDomain(domain))]),
      `  readonly ${camel(domain)}: ${pascal(domain)}Operations;`,
    ]);
  const summary = jsdoc("", ["One tenant's typed functions, by domain and operation."]);
  if (wrapped.length === 0) return [...summary, "export interface Tenant {", ...members(domains), "}"];
  return [
    ...jsdoc("", ["The domains whose functions a tenant has without a wrapper."]),
    "export interface UnwrappedDomains {",
    ...members(domains.filter((domain) => !wrapped.includes(domain))),
    "}",
    "",
    ...summary,
    "export interface Tenant extends UnwrappedDomains {",
    ...members(domains.filter((domain) => wrapped.includes(domain))),
    "}",
  ];
}

/** The functions of a domain with their purposes, as a list. */
function functionList(domain: string, scripts: readonly ScriptModel[]): string {
  const lines = scripts.map(
    (script) => `- \`${camel(script.operation)}\`: ${inCamelCase(script, script.purpose)}`,
  );
  return [`The functions of \`${domain}\`:`, ...lines].join("\n");
}

function operations(domain: string, scripts: readonly ScriptModel[]): string[] {
  const names = scripts.map((script) => `${typeName(script)}Operation`);
  const line = `export interface ${pascal(domain)}Operations extends ${names.join(", ")} {}`;
  return [
    ...jsdoc("", [`The scripts of \`${domain}\` as functions.`]),
    ...(line.length <= 110
      ? [line]
      : [
          `export interface ${pascal(domain)}Operations`,
          ...names.map(
            (name, index) =>
              `  ${index === 0 ? "extends " : "  "}${name}${index === names.length - 1 ? " {}" : ","}`,
          ),
        ]),
  ];
}
