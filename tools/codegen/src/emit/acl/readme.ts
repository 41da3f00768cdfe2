import type { Model, ScriptModel } from "../../model/model.js";
import { table } from "../review/markdown.js";
import { whereOf } from "../review/unproved.js";
import { ROLES } from "./roles.js";
import { aclRules } from "./rules.js";

/**
 * The page beside the ACL file, which itself may hold no comments: each role, what it may do and
 * can still do.
 */
export function emitAclReadme(model: Model, namespace: string, sourceRoot: string): string {
  const lines = [
    `<!-- Generated from ${sourceRoot}/ by moonpath-codegen. DO NOT EDIT. -->`,
    "# Users of Redis",
    "",
    `\`moonpath.acl\` holds one user a role, for the namespace \`${namespace}\` (\`--namespace\`). Each is off and has no password. It`,
    "must be the `namespace` of your client: with another one, every call ends with NOPERM.",
    "",
    ...table(
      ["User", "What it may do"],
      ROLES.map(({ name, may }) => [`\`moonpath-${name}\``, may]),
    ),
    "## What each can still do",
    "",
    "An ACL bounds commands, keys and channels. It does not part tenants, and it does not know which script sends a command.",
    "",
    ...ROLES.flatMap(({ name, still }) => [
      `\`moonpath-${name}\` can:`,
      "",
      ...still.map((sentence) => `- ${sentence}`),
      "",
    ]),
    "## How to turn one on",
    "",
    "On a server with an `aclfile`, copy the lines of `moonpath.acl` into that file. Then, for each role that you use:",
    "",
    "```",
    "redis-cli ACL LOAD",
    "redis-cli ACL SETUSER moonpath-service on '>a long password'",
    "redis-cli ACL SAVE",
    "```",
    "",
    "A server without an `aclfile` takes the rules from the command line, and forgets them when it ends:",
    "",
    "```",
    "grep '^user moonpath-service ' moonpath.acl | cut -d' ' -f4- |",
    "  xargs redis-cli ACL SETUSER moonpath-service reset on '>a long password'",
    "```",
    "",
    "When a new script has brought commands or keys, change the rules in place. The user keeps its password and its connections:",
    "",
    "```",
    "grep '^user moonpath-service ' moonpath.acl | cut -d' ' -f4- |",
    "  xargs redis-cli ACL SETUSER moonpath-service clearselectors",
    "```",
    "",
    "Do all of this on every node. No user of a service loads scripts:",
    "`moonpath load --redis redis://moonpath-deploy:password@host:6379` loads them on every node, before services start and",
    "after a node was added or restarted.",
    "",
    "## Workers' scripts",
    "",
    ...workers(model, namespace),
    "## Waivers",
    "",
    ...waivers(model),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function workers(model: Model, namespace: string): string[] {
  const scripts = model.scripts.filter(({ role }) => role === "worker");
  if (scripts.length === 0)
    return ["None: the users `moonpath-service` and `moonpath-worker` call the same scripts.", ""];
  const services = model.scripts.filter(({ role }) => role !== "worker");
  const granted = new Set(wordsOf(aclRules(model, services, namespace)));
  const callable = scripts.filter((script) =>
    wordsOf(aclRules(model, [script], namespace)).every((word) => granted.has(word)),
  );
  const list = (some: readonly ScriptModel[]) => some.map(({ name }) => `\`${name}\``).join(", ");
  const kept = scripts.filter((script) => !callable.includes(script));
  return [
    ...(kept.length === 0 ? [] : [`Redis refuses these to \`moonpath-service\`: ${list(kept)}.`, ""]),
    ...(callable.length === 0
      ? []
      : [
          `These need nothing that \`moonpath-service\` lacks, so that it can call them: ${list(callable)}.`,
          "",
        ]),
  ];
}

/** Rules that can be compared one by one: a selector's patterns as patterns to SET. */
function wordsOf(rules: readonly string[]): string[] {
  return rules.flatMap((rule) =>
    rule.startsWith("(")
      ? rule
          .replace(/[()]/g, "")
          .split(" ")
          .map((word) => `set ${word}`)
      : [rule],
  );
}

function waivers(model: Model): string[] {
  const rows = model.scripts.flatMap((script) =>
    script.waivers.map((waiver) => [
      `\`${script.name}\``,
      `\`${waiver.rule}\``,
      `${waiver.position.file === script.file ? `${script.file}, ` : ""}${whereOf(script, waiver)}`,
      waiver.reason,
    ]),
  );
  if (rows.length === 0) return ["None: every check holds for every script.", ""];
  return [
    "The checks found these breaches, and a comment in the source lets each pass. The rules grant only what the checks know.",
    "",
    ...table(["Script", "Check", "Comment", "The author's reason"], rows),
  ];
}
