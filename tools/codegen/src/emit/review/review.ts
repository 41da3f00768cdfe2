import type { RuleName } from "../../checks/rules.js";
import type { CommandTable } from "../../commands/table.js";
import type { Costs } from "../../costs.js";
import type { ArgParam, Model, ReplyField, ScriptModel } from "../../model/model.js";
import {
  isBytesType,
  keyFieldsOf,
  keyNamed,
  lifeOf,
  maxElements,
  noEvictionKeysOf,
  typeNamed,
  typeText,
} from "../../model/resolve.js";
import { aclRules } from "../acl/rules.js";
import type { EmittedLua } from "../lua/script.js";
import { alertSection } from "./alerts.js";
import { callSection } from "./call.js";
import { calledByWithReason } from "./called-by.js";
import { capacitySection } from "./capacity.js";
import { costSection } from "./cost.js";
import { exampleLines } from "./example.js";
import { luaSection } from "./lua-text.js";
import { prose, table, tableOrNone } from "./markdown.js";
import { repairSection } from "./repair.js";
import { rollbackSection } from "./rollback.js";
import { beyondRules, cell, concerns, doubts, hashTag, unproved, waiverTable } from "./unproved.js";

/** What a review sheet is made of. */
export interface ReviewContext {
  readonly model: Model;
  readonly commands: CommandTable;
  readonly namespace: string;
  readonly sourceRoot: string;
  readonly costs?: Costs | undefined;
}

/** A DBA's page on one script: what it does, touches, costs and needs. */
export function emitReview(context: ReviewContext, script: ScriptModel, lua: EmittedLua): string {
  const { model } = context;
  const lines = [
    `<!-- Generated from ${context.sourceRoot}/${script.file} by moonpath-codegen. DO NOT EDIT. -->`,
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
          script.modules.length === 0
            ? "itself alone"
            : script.modules.map((file) => `\`${context.sourceRoot}/${file}\``).join(", "),
        ],
        ["Digest (EVALSHA)", `\`${lua.digest}\``],
        ...manyRow(script, lua),
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
        [
          "Sent twice",
          cell(
            `${script.resend.mode}: ${script.resend.why}`,
            unproved(script, ["order/write-before-check", "errors/swallowed"]),
          ),
        ],
        ["Called by", calledByWithReason(model, context.namespace, script)],
      ],
    ),
    "## Keys",
    "",
    ...tableOrNone(
      ["Parameter", "Pattern", "Holds", "Access", "Lives"],
      script.keys.map((param) => {
        const key = keyNamed(model, param.key);
        const doubt = (rule: RuleName) =>
          unproved(script, [rule], (waiver) => concerns(script, waiver, param.param));
        return [
          `\`${param.param}\``,
          `\`${key.pattern}\``,
          cell(key.holds, doubt("keys/type")),
          cell(param.access, doubt("keys/access")),
          lifeOf(key),
        ];
      }),
    ),
    ...hashTag(model, script),
    ...capacitySection(model, context.costs, script),
    ...costSection(context.costs, script, lua),
    "## Arguments",
    "",
    ...argumentTable(model, script),
    "## Reply",
    "",
    ...table(
      ["Field", "Type", "When", "Meaning"],
      script.replies.map((reply) => replyRow(reply)),
    ),
    ...doubts(script, ["reply/mismatch", "reply/unreturned", "reply/float", "number/concat"]),
    "## Commands",
    "",
    ...tableOrNone(["Command", "Keys", "Lines", "Cost of one", "Writes"], commandRows(context, script)),
    "## Limits",
    "",
    ...limits(script),
    ...callSection(model, context.namespace, script, lua),
    ...repairSection(model, script),
    ...rollbackSection(model, script),
    ...alertSection(model, context.costs, script, lua),
    "## Least privilege",
    "",
    "```",
    `ACL SETUSER moonpath-${script.name} reset ${aclRules(model, [script], context.namespace).join(" ")}`,
    "```",
    "",
    "This user is off and has no password. It calls the script, if another user has loaded it. It can also send each of these",
    "commands by hand, to every key of these patterns. EVALSHA counts as reading and writing each of its keys, so that a key",
    "that is only read needs both permissions too. MULTI and EXEC serve calls in automatic pipelines.",
    "",
    ...beyondRules(script),
    ...waiverTable(script),
    "## Examples",
    "",
    ...script.examples.flatMap((shown) => exampleLines(script, shown)),
    ...luaSection(lua),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function manyRow({ many, domain, operation }: ScriptModel, lua: EmittedLua): string[][] {
  if (many === undefined || lua.many === undefined) return [];
  return [
    [
      "Many form",
      `up to ${many} calls in one run, digest \`${lua.many.digest}\`, text \`lua/${domain}/${operation}.many.lua\``,
    ],
  ];
}

