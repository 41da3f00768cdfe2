import type { Model } from "../../model/model.js";

/** How to fill in the command line of a sheet. */
export function callGuide(model: Model, namespace: string): string[] {
  const hasSlots = model.keys.some((key) => key.slotOf !== undefined);
  const [example] = model.keys.filter(({ slotOf }) => slotOf !== undefined || !hasSlots);
  const fields = (example?.fields ?? []).filter((field) => field !== "namespace");
  const key = [example?.name, ...fields.map((field) => `${field}=<${field}>`)].join(" ");
  return [
    "# Call by hand",
    "",
    "Each sheet shows a line of `redis-cli` that calls its script. It has the digest, the number of keys, the keys and the arguments.",
    "Replace each placeholder, with its angle brackets, and keep the quotes, the braces and the order.",
    "",
    "- **User:** The line names a user that may run the script. `moonpath-worker` may run every script. A DBA has to enable that user",
    "  first; `acl/README.md` says how. `moonpath-dba` may run none.",
    "- **Digest:** If the answer is NOSCRIPT, run `moonpath load`, or `redis-cli -x SCRIPT LOAD < <file>` as `moonpath-deploy`.",
    `- **Keys:** \`moonpath key ${key} --namespace ${namespace}\``,
    "  prints this key, the others of its slot that have no further field, and the tag of the slot. It needs no server; with",
    "  `--redis <url>` it prints the node too. For another key, write its name and its fields.",
    ...(hasSlots
      ? [
          "- **`<slot of …>`:** This is the tag of the slot, without its braces. `CLUSTER KEYSLOT` does not help: it prints only a number, and",
          "  fails on a server that is no cluster.",
        ]
      : []),
    "- **Arguments:** An argument that *may be empty* is absent if it is `''`. A list is its number of elements, and then the elements.",
    "  A list of records has the fields of each record in order. Instants are milliseconds since 1970.",
    "- **Operation:** If a key ends in an operation, write a new name for each call. The same name means that the call is sent again.",
    "",
  ];
}
