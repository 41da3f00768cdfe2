import type { Model } from "../../model/model.js";
import { lifeOf } from "../../model/resolve.js";
import { table } from "./markdown.js";
import { unproved } from "./unproved.js";

/**
 * Scripts of which the last two columns say too little, because a waiver lets them touch other
 * keys.
 */
function unprovedUse(model: Model): string[] {
  const waived = model.scripts.flatMap((script) => {
    const doubt = unproved(script, ["keys/undeclared", "keys/access"]);
    return doubt === undefined ? [] : [`- \`${script.name}\`: ${doubt}`];
  });
  return waived.length === 0
    ? []
    : ["What these scripts write and read is not known in full:", "", ...waived, ""];
}

/** The keyspace map: every key pattern, what it holds and who touches it. */
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
    "The braces hold the hash tag: keys with the same tag live on one node of a cluster. Where a key is never evicted, the client",
    "refuses its scripts on a server whose `maxmemory-policy` is not `noeviction`; Redis itself does not. A call that waits for",
    "replicas also writes a key `<tag>:replicated`, empty of meaning, which ends a millisecond later.",
    "",
    "The users of `acl/moonpath.acl` have the commands that the scripts run, on these patterns: that is what EVALSHA asks for. They",
    "keep out other keys and other commands, not somebody who has a password and writes by hand, and they do not part tenants.",
    "`acl/README.md` says what each role can still do.",
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