function whenFull(script: ScriptModel): string {
  if (script.oom !== undefined) return `runs: ${script.oom}`;
  return script.flags.length > 0 ? "runs: no command of it needs memory" : "refused, with OOM";
}

function eviction(model: Model, script: ScriptModel): string[][] {
  const keys = noEvictionKeysOf(model, script);
  const named = keys.map((key) => `\`${key}\``).join(", ");
  const claim =
    keys.length === 0
      ? ""
      : `the client refuses it unless \`maxmemory-policy\` is \`noeviction\`: it writes ${named}`;
  const line = cell(claim, unproved(script, ["keys/undeclared", "keys/access"]));
  return line === "" ? [] : [["Eviction", line]];
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
  return arg.type.kind === "list"
    ? `at most ${maxElements(arg.type)} elements`
    : bounds(model, arg.type.name);
}

function bounds(model: Model, name: string): string {
  const type = typeNamed(model, name);
  if (type.kind === "integer")
    return `${type.min} to ${type.max}${type.unit === undefined ? "" : ` ${type.unit}`}`;
  if (type.kind === "text")
    return `${type.minBytes} to ${type.maxBytes} ${isBytesType(type) ? "raw bytes" : "bytes"}`;
  return type.kind === "choice" ? type.values.join(", ") : "";
}

function replyRow(reply: ReplyField): string[] {
  return [`\`${reply.name}\``, typeText(reply.type), whenPresent(reply), reply.note];
}

function whenPresent({ when, sometimes }: ReplyField): string {
  if (when === undefined) return sometimes ? "sometimes" : "always";
  return sometimes ? `sometimes: ${when.join(", ")}` : when.join(", ");
}

function commandRows(context: ReviewContext, script: ScriptModel): string[][] {
  const names = [...new Set(script.commands.map((use) => use.name))];
  return names.map((name) => {
    const uses = script.commands.filter((use) => use.name === name);
    const keys = [...new Set(uses.flatMap((use) => use.keys))];
    const lines = [
      ...new Set(uses.map((use) => `${use.position.file.replace(/^.*\//, "")}:${use.position.line}`)),
    ];
    const cost = firstSentence(context.commands.get(name)?.complexity ?? "").replaceAll("; and ", ". ");
    const doubted: RuleName[] = [
      ...(uses.some((use) => use.undeclared) ? (["keys/undeclared"] as const) : []),
      ...(uses.some((use) => use.channels) ? (["commands/channel"] as const) : []),
    ];
    return [
      name,
      cell(keys.map((key) => `\`${key}\``).join(", "), unproved(script, doubted)),
      lines.join(", "),
      cost,
      uses.some((use) => use.writes) ? "yes" : "no",
    ];
  });
}

/** Redis describes the cost of some commands in several sentences; `…` marks that others follow. */
function firstSentence(text: string): string {
  const [first] = /^.*?\.(?=\s+[A-Z])/.exec(text) ?? [];
  return first === undefined ? text : `${first} …`;
}

const TRUSTED = "trusted: the comment says so, nothing proves it";

function limits(script: ScriptModel): string[] {
  const unbounded = doubts(script, ["bounds/loop", "bounds/unpack", "bounds/text"]);
  if (script.limits.length === 0 && unbounded.length > 0) return unbounded;
  if (script.limits.length === 0) return ["It has no loops.", ""];
  const declared = script.limits.map(
    ({ position, max, what, proved }) =>
      `- \`${position.file}:${position.line}\`: at most ${max} ${prose(what)}; ${proved ? "proved" : TRUSTED}`,
  );
  return [...new Set(declared), "", ...unbounded];
}
