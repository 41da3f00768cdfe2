import type { Model } from "../model/model.js";
import { table } from "./markdown.js";
import { ROLES } from "./roles.js";
import { whereOf } from "./unproved.js";

/** The page beside the ACL file, which itself may hold no comments: each role, what it may do and can still do. */
export function emitAclReadme(model: Model, namespace: string, sourceRoot: string): string {
  const lines = [
    `<!-- Generated from ${sourceRoot}/ by moonpath. DO NOT EDIT. -->`,
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
    "Do so on every node, and again when a new script has brought commands or keys. No user of a service loads scripts:",
    "`moonpath load --redis redis://moonpath-deploy:password@host:6379` loads them on every node, before services start and",
    "after a node was added or restarted.",
    "",
    "## Workers' scripts",
    "",
    ...workers(model),
    "## Waivers",
    "",
    ...waivers(model),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function workers(model: Model): string[] {
  const names = model.scripts.filter(({ role }) => role === "worker").map(({ name }) => `\`${name}\``);
  const none = "None: the users `moonpath-service` and `moonpath-worker` call the same scripts.";
  return [
    names.length === 0 ? none : `\`moonpath-service\` lacks what only these need: ${names.join(", ")}.`,
    "",
  ];
}

function waivers(model: Model): string[] {
  const rows = model.scripts.flatMap((script) =>
    script.waivers.map((waiver) => [
      `\`${script.name}\``,
      `\`${waiver.rule}\``,
      `${waiver.place.file === script.file ? `${script.file}, ` : ""}${whereOf(script, waiver)}`,
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
