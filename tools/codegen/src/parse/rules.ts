/**
 * The rules that are not about what a script does: how a folder is read, formatted, locked,
 * generated and verified. Those of a script's body stand in `tools/checks/rules.ts`; the guide
 * lists both.
 */
export const FOLDER_RULES = {
  "parse/missing": {
    meaning: "A folder has a types.lua and a keyspace.lua.",
    fix: "add the file",
  },
  "parse/encoding": {
    meaning: "Files are UTF-8, without a byte order mark.",
    fix: "save the file as UTF-8 without a byte order mark",
  },
  "parse/newlines": {
    meaning: "Lines end in plain newlines, so that digests are the same on every machine.",
    fix: "save the file with plain newlines",
  },
  "parse/syntax": {
    meaning: "Every file is Lua 5.1.",
    fix: "correct the syntax at the caret, or just before",
  },
  "parse/limits": {
    meaning:
      "A function is no bigger than Lua's compiler takes: 200 locals at once, 60 from outside, 180 levels. A file has at most 50,000 tokens.",
    fix: "split the function, or take fewer arguments",
  },
  "types/name": {
    meaning: "A type's name is in small letters, digits and underscores.",
    fix: "write it as epoch_ms",
  },
  "types/purpose": {
    meaning: "A type says what it means.",
    fix: "say it in a sentence above",
  },
  "types/base": {
    meaning: "A type is an integer, a string, a boolean or choices.",
    fix: 'use integer, string, boolean or choices such as "yes"|"no"',
  },
  "types/range": {
    meaning: "A number has bounds, and a text has bounds in bytes.",
    fix: "add: @range <min>..<max>",
  },
  "types/charset": {
    meaning: "A text says which characters it may hold.",
    fix: "add: @charset key, upper or any",
  },
  "types/default": {
    meaning: "The only default is `generated`: the client makes a value where the caller gives none.",
    fix: "write: @default generated",
  },
  "types/field": {
    meaning: "A record has fields, each with a name and a type of the file that is no record.",
    fix: "write it as: @field item id",
  },
  "types/twice": {
    meaning: "A type is declared once.",
    fix: "keep one of the two",
  },
  "keyspace/name": {
    meaning: "A key is declared as key.<name>, a string.",
    fix: "write it as: @alias key.stock string",
  },
  "keyspace/purpose": {
    meaning: "A key says what it holds.",
    fix: "say it in a sentence above",
  },
  "keyspace/pattern": {
    meaning:
      "A key has a pattern: the namespace first, one hash tag that begins with the tenant, each field once, and behind each field a character that it cannot hold.",
    fix: "write it as: <namespace>:{<tenant>:<product>}:stock",
  },
  "keyspace/field": {
    meaning:
      "A field of a pattern has a type: the text of its own name, else `id`; never one that allows braces.",
    fix: "declare the type in types.lua, with @charset key or upper and at least one byte",
  },
  "keyspace/holds": {
    meaning: "A key says which of Redis's types its value has.",
    fix: "use one of string, hash, list, set, zset, stream",
  },
  "keyspace/ttl": {
    meaning: "A key says how long it lives; `none` where nothing ends it.",
    fix: "add: @ttl none",
  },
  "keyspace/owner": {
    meaning: "A key says who owns it.",
    fix: "add: @owner <domain>",
  },
  "keyspace/evict": {
    meaning: "What is said of a key's eviction is that it never may happen.",
    fix: "write it as: @evict never, or leave it out where Redis may evict the key",
  },
  "keyspace/reserved": {
    meaning:
      "No key ends in a suffix that Moonpath itself writes: `}:replicated`, and all that begin with `}:slot-`.",
    fix: "put another word behind the braces",
  },
  "keyspace/twice": {
    meaning: "Key names differ, and so do patterns: no two keys of the keyspace can be the same key.",
    fix: "keep one of the two, or end the patterns in different words",
  },
  "keyspace/unknown": {
    meaning: "A contract names keys of the keyspace.",
    fix: "declare it in keyspace.lua, or name one that stands there",
  },
  "keys/slot": {
    meaning: "All keys of a script share one hash tag, so that it runs on a cluster as it is.",
    fix: "give the patterns the same hash tag, or split the script",
  },
  "contract/path": {
    meaning: "A script's path is <domain>/<operation>.lua, in small letters.",
    fix: "move or rename the file",
  },
  "contract/form": {
    meaning: "A file holds requires, locals and one local function, which it returns at its end.",
    fix: "end the file with: return <the one function that it documents>",
  },
  "contract/name": {
    meaning: "The function is called like its file; <operation>_v1.lua holds a version 1.x.x of it.",
    fix: "rename the function or the file",
  },
  "contract/missing": {
    meaning: "A script's function has its contract directly above.",
    fix: "document it in --- lines directly above, from its purpose to its examples",
  },
  "contract/purpose": {
    meaning: "A contract begins with what the script does.",
    fix: "begin with a sentence that a DBA understands",
  },
  "contract/unknown-tag": {
    meaning: "A tag is one of the grammar's.",
    fix: "use a tag of the grammar",
  },
  "contract/stray": {
    meaning:
      "A line below a tag continues it if it is indented by three spaces or more; only an example has other lines.",
    fix: "indent it by three spaces, or write it above the first tag",
  },
  "contract/version": {
    meaning: "A contract has a version of three numbers.",
    fix: "write it as: @version 1.0.0",
  },
  "contract/cost": {
    meaning: "A contract says what the script costs.",
    fix: "write it as: @cost O(log N), N the tracked items",
  },
  "contract/resend": {
    meaning: "A contract says whether a second run is safe, and why.",
    fix: "write it as: @resend safe the sequence makes a second run change nothing",
  },
  "contract/oom": {
    meaning: "@oom says why a script runs when memory is full; one whose commands need none says nothing.",
    fix: "write it as: @oom runs it moves what is stored already",
  },
  "contract/role": {
    meaning: "@role says that only workers call the script; without it, services call it too.",
    fix: "write it as: @role worker",
  },
  "contract/param": {
    meaning: "A parameter has a name and a type.",
    fix: "write it as: @param quantity units on hand now",
  },
  "contract/param-order": {
    meaning: "Parameters are documented in the function's order.",
    fix: "document them in the function's order",
  },
  "contract/param-missing": {
    meaning: "Every parameter is documented.",
    fix: "add: @param <name> <type>",
  },
  "contract/keys-first": {
    meaning: "Keys stand before the other parameters.",
    fix: "move the key up, in the function too",
  },
  "contract/access": {
    meaning: "A key is declared `read` or `write`.",
    fix: "write it as: @param stock key.stock write",
  },
  "contract/unknown-type": {
    meaning: "A type is one of types.lua, or choices in quotes.",
    fix: "declare it in types.lua, or use one that stands there",
  },
  "contract/record": {
    meaning: "Records travel in lists.",
    fix: "use a list: <record>[]",
  },
  "contract/optional": {
    meaning: "What may be absent can be told from what is empty.",
    fix: "use a text of at least one byte, or no ?; a list is empty rather than absent",
  },
  "contract/return": {
    meaning: "A script returns something, each value with a type and a name.",
    fix: "write it as: @return units total",
  },
  "contract/when": {
    meaning: "`when` names outcomes of the first return value; what may be absent has a `?` behind its type.",
    fix: "correct the outcome, or put a ? behind the type",
  },
  "contract/twice": {
    meaning: "A tag that stands once does so, and names differ, in TypeScript's spelling too.",
    fix: "keep one, or rename one",
  },
  "contract/examples": {
    meaning: "A contract has at least three examples.",
    fix: "show the usual case, a bad or corrupt input, and a repeat",
  },
  "contract/example": {
    meaning: "An example says what it shows, and ends in a reply or an error.",
    fix: "use the lines given, call, reply, again, error and then",
  },
  "module/path": {
    meaning: "A module's path is lib/<name>.lua, in small letters.",
    fix: "move or rename the file",
  },
  "module/name": {
    meaning: "A module, its function and the local that holds it have one name.",
    fix: 'write: local <name> = require("lib.<name>")',
  },
  "module/undocumented": {
    meaning: "A module says what it does.",
    fix: "document it in --- lines directly above the function",
  },
  "module/missing": {
    meaning: "A required module is there.",
    fix: "add lib/<name>.lua, or correct the name",
  },
  "module/cycle": {
    meaning: "Modules do not need each other in a circle.",
    fix: "move what both need into a third module",
  },
  "module/clash": {
    meaning: "The parts of a script share one scope: a name stands in one of them only.",
    fix: "rename one of the two",
  },
  "module/reserved": {
    meaning:
      "No local of a file hides what the generated wrapper uses: wrapper_…, arg_…, reply_… and Lua's globals.",
    fix: "rename it",
  },
  "style/format": {
    meaning: "Sources are formatted with StyLua, and nest no deeper than StyLua can format.",
    fix: "run: moonpath-codegen format",
  },
  "version/unlocked": {
    meaning: "Every version is in the lock file.",
    fix: "when it is ready, run: moonpath-codegen lock",
  },
  "version/unbumped": {
    meaning: "A version that is locked does what it did.",
    fix: "give it a new version, or undo the change",
  },
  "version/contract": {
    meaning: "Callers of a major can go on: a contract that would break them is a new major.",
    fix: "give it the next major, and keep the old file beside it as <operation>_v1.lua",
  },
  "version/backwards": {
    meaning: "Versions rise.",
    fix: "give it a version above the latest",
  },
  "version/retired": {
    meaning: "A major that was retired is never used again.",
    fix: "give it a version of a major that is new",
  },
  "version/dropped": {
    meaning: "A major that was locked stays, until it is retired by name.",
    fix: "keep it as <operation>_v1.lua, or run: moonpath-codegen lock --retire <script>@1",
  },
  "output/stale": {
    meaning: "The output folder is what the sources give, no file more or less.",
    fix: "run: moonpath-codegen generate, and commit what it writes",
  },
  "verify/load": {
    meaning: "The server loads every script.",
    fix: "correct what the server names",
  },
  "verify/digest": {
    meaning: "The server calls every script by the digest that was generated.",
    fix: "generate again",
  },
  "verify/commands": {
    meaning: "The server's commands are what the table of Redis 7.0 says.",
    fix: "refresh the table, or correct the script",
  },
  "verify/example": {
    meaning: "Every example holds, and holds when it is sent twice where that is safe.",
    fix: "correct the script or the example",
  },
  "verify/acl": {
    meaning: "Every example holds for the user of the generated ACL.",
    fix: "correct the contract's keys",
  },
} as const satisfies Readonly<Record<string, { readonly meaning: string; readonly fix: string }>>;

/** The name of one of these rules: `contract/form`. */
export type FolderRule = keyof typeof FOLDER_RULES;
