import type { Model, ScriptModel } from "../../model/model.js";
import { keyFieldsOf, noEvictionKeysOf, outcomesOf, typeNamed } from "../../model/resolve.js";
import { camel } from "../../naming.js";
import type { EmittedLua } from "../lua/script.js";
import { memberPath, type TypeScriptContext } from "./context.js";
import { inCamelCase, outcomeLines, outcomeMeanings, typeName } from "./contract-types.js";
import { describe, ended, sentence } from "./describe.js";
import { exampleCode } from "./example.js";
import { jsdoc } from "./jsdoc.js";

/**
 * The interface with the script's function: what an editor shows of `tenant.stock.adjust`, and
 * where it leads to.
 */
export function operationInterface(
  context: TypeScriptContext,
  script: ScriptModel,
  lua: EmittedLua,
): string[] {
  const name = typeName(script);
  const property = propertyName(camel(script.operation));
  const call = `(args: ${name}Args, options?: CallOptions): Promise<${name}Reply>;`;
  const many =
    script.many === undefined
      ? undefined
      : [
          ...jsdoc("    ", manyDocumentation(script, script.many)),
          `    many(calls: readonly ${name}Args[], options?: CallOptions): Promise<ManyResult<${name}Reply>[]>;`,
        ];
  return [
    ...jsdoc("", [
      `The function of \`${script.name}\`. A tenant's \`${memberPath(context, script.domain)}\` has it.`,
    ]),
    `export interface ${name}Operation {`,
    ...jsdoc("  ", documentation(context, script, lua)),
    ...(many === undefined
      ? [`  ${property}${call}`]
      : [`  readonly ${property}: {`, `    ${call}`, ...many, "  };"]),
    "}",
  ];
}

/** `new(…)` in an interface would be a constructor. */
function propertyName(name: string): string {
  return name === "new" || name === "constructor" ? JSON.stringify(name) : name;
}

function documentation(context: TypeScriptContext, script: ScriptModel, lua: EmittedLua): string[] {
  const { model, sourceRoot } = context;
  const code = exampleCode(context, script);
  return [
    inCamelCase(script, script.purpose),
    inCamelCase(script, script.description),
    ...replyParagraphs(model, script),
    unitsParagraph(model, script),
    `Cost: ${ended(inCamelCase(script, script.cost))}`,
    retryParagraph(script),
    `Lua source: \`${sourceRoot}/${script.file}\`, version ${script.version}.`,
    ...errorsOf(model, script, lua).map((one) => `@throws ${one}`),
    "@throws what every call can, such as `UNAVAILABLE` and `ABORTED`.",
    ...(code === undefined ? [] : [["@example", "```ts", ...code, "```"].join("\n")]),
  ];
}

/** The documentation of the function that makes many calls. */
function manyDocumentation(script: ScriptModel, limit: number): string[] {
  const name = camel(script.operation);
  return [
    `Makes many calls of \`${name}\` at once. Each call has its own result, in the order of the calls.`,
    `One EVALSHA makes up to ${limit} calls of one slot. On a cluster, each node gets its calls in one write. A call that fails leaves the others alone.`,
    "@throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.",
  ];
}

function replyParagraphs(model: Model, script: ScriptModel): string[] {
  const outcomes = outcomesOf(model, script.replies);
  if (outcomes === undefined) {
    const fields = script.replies.map((field) => `- \`${camel(field.name)}\`: ${describe(model, field)}`);
    return [["Reply:", ...fields].join("\n")];
  }
  const { meanings, rest } = outcomeMeanings(model, script);
  const lines = outcomeLines(outcomes, meanings).map((line) => (outcomes.length === 1 ? `- ${line}` : line));
  return [["Outcomes:", ...lines].join("\n"), sentence(rest)];
}

/** `` Units: `change`, `total` in units; `rememberMs` in milliseconds. `` */
function unitsParagraph(model: Model, script: ScriptModel): string {
  const byUnit = new Map<string, string[]>();
  for (const { name, type } of [...script.args, ...script.replies]) {
    if (type.kind === "choice") continue;
    const named = typeNamed(model, type.kind === "list" ? type.element : type.name);
    if (named.kind !== "integer" || named.unit === undefined) continue;
    byUnit.set(named.unit, [...(byUnit.get(named.unit) ?? []), `\`${camel(name)}\``]);
  }
  const parts = [...byUnit].map(([unit, names]) => `${[...new Set(names)].join(", ")} in ${unit}`);
  return parts.length === 0 ? "" : `Units: ${parts.join("; ")}.`;
}

function retryParagraph(script: ScriptModel): string {
  const { mode, why, within } = script.resend;
  const reason = within === undefined ? why : why.replace(new RegExp(`^within ${within},? *`), "");
  const because = sentence(inCamelCase(script, reason));
  if (mode === "never") return `Retry: never. ${because}`;
  return `Retry: safe${within === undefined ? "" : ` within \`${camel(within)}\``}. ${because}`;
}

/** The errors of a call that depend on the script, by what a caller knows after them. */
function errorsOf(model: Model, script: ScriptModel, lua: EmittedLua): string[] {
  const writes = script.keys.some(({ access }) => access === "write");
  const has = (condition: boolean, code: string) => (condition ? [code] : []);
  const raised = lua.raises.filter((code) => code !== "ARGUMENT" && code !== "CORRUPT");
  const unwritten = [
    ...has(script.args.length + keyFieldsOf(model, script).length > 0, "ARGUMENT"),
    // The client's code for INVALIDOBJ, which commands on a HyperLogLog raise.
    ...has(
      lua.raises.includes("CORRUPT") || script.commands.some(({ name }) => name.startsWith("PF")),
      "CORRUPT",
    ),
    // SET refuses other types only with GET. Then an example shows it.
    ...has(
      script.commands.some(({ name, keys }) => keys.length > 0 && !TYPELESS.has(name)) ||
        script.examples.some(({ error }) => error?.startsWith("WRONGTYPE")),
      "WRONG_TYPE",
    ),
    ...has(writes && script.flags.length === 0, "OUT_OF_MEMORY"),
    ...has(noEvictionKeysOf(model, script).length > 0, "EVICTION"),
  ];
  const quoted = (codes: readonly string[], word: string) => codes.map((code) => `\`${code}\``).join(word);
  return [
    ...has(unwritten.length > 0, `${quoted(unwritten, ", ")}: nothing was written.`),
    ...has(raised.length > 0, `\`SCRIPT\`: the script raised ${quoted(raised, " or ")}.`),
    writes ? "`OUTCOME_UNKNOWN`: no answer came; it may have run." : "`DEADLINE`: no answer came in time.",
  ];
}

/** Commands that take a key of any type. */
const TYPELESS: ReadonlySet<string> = new Set(
  "DEL UNLINK EXISTS EXPIRE PEXPIRE EXPIREAT PEXPIREAT TTL PTTL PERSIST TYPE SET RENAME RENAMENX TOUCH PUBLISH".split(
    " ",
  ),
);
