import type { Model, ScriptModel } from "../../model/model.js";
import { hasBytes, keyNamed, noEvictionKeysOf } from "../../model/resolve.js";
import { camel, declarable, exported } from "../../naming.js";
import { lineRuns } from "../lua/line-runs.js";
import { hasArgumentCounts } from "../lua/many.js";
import type { EmittedForm, EmittedLua } from "../lua/script.js";
import { decoder, encoder, wireTables } from "./codec.js";
import { quote, type TypeScriptContext, usedNames } from "./context.js";
import { argsInterface, replyType, typeName } from "./contract-types.js";
import { jsdoc, wrap } from "./jsdoc.js";
import { operationInterface } from "./operation.js";
import { writer } from "./writer.js";

/** What a script's module exports its `Script` object as: `stockAdjust`. */
export function scriptName({ domain, operation }: Pick<ScriptModel, "domain" | "operation">): string {
  return camel(`${domain}_${operation}`);
}

/**
 * The generated module of one script: its types, its function, the script, then the tables that the
 * script uses.
 */
export function emitScript(context: TypeScriptContext, script: ScriptModel, lua: EmittedLua): string {
  const { model, sourceRoot } = context;
  const code = [
    ...argsInterface(model, script),
    "",
    ...replyType(model, script),
    "",
    ...operationInterface(context, script, lua),
    "",
    ...scriptObject(context, script, lua),
    "",
    ...wireTables(script),
  ];
  const tables = [
    ...formTables("lines", "lua", lua, sourceRoot, "The exact text that Redis runs."),
    ...(lua.many === undefined
      ? []
      : [
          "",
          ...formTables(
            "manyLines",
            "manyLua",
            lua.many,
            sourceRoot,
            "The exact text that Redis runs for many calls.",
          ),
        ]),
    ...exported(scriptName(script)),
  ];
  const header = `// ${script.name} ${script.version}. Generated from ${sourceRoot}/${script.file} by moonpath-codegen. DO NOT EDIT.`;
  return `${[header, ...imports(context, code.join("\n")), "", ...code, ...tables].join("\n")}\n`;
}

/** A text that Redis runs, and where its lines come from. */
function formTables(
  lines: string,
  lua: string,
  form: EmittedForm,
  sourceRoot: string,
  about: string,
): string[] {
  return [
    ...jsdoc("", ["Source file -> lines of the Lua text below, and the line of that file where they begin."]),
    `const ${lines}: Script<never, unknown>["lines"] = {`,
    ...[...lineRuns(form.lines)].flatMap(([file, runs]) => lineRecord(`${sourceRoot}/${file}`, runs)),
    "};",
    "",
    ...jsdoc("", [about]),
    `const ${lua} = \`${form.text.replace(/[\\`]|\$\{/g, "\\$&")}\`;`,
  ];
}

const CLIENT_VALUES = ["choiceType", "listType", "newOperation", "optional", "readFields", "textsOf"];

function imports({ client }: TypeScriptContext, code: string): string[] {
  const names = [
    "type CallOptions",
    ...usedNames(code, CLIENT_VALUES, "\\("),
    ...usedNames(code, ["ManyResult", "ManyScript"], "<").map((name) => `type ${name}`),
    "type Script",
  ];
  return [
    `import { ${names.join(", ")} } from ${quote(client)};`,
    ...usedNames(code, ["keys", "types"], "\\.").map((name) => `import * as ${name} from "../${name}.js";`),
  ];
}

function scriptObject({ model }: TypeScriptContext, script: ScriptModel, lua: EmittedLua): string[] {
  const type = typeName(script);
  const name = declarable(scriptName(script));
  return [
    ...jsdoc("", [`The script \`${script.name}\`, as a client loads and calls it.`]),
    `${name === scriptName(script) ? "export " : ""}const ${name}: ${lua.many === undefined ? "" : "Many"}Script<${type}Args, ${type}Reply> = {`,
    `  name: ${quote(script.name)},`,
    `  version: ${quote(script.version)},`,
    `  digest: ${quote(lua.digest)},`,
    `  writes: ${String(script.keys.some((key) => key.access === "write"))},`,
    `  resend: ${quote(script.resend.mode)},`,
    ...(noEvictionKeysOf(model, script).length > 0 ? ["  requiresNoEviction: true,"] : []),
    ...(script.resend.within === undefined
      ? []
      : [`  resendWithinMs: (args) => args.${camel(script.resend.within)},`]),
    ...(script.args.some(({ type: arg }) => hasBytes(model, arg)) ? ["  takesBytes: true,"] : []),
    ...(script.replies.some(({ type: reply }) => hasBytes(model, reply)) ? ["  repliesBytes: true,"] : []),
    "  keyPatterns: [",
    ...script.keys.map((key) => `    ${quote(keyNamed(model, key.key).pattern)},`),
    "  ],",
    ...encoder(model, script),
    ...decoder(model, script),
    "  get lines() {",
    "    return lines;",
    "  },",
    "  get lua() {",
    "    return lua;",
    "  },",
    ...manyForm(model, script, lua.many),
    "};",
  ];
}

function manyForm(model: Model, script: ScriptModel, many: EmittedForm | undefined): string[] {
  if (many === undefined) return [];
  return [
    "  many: {",
    `    limit: ${script.many},`,
    `    width: ${script.replies.length},`,
    ...(hasArgumentCounts(script) ? ["    hasArgumentCounts: true,"] : []),
    `    digest: ${quote(many.digest)},`,
    ...writer(model, script, many.digits),
    "    get lines() {",
    "      return manyLines;",
    "    },",
    "    get lua() {",
    "      return manyLua;",
    "    },",
    "  },",
  ];
}

function lineRecord(file: string, runs: readonly string[]): string[] {
  const line = `  ${quote(file)}: ${quote(runs.join(" "))},`;
  if (line.length <= 110) return [line];
  const parts = wrap(runs.join(" "), 100, "");
  return [
    `  ${quote(file)}:`,
    ...parts.map((part, index) =>
      index === parts.length - 1 ? `    ${quote(part)},` : `    ${quote(`${part} `)} +`,
    ),
  ];
}
