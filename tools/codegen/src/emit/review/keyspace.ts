import type { Model } from "../../model/model.js";
import { lifeOf } from "../../model/resolve.js";
import { table } from "./markdown.js";
import { unproved } from "./unproved.js";

/**
 * Scripts whose last two columns are incomplete, because a waiver allows them to use other keys.
 */
function unprovedUse(model: Model): string[] {
  const waived = model.scripts.flatMap((script) => {
    const doubt = unproved(script, ["keys/undeclared", "keys/access"]);
    return doubt === undefined ? [] : [`- \`${script.name}\`: ${doubt}`];
  });
  return waived.length === 0 ? [] : ["The checks do not know all keys of these scripts:", "", ...waived, ""];
}

/** The keyspace map: every key pattern, its content and its scripts. */
export function emitKeyspaceMap(model: Model, sourceRoot: string): string {
  const rows = model.keys.map((key) => {
    const users = (access: string) =>
      model.scripts
        .filter((script) => script.keys.some((param) => param.key === key.name && param.access === access))
        .map((script) => `[${script.name}](${script.file.replace(/\.lua$/, ".md")})`)
        .join(", ");
    return [
      `\`${key.pattern}\``,
      key.holds,
      lifeOf(key),
      key.owner,
      key.purpose,
      users("write"),
      users("read"),
    ];
  });
  const lines = [
    `<!-- Generated from ${sourceRoot}/keyspace.lua by moonpath-codegen. DO NOT EDIT. -->`,
    "# Keyspace",
    "",
    "The text in braces is the hash tag: all keys with the same tag are on one node of a cluster. If a key must never be evicted,",
    "the client refuses its scripts on a server whose `maxmemory-policy` is not `noeviction`. Redis itself does not refuse them. A",
    "call that waits for replicas also writes a key `<tag>:replicated`. Its value has no meaning, and it expires after a millisecond.",
    "",
    "The users of `acl/moonpath.acl` have the commands of the scripts on these key patterns, because EVALSHA checks the rights of",
    "its user. They have no other keys and no other commands. The ACL does not separate tenants. It does not stop a person who has",
    "a password and sends these commands directly. `acl/README.md` lists what each role can still do.",
    "",
    ...table(["Pattern", "Holds", "Lives", "Owner", "What it holds", "Written by", "Read by"], rows),
    ...unprovedUse(model),
    "# Scripts",
    "",
    ...table(
      ["Script", "Version", "What it does", "Cost", "Flags"],
      model.scripts.map((script) => [
        `[${script.name}](${script.file.replace(/\.lua$/, ".md")})`,
        script.version,
        script.purpose,
        script.cost,
        script.flags.join(", "),
      ]),
    ),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}
