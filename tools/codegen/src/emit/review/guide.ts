import type { Model } from "../../model/model.js";
import { unproved } from "./unproved.js";

/** What the rows of a sheet mean, for all sheets. */
export const HOW_TO_READ: readonly string[] = [
  "# How to read a sheet",
  "",
  "- **Version:** A patch (1.0.1) changes behaviour that the contract does not describe. A minor (1.1.0) adds an optional argument, a",
  "  value at the end of the reply, a new `@oom` or another limit of `@many`, or makes `@resend never` safe. A major (2.0.0) is every other change of the",
  "  contract: keys, arguments, bounds, outcomes. Comments, notes and examples need no new version. The older major stays beside the",
  "  new one as `<operation>_v1.lua`, with a sheet of its own, until no service calls it. Then it is removed, and its number is never",
  "  used again.",
  "- **Many form:** A second text, which makes several calls in one run. KEYS has the keys of all calls, one call after the other, and",
  "  ARGV their arguments. The reply has an element for each call. An error of one call leaves the others alone. The errors name the",
  "  lines of `lua/<domain>/<operation>.many.lua`. Keys, commands, flags and rights are those of the single form.",
  "- **Cost:** The author states it, and no check proves it. The text explains its letters. Under *Commands*, *Cost of one* is what",
  "  Redis documents for one run of a command.",
  "- **Sent twice:** A reply may be lost after the script ran. The row says what a second run of the same call does. The word comes",
  "  from `@resend`:",
  "  - `safe`: The client sends the call again after a lost reply, until its deadline or its last retry. It does so even if the text",
  "    names a condition.",
  "  - `safe: within <argument>, …`: The client does so only in the first half of the time that this argument gives.",
  "  - `never`: The client sends the call again only if it certainly did not run, or if the script only reads.",
  "- **Called by:** A contract with `@role worker` is for background workers. If the row says *workers only*, the ACL refuses",
  "  every call of the script to `moonpath-service`, because that user has no right to one of its keys. If it says that services",
  "  have the rights too, the ACL cannot refuse it, because scripts for services need the same keys and commands. *On some paths*",
  "  means that services have the keys but lack a command, so that a call may stop in the middle.",
  "- **Limits:** Each loop and each `unpack` has a maximum. *Proved* means that the checks count it. *Trusted* means that only the",
  "  author's comment declares it. The generated code around the script checks the number, types and bounds of all arguments on the",
  "  server, before the script itself runs. A list has at most 1000 elements, or fewer if the contract says so. So a limit that rests on an argument holds. A trusted",
  "  limit that rests on stored data needs a look at the source.",
  "- **Number of keys:** *Bytes* is `MEMORY USAGE` of one key after the calls of the benchmark, with the number of elements that it",
  "  held. *Bytes of a further one* is what each further element adds, if there are many. *Bytes when full* is the size of a key to",
  "  which the contracts allow no further element. Without it, the calls decide how large a key becomes. The names of the benchmark",
  "  are short, such as `offer-17`: add the bytes by which yours are longer.",
  "- **Time and bytes:** A benchmark measured them, if the folder of the scripts has a `costs.json`. *us* are microseconds of the",
  "  server, without the network. Redis runs one script at a time, so they are also what all other clients wait. The commands are",
  "  those of a later call on the path, when the keys that all calls share exist.",
  "- **Repair:** Each text that an error CORRUPT can name, with the commands to look and to repair. They come from `@corrupt` in",
  "  `keyspace.lua`. `moonpath-dba` may look, but not repair: an administrator does so.",
  "- **Rollback:** A new stored form of a key is a new contract, so it needs a new major of each script that uses the key.",
  "- **Alerts:** Figures of Redis that a DBA should watch because of this script. `SLOWLOG` has no call below 10,000 us by default.",
  "  So run `CONFIG SET slowlog-log-slower-than 1000` on every node, and `CONFIG REWRITE`, as an administrator.",
  "- **Lua:** The exact text that Redis runs. Errors and `SLOWLOG` name its digest and its lines.",
  "- **Examples:** `{name}` is the key of that parameter, and `{now}` is the server's time in milliseconds.",
  "",
];

/** The errors that every script may raise. */
export function errorGuide(model: Model, namespace: string): string[] {
  const waived = model.scripts.flatMap((script) => {
    const doubt = unproved(script, ["order/write-before-check", "errors/swallowed"]);
    return doubt === undefined ? [] : [`- \`${script.name}\`: ${doubt}`];
  });
  return [
    "# Errors",
    "",
    "These errors are the same for all scripts. Redis does not roll a script back. So each of them comes before anything is",
    "written:",
    "",
    "- `ARGUMENT`: The number of keys or arguments is wrong, an argument is not of its type or outside its bounds, or arguments",
    "  contradict each other or stored values.",
    "- `CORRUPT`: A stored value does not have the form that the keyspace declares. The message names the value.",
    "- `WRONGTYPE`: A key holds another type of value. Redis raises it at the first command on that key. For every key that a call",
    "  uses, that command comes no later than the first write.",
    "",
    "To repair a key after WRONGTYPE, run these commands as an administrator:",
    "",
    "1. `TYPE <key>`, for each key of the call. The one whose type is not that of the table *Keyspace* is the wrong one.",
    "2. Find the program that wrote it, or it will write again. No script of Moonpath stores another type. `ACL LIST` shows which users",
    "   may write the key, and `CLIENT LIST` their connections.",
    `3. \`RENAME <key> <key>:wrong\`, for example \`RENAME '${namespace}:{acme:lamp}:stock' '${namespace}:{acme:lamp}:stock:wrong'\`. The tag in`,
    "   braces is the same, so both names are in one slot. Nothing is lost. Scripts work again, but as if the key had never existed: so",
    "   stop the services first if a lock, a request or a stock must not begin anew.",
    "4. If a server with a backup has the right value, copy it, with its life in milliseconds instead of 0 if it has one:",
    "   `redis-cli -h <backup> --raw DUMP <key> | head -c -1 | redis-cli -x RESTORE <key> 0`. Otherwise make it anew, as *Repair* of a",
    "   sheet says. Delete the key that you renamed when nobody needs it any more.",
    "",
    "The check `order/write-before-check` proves for each script that nothing can fail after its first write.",
    ...(waived.length === 0 ? [] : ["These scripts are exceptions:", "", ...waived]),
    "",
  ];
}
