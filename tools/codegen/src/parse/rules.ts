/**
 * The checks of a folder: how it is read, formatted, locked, generated and verified. The checks of a
 * script's body are in `checks/rules.ts`. docs/scripts.md lists both.
 */
export const FOLDER_RULES = {
  "parse/missing": {
    meaning: "The folder contains types.lua and keyspace.lua.",
    fix: "add the file",
  },
  "parse/encoding": {
    meaning: "Files are UTF-8, without a byte order mark.",
    fix: "save the file as UTF-8 without a byte order mark",
  },
  "parse/newlines": {
    meaning: "Lines end in LF, not CRLF, because the digest must be the same on every machine.",
    fix: "save the file with LF line endings",
  },
  "parse/syntax": {
    meaning: "Every file is valid Lua 5.1.",
    fix: "correct the syntax at the caret or just before it",
  },
  "parse/limits": {
    meaning:
      "A function stays within the limits of Lua's compiler: 200 locals in scope, 60 upvalues, 180 levels of nesting. A file has at most 50,000 tokens.",
    fix: "split the function, or declare fewer arguments",
  },
  "types/name": {
    meaning: "A type's name consists of lowercase letters, digits and underscores.",
    fix: "write it as epoch_ms",
  },
  "types/purpose": {
    meaning: "A type has a description.",
    fix: "write a sentence above it",
  },
  "types/base": {
    meaning: "A type is integer, string, boolean or a list of choices.",
    fix: 'use integer, string, boolean or choices such as "yes"|"no"',
  },
  "types/range": {
    meaning: "A type has bounds: of the number, or of the text's length in bytes.",
    fix: "add: @range <min>..<max>",
  },
  "types/charset": {
    meaning: "A text type declares which characters it allows, or that it has raw bytes.",
    fix: "add: @charset key, upper, digits, any or bytes",
  },
  "types/default": {
    meaning: "The only default is `generated`: the client makes a value if the caller passes none.",
    fix: "write: @default generated",
  },
  "types/field": {
    meaning:
      "A record has fields. Each has a name and a type of types.lua that is neither a record nor raw bytes.",
    fix: "write it as: @field item id",
  },
  "types/twice": {
    meaning: "Each type is declared once.",
    fix: "remove one of the two",
  },
  "keyspace/name": {
    meaning: "A key is declared as an alias key.<name> of string.",
    fix: "write it as: @alias key.stock string",
  },
  "keyspace/purpose": {
    meaning: "A key has a description.",
    fix: "write a sentence above it",
  },
  "keyspace/pattern": {
    meaning:
      "A key has a pattern. It begins with the namespace and has one hash tag, which begins with the tenant or is `<slot of …>`. Each field occurs once and is followed by a character that it cannot contain. A key with the tag of a slot has a suffix that begins with `:slot-`.",
    fix: "write it as: <namespace>:{<tenant>:<product>}:stock",
  },
  "keyspace/field": {
    meaning:
      "Each field of a pattern has a text type: the type with the field's name, or else `id`. The type allows no braces.",
    fix: "declare the type in types.lua, with @charset key or upper and at least one byte",
  },
  "keyspace/holds": {
    meaning: "A key declares the Redis type of its value.",
    fix: "use one of string, hash, list, set, zset, stream",
  },
  "keyspace/ttl": {
    meaning: "A key declares its lifetime; `none` means that it never expires.",
    fix: "add: @ttl none",
  },
  "keyspace/owner": {
    meaning: "A key declares the domain that owns it.",
    fix: "add: @owner <domain>",
  },
  "keyspace/evict": {
    meaning: "@evict has one value, `never`: Redis must not evict the key.",
    fix: "write: @evict never; or remove it if Redis may evict the key",
  },
  "keyspace/corrupt": {
    meaning:
      "@corrupt says what is corrupt, which command shows it, how to repair it, and which keys to delete together.",
    fix: "write it as: @corrupt total: look HGETALL {stock}; repair HSET {stock} total 5; delete {stock}",
  },
  "keyspace/repair": {
    meaning:
      "Each text that an error CORRUPT can name is a constant, and a key of the script has its @corrupt.",
    fix: "add to the key: @corrupt total: look HGETALL {stock}; repair HSET {stock} total 5; delete {stock}",
  },
  "keyspace/form": {
    meaning: "@form has the number of the stored form and a sentence.",
    fix: "write it as: @form 2 the end of the lease is in the value",
  },
  "keyspace/reserved": {
    meaning:
      "No key's end after the hash tag is a suffix that Moonpath reserves: `}:replicated`. Only a key with the hash tag `{<slot of …>}` has a suffix that begins with `}:slot-`.",
    fix: "write another word after the braces",
  },
  "keyspace/twice": {
    meaning: "Each key name is unique, and no two patterns can give the same key.",
    fix: "remove one of the two, or end the patterns in different words",
  },
  "keyspace/unknown": {
    meaning: "A contract uses keys that keyspace.lua declares.",
    fix: "declare it in keyspace.lua, or use a key that is declared there",
  },
  "keys/slot": {
    meaning:
      "All keys of a script are in one slot, because Redis Cluster requires it: they have the same hash tag, or the tag of its slot.",
    fix: "give the patterns the same hash tag, or split the script",
  },
  "contract/path": {
    meaning: "A script's path is <domain>/<operation>.lua, in lowercase letters.",
    fix: "move or rename the file",
  },
  "contract/form": {
    meaning:
      "A file contains requires, locals and one documented local function. It returns that function at its end.",
    fix: "end the file with: return <the documented function>",
  },
  "contract/name": {
    meaning:
      "The function has the file's name. <operation>_v1.lua contains a version 1.x.x of the operation.",
    fix: "rename the function or the file",
  },
  "contract/missing": {
    meaning: "The contract is directly above the script's function.",
    fix: "write the contract in --- lines directly above the function",
  },
  "contract/purpose": {
    meaning: "A contract begins with a sentence that says what the script does.",
    fix: "begin the contract with a sentence that a DBA understands",
  },
  "contract/unknown-tag": {
    meaning: "Every tag is a known tag.",
    fix: "use one of the tags that the message lists",
  },
  "contract/stray": {
    meaning:
      "A line after a tag is indented by three spaces or more, so that it continues the tag. Only an example has other lines.",
    fix: "indent the line by three spaces, or move it above the first tag",
  },
  "contract/version": {
    meaning: "A contract has a version with three numbers.",
    fix: "write it as: @version 1.0.0",
  },
  "contract/cost": {
    meaning: "A contract declares the script's cost.",
    fix: "write it as: @cost O(log N), N the tracked items",
  },
  "contract/resend": {
    meaning: "A contract declares whether a second run is safe, and why.",
    fix: "write it as: @resend safe the sequence makes a second run change nothing",
  },
  "contract/oom": {
    meaning:
      "@oom gives the reason why a script runs when memory is full. A script whose commands need no memory has no @oom.",
    fix: "write it as: @oom runs it moves what is stored already",
  },
  "contract/role": {
    meaning:
      "@role worker declares that only workers call the script. Without it, services call the script too.",
    fix: "write it as: @role worker",
  },
  "contract/many": {
    meaning:
      "@many has a limit from 2 to 1,000 calls. The script has a key, and no function changes a local of its file.",
    fix: "write it as: @many 100",
  },
  "contract/param": {
    meaning: "A parameter has a name and a type.",
    fix: "write it as: @param quantity units on hand now",
  },
  "contract/param-order": {
    meaning: "The @param lines are in the order of the function's parameters.",
    fix: "move the @param lines into the function's order",
  },
  "contract/param-missing": {
    meaning: "Every parameter has an @param line.",
    fix: "add: @param <name> <type>",
  },
  "contract/keys-first": {
    meaning: "Keys come before the other parameters.",
    fix: "move the key before them, in the function too",
  },
  "contract/access": {
    meaning: "A key is declared `read` or `write`.",
    fix: "write it as: @param stock key.stock write",
  },
  "contract/unknown-type": {
    meaning: "A type is declared in types.lua, or it is a list of choices in quotes.",
    fix: "declare it in types.lua, or use a type that is declared there",
  },
  "contract/record": {
    meaning: "A record is passed and returned only as an element of a list.",
    fix: "use a list: <record>[]",
  },
  "contract/bytes": {
    meaning: "Raw bytes are an argument or a return value. A list has no raw bytes.",
    fix: "pass or return the value by itself, or use a type with another @charset",
  },
  "contract/optional": {
    meaning: "An absent value and an empty value are different on the wire.",
    fix: "use a text of at least one byte, or remove the ?; return an empty list instead of an absent one",
  },
  "contract/return": {
    meaning: "A script returns at least one value. Each value has a type and a name.",
    fix: "write it as: @return units total",
  },
  "contract/when": {
    meaning:
      "`when` names outcomes of the first return value. A value that may be absent has a `?` after its type.",
    fix: "correct the outcome, or write a ? after the type",
  },
  "contract/twice": {
    meaning:
      "@version, @cost, @resend, @oom, @role and @many occur once. Names are unique, also in TypeScript's camel case.",
    fix: "remove one, or rename one",
  },
  "contract/examples": {
    meaning: "A contract has at least three examples.",
    fix: "add examples of the usual case, of wrong or corrupt input, and of a repeated call",
  },
  "contract/example": {
    meaning: "An example has a title, and a reply or an error.",
    fix: "use the words given, call, reply, again, error and then",
  },
  "module/path": {
    meaning: "A module's path is lib/<name>.lua or lib/<domain>/<name>.lua, in lowercase letters.",
    fix: "move or rename the file",
  },
  "module/name": {
    meaning: "A module, its function and the local of its require have the same name.",
    fix: 'write: local <name> = require("lib.<name>")',
  },
  "module/undocumented": {
    meaning: "A module has a description.",
    fix: "describe it in --- lines directly above the function",
  },
  "module/missing": {
    meaning: "Every required module exists.",
    fix: "add lib/<name>.lua, or correct the name",
  },
  "module/cycle": {
    meaning: "Modules do not require each other in a cycle.",
    fix: "move the code that both need into a third module",
  },
  "module/clash": {
    meaning: "A script and its modules share one scope, so each top-level name is unique among them.",
    fix: "rename one of the two",
  },
  "module/reserved": {
    meaning:
      "No local has a name that the generated wrapper uses: wrapper_…, arg_…, reply_…, or a global of Lua or Redis.",
    fix: "rename the local",
  },
  "style/format": {
    meaning: "StyLua formats all sources. No source nests deeper than StyLua can format.",
    fix: "run: moonpath-codegen format",
  },
  "version/unlocked": {
    meaning: "Every version is recorded in the lock file.",
    fix: "when the script is ready, run: moonpath-codegen lock",
  },
  "version/unbumped": {
    meaning: "The behaviour of a locked version does not change.",
    fix: "give it a new version, or undo the change",
  },
  "version/contract": {
    meaning: "A contract change has a new minor version, or a new major version if it breaks callers.",
    fix: "give it the version that the message names; for a major, keep the old file as <operation>_v1.lua",
  },
  "version/backwards": {
    meaning: "A new version is higher than all locked ones.",
    fix: "give it a version above the latest one",
  },
  "version/retired": {
    meaning: "The number of a retired major is never used again.",
    fix: "give it a version of a new major",
  },
  "version/dropped": {
    meaning: "A locked major keeps its script until it is retired.",
    fix: "keep it as <operation>_v1.lua, or run: moonpath-codegen lock --retire <script>@1",
  },
  "output/stale": {
    meaning: "The output folder contains exactly the files that the sources generate.",
    fix: "run: moonpath-codegen generate, and commit what it writes",
  },
  "verify/load": {
    meaning: "The server loads every script.",
    fix: "correct the error that the server reports",
  },
  "verify/digest": {
    meaning: "The server computes the generated digest for every script.",
    fix: "generate again",
  },
  "verify/commands": {
    meaning: "The server's commands agree with the generator's table of Redis 7.0.",
    fix: "refresh the table, or correct the script",
  },
  "verify/example": {
    meaning:
      "Every example holds. If the script is safe to resend, the example also holds when it is sent twice.",
    fix: "correct the script or the example",
  },
  "verify/acl": {
    meaning: "Every example holds for the user with the generated ACL.",
    fix: "correct the contract's keys",
  },
} as const satisfies Readonly<Record<string, { readonly meaning: string; readonly fix: string }>>;

/** The name of one of these rules: `contract/form`. */
export type FolderRule = keyof typeof FOLDER_RULES;
