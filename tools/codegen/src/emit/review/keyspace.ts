import type { Model } from "../../model/model.js";
import { lifeOf } from "../../model/resolve.js";
import { callGuide } from "./call-guide.js";
import { calledBy } from "./called-by.js";
import { errorGuide, HOW_TO_READ } from "./guide.js";
import { table } from "./markdown.js";
import { sheetOf } from "./sheet.js";
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

/** The page before the sheets: every key pattern, every script, and what the sheets' words mean. */
export function emitKeyspaceMap(model: Model, namespace: string, sourceRoot: string): string {
  const rows = model.keys.map((key) => {
    const users = (access: string) =>
      model.scripts
        .filter((script) => script.keys.some((param) => param.key === key.name && param.access === access))
        .map((script) => `[${script.name}](${sheetOf(script)})`)
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
    ...(model.keys.some((key) => key.slotOf !== undefined)
      ? [
          "",
          "`<slot of tenant, product>` is a text that hashes to the same slot as `<tenant>:<product>`: the first one by length, and then",
          "in the order of 0-9a-z. Redis Cluster compares slots, so a script may use both keys. Such a key belongs to all tenants of",
          "the namespace. Its members name the tenant. If you purge a tenant, remove its members.",
        ]
      : []),
    "",
    "Redis checks each command in a script against the user that calls the script. So the users `moonpath-service` and",
    "`moonpath-worker` of `acl/moonpath.acl` have the commands of the scripts on these key patterns, and can also send them",
    "directly. They have no other keys. Their other commands are those of the client itself, such as `PING`. The ACL does not",
    "separate tenants. `acl/README.md` lists what each role can still do.",
    "",
    "Below the keys are the [scripts](#scripts), the [words of the sheets](#how-to-read-a-sheet), [calls by hand](#call-by-hand) and the",
    "[errors](#errors).",
    "",
    ...table(["Pattern", "Holds", "Lives", "Owner", "What it holds", "Written by", "Read by"], rows),
    ...unprovedUse(model),
    "# Scripts",
    "",
    ...table(
      ["Script", "Version", "Called by", "What it does", "Cost", "Flags"],
      model.scripts.map((script) => [
        `[${script.name}](${sheetOf(script)})`,
        script.version,
        calledBy(model, namespace, script),
        script.purpose,
        script.cost,
        script.flags.join(", "),
      ]),
    ),
    ...HOW_TO_READ,
    ...callGuide(model, namespace),
    ...errorGuide(model, namespace),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}
