import type { Model } from "../../model/model.js";
import { table } from "../review/markdown.js";
import { whereOf } from "../review/unproved.js";
import { rolesOf } from "./roles.js";
import { serviceAccess } from "./service-rights.js";

/**
 * The page beside the ACL file, because an ACL file cannot have comments. It lists the rights of
 * each role, and what a person with its password can do.
 */
export function emitAclReadme(model: Model, namespace: string, sourceRoot: string): string {
  const roles = rolesOf(model);
  const lines = [
    `<!-- Generated from ${sourceRoot}/ by moonpath-codegen. DO NOT EDIT. -->`,
    "# Users of Redis",
    "",
    `\`moonpath.acl\` has one user for each role. All users are disabled and have no password. The rules are for the namespace`,
    `\`${namespace}\` (option \`--namespace\` of \`moonpath-codegen generate\`). The namespace must equal your client's. Otherwise every`,
    "call ends with NOPERM.",
    "",
    ...table(
      ["User", "Purpose and rights"],
      roles.map(({ name, may }) => [`\`moonpath-${name}\``, may]),
    ),
    "## What each user can still do",
    "",
    "An ACL limits commands, key patterns and channels. It does not separate tenants, because each pattern allows every tenant.",
    "It does not know which script sends a command.",
    "",
    ...roles.flatMap(({ name, still }) => [
      `\`moonpath-${name}\` can:`,
      "",
      ...still.map((sentence) => `- ${sentence}`),
      "",
    ]),
    "## How to enable a user",
    "",
    "If the server has an `aclfile`, copy the lines of `moonpath.acl` into that file. Then run these commands for each role that",
    "you use:",
    "",
    "```",
    "redis-cli ACL LOAD",
    "redis-cli ACL SETUSER moonpath-service on '>a long password'",
    "redis-cli ACL SAVE",
    "```",
    "",
    "If the server has no `aclfile`, send the rules with `ACL SETUSER`. The server loses them when it restarts:",
    "",
    "```",
    "grep '^user moonpath-service ' moonpath.acl | cut -d' ' -f4- |",
    "  xargs redis-cli ACL SETUSER moonpath-service reset on '>a long password'",
    "```",
    "",
    "If a new script needs further commands or keys, change the rules of the user. The user keeps its password and its",
    "connections:",
    "",
    "```",
    "grep '^user moonpath-service ' moonpath.acl | cut -d' ' -f4- |",
    "  xargs redis-cli ACL SETUSER moonpath-service clearselectors",
    "```",
    "",
    "Run these commands on every node. `moonpath-service` and `moonpath-worker` cannot load scripts. Run",
    "`moonpath load --redis redis://moonpath-deploy:password@host:6379 --scripts generated/lua` before services start, and after",
    "a node was added or restarted. It loads the scripts on every node.",
    "",
    "## Scripts for workers",
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
  const accesses = scripts.map((script) => ({ script, access: serviceAccess(model, namespace, script) }));
  const list = (kind: string) =>
    accesses.filter(({ access }) => access.kind === kind).map(({ script }) => `\`${script.name}\``);
  const partly = accesses.flatMap(({ script, access }) =>
    access.kind === "partly" ? [`\`${script.name}\` (it lacks ${access.lacking.join(", ")})`] : [],
  );
  const paragraph = (sentence: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${sentence}: ${names.join(", ")}.`, ""];
  return [
    ...paragraph(
      "`moonpath-service` cannot run these scripts, because it has no right to one of their keys",
      list("refused"),
    ),
    ...paragraph("`moonpath-service` can run these, because it has all rights that they need", list("open")),
    ...paragraph(
      "`moonpath-service` can run some paths of these; another path ends with an error, maybe after a part of its writes",
      partly,
    ),
  ];
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
    "The checks found these problems, and a comment in the source allows each of them. The ACL grants only rights that the checks",
    "know.",
    "",
    ...table(["Script", "Check", "Comment", "The author's reason"], rows),
  ];
}
