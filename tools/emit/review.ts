import type { CommandTable } from "../commands/table.js";
import type { ArgParam, ExampleModel, Model, ReplyField, ScriptModel } from "../model/model.js";
import { durableKeysOf, keyFieldsOf, keyNamed, lifeOf, typeNamed, typeText } from "../model/resolve.js";
import { aclRules } from "./acl.js";
import type { EmittedLua } from "./lua.js";

/** What a review sheet is made of. */
export interface ReviewContext {
  readonly model: Model;
  readonly commands: CommandTable;
  readonly namespace: string;
  readonly sourceRoot: string;
}

/** A DBA's page on one script: what it does, touches, costs and needs. */
export function emitReview(context: ReviewContext, script: ScriptModel, lua: EmittedLua): string {
  const { model } = context;
  const lines = [
    `<!-- Generated from ${context.sourceRoot}/${script.file} by moonpath. DO NOT EDIT. -->`,
    `# ${script.name} ${script.version}`,
    "",
    prose(script.purpose),
    ...(script.description === "" ? [] : ["", prose(script.description)]),
    "",
    ...table(
      ["", ""],
      [
        ["Source", `\`${context.sourceRoot}/${script.file}\``],
        [
          "Built of",
          script.includes.length === 0
            ? "itself alone"
            : script.includes.map((file) => `\`${context.sourceRoot}/${file}\``).join(", "),
        ],
        ["Digest (EVALSHA)", `\`${lua.digest}\``],
        ["Fingerprint", `\`${lua.fingerprint}\`, the SHA-256 of what it means, for the version lock`],
        [
          "Flags",
          script.flags.length === 0
            ? "none"
            : script.flags.map((flag) => `\`${flag}\`, ${FLAGS[flag] ?? ""}`).join("; "),
        ],
        ["When memory is full", whenFull(script)],
        ...eviction(model, script),
        ["Cost", script.cost],
        ["Sent twice", `${script.resend.mode}: ${script.resend.why}`],
      ],
    ),
    "## Keys",
    "",
    ...tableOrNone(
      ["Parameter", "Pattern", "Holds", "Access", "Lives"],
      script.keys.map((param) => {
        const key = keyNamed(model, param.key);
        return [`\`${param.param}\``, `\`${key.pattern}\``, key.holds, param.access, lifeOf(key)];
      }),
    ),
    ...(script.keys.length === 0
      ? []
      : ["All of them share one hash tag, so that the script runs on a cluster as it is.", ""]),
    "## Arguments",
    "",
    ...argumentTable(model, script),
    "## Reply",
    "",
    ...table(
      ["Field", "Type", "When", "Meaning"],
      script.replies.map((reply) => replyRow(reply)),
    ),
    "## Commands",
    "",
    ...tableOrNone(["Command", "Keys", "Lines", "Cost of one", "Writes"], commandRows(context, script)),
    "## Limits",
    "",
    ...limits(script),
    "## Least privilege",
    "",
    "```",
    `ACL SETUSER moonpath-${script.name} reset ${aclRules(model, [script], context.namespace).join(" ")}`,
    "```",
    "",
    "It leaves the user off and without a password. MULTI and EXEC are there for loading a script and calling it in one step.",
    "EVALSHA counts as reading and writing each of its keys, so that a key that is only read needs both permissions too.",
    "",
    "## Examples",
    "",
    ...script.examples.flatMap(example),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function whenFull(script: ScriptModel): string {
  if (script.oom !== undefined) return `runs: ${script.oom}`;
  return script.flags.length > 0 ? "runs: no command of it needs memory" : "refused, with OOM";
}

function eviction(model: Model, script: ScriptModel): string[][] {
  const keys = durableKeysOf(model, script);
  if (keys.length === 0) return [];
  const named = keys.map((key) => `\`${key}\``).join(", ");
  return [
    ["Eviction", `the client refuses it unless \`maxmemory-policy\` is \`noeviction\`: it writes ${named}`],
  ];
}

const FLAGS: Readonly<Record<string, string>> = {
  "no-writes": "it writes nothing",
  "allow-oom": "it runs when memory is full",
};

function argumentTable(model: Model, script: ScriptModel): string[] {
  const rows = [
    ...keyFieldsOf(model, script).map((field) => [
      `\`${field.name}\``,
      field.type,
      bounds(model, field.type),
      field.generated ? "part of the key; made by the client if there is none" : "part of the key",
    ]),
    ...script.args.map((arg) => [
      `\`${arg.name}\`${arg.optional ? ", may be absent" : ""}`,
      typeText(arg.type),
      argBounds(model, arg),
      arg.note,
    ]),
  ];
  return tableOrNone(["Argument", "Type", "Bounds", "Meaning"], rows);
}

function argBounds(model: Model, arg: ArgParam): string {
  if (arg.type.kind === "choice") return "";
  return arg.type.kind === "list" ? "at most 1000 elements" : bounds(model, arg.type.name);
}

function bounds(model: Model, name: string): string {
  const type = typeNamed(model, name);
  if (type.kind === "integer")
    return `${type.least} to ${type.greatest}${type.unit === undefined ? "" : ` ${type.unit}`}`;
  if (type.kind === "text") return `${type.leastBytes} to ${type.greatestBytes} bytes`;
  return type.kind === "choice" ? type.values.join(", ") : "";
}

function replyRow(reply: ReplyField): string[] {
  const when = reply.when === undefined ? "always" : reply.when.join(", ");
  return [
    `\`${reply.name}\``,
    typeText(reply.type),
    reply.sometimes ? `sometimes: ${when}` : when,
    reply.note,
  ];
}

function commandRows(context: ReviewContext, script: ScriptModel): string[][] {
  const names = [...new Set(script.commands.map((use) => use.name))];
  return names.map((name) => {
    const uses = script.commands.filter((use) => use.name === name);
    const keys = [...new Set(uses.flatMap((use) => use.keys))];
    const lines = [...new Set(uses.map((use) => `${use.place.file.replace(/^.*\//, "")}:${use.place.line}`))];
    const cost = context.commands.get(name)?.complexity ?? "";
    return [
      name,
      keys.map((key) => `\`${key}\``).join(", "),
      lines.join(", "),
      cost,
      uses.some((use) => use.writes) ? "yes" : "no",
    ];
  });
}

function limits(script: ScriptModel): string[] {
  if (script.limits.length === 0) return ["It has no loops.", ""];
  const told = script.limits.map(
    (limit) => `- \`${limit.place.file}:${limit.place.line}\`: at most ${limit.atMost} ${prose(limit.what)}`,
  );
  return [...new Set(told), ""];
}

function example(shown: ExampleModel): string[] {
  const line = (word: string, text: string | undefined) =>
    text === undefined ? [] : [`${word.padEnd(6)} ${text}`.trimEnd()];
  // A fence is longer than what looks like one inside it.
  const fence = JSON.stringify(shown).includes("```") ? "````" : "```";
  return [
    `**${prose(shown.title)}**`,
    "",
    fence,
    ...shown.given.flatMap((text) => line("given", text)),
    ...line("call", shown.call),
    ...line("reply", shown.reply),
    ...line("again", shown.again),
    ...line("error", shown.error),
    ...shown.then.flatMap((text) => line("then", text)),
    fence,
    "",
  ];
}

function tableOrNone(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? ["None.", ""] : table(head, rows);
}

/** Prose in Markdown: what stands in angle brackets is no HTML. Code in backticks stays as it is. */
export function prose(text: string): string {
  return text.replace(/`[^`]*`|</g, (found) => (found === "<" ? "\\<" : found));
}

/** A Markdown table, and an empty line after it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => prose(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row), ""];
}
