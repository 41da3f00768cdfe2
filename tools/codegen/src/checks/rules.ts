/** A rule: what it requires, and how to fix a violation. */
export interface Rule {
  readonly meaning: string;
  readonly fix: string;
  /** Why a waiver cannot silence it. Absent: a waiver with a reason can. */
  readonly notWaivable?: string;
}

/**
 * Every check of a script's body, in the order in which docs/scripts.md lists them. The test
 * test/docs/rules.test.ts compares that page with this table and prints the lines to paste. Each
 * check also needs a case in test/tools/codegen/golden/.
 */
export const RULES = {
  "keys/undeclared": {
    meaning:
      "Every key of a command is an unchanged key parameter. It is not concatenated, read from data or a literal.",
    fix: "declare the key in keyspace.lua, take it as a parameter of type key.<name>, and pass it on unchanged",
  },
  "keys/unused": {
    meaning: "Every key parameter is touched by a command.",
    fix: "remove the parameter from the contract and the function",
  },
  "keys/access": {
    meaning: "A key declared `read` is never written, and one declared `write` is.",
    fix: "correct the access in the contract",
  },
  "keys/type": {
    meaning: "A command works on the type of value that the keyspace says the key holds.",
    fix: "use a command of that type, or correct @holds in keyspace.lua",
  },
  "args/unused": {
    meaning: "Every other parameter is read.",
    fix: "remove the parameter from the contract and the function",
  },
  "reply/mismatch": {
    meaning:
      "Every return has the number and the types of values that the contract declares for its outcome.",
    fix: "return what the contract declares, or correct the contract",
  },
  "reply/unreturned": {
    meaning: "At least one return gives each declared outcome.",
    fix: "remove the outcome from the contract, or return it",
  },
  "reply/float": {
    meaning: "A value that is declared as an integer has no fraction, because Redis would truncate it.",
    fix: "round it with math.floor, or check that it is an integer",
  },
  "number/concat": {
    meaning:
      "A number that may have more than 14 digits is formatted with all of them, because `..` and tostring round it.",
    fix: 'use string.format("%.0f", number)',
  },
  "bounds/loop": {
    meaning:
      "Every loop ends. It declares a limit of at most 10,000 iterations; nested loops multiply their limits.",
    fix: "declare it in a comment on the line above: -- at most 1000 items",
  },
  "bounds/unpack": {
    meaning: "A call of unpack gives at most 1,000 values, because Lua's stack is limited.",
    fix: "limit the list, unpack it in parts, or declare on the line above: -- at most 1000 items",
  },
  "bounds/text": {
    meaning:
      "`string.rep` makes at most 1,000,000 bytes. A text that is repeated is short. No text contains itself twice in each round of a loop, or its parts over 1,000 times.",
    fix: "repeat a literal, a number of times that is known to be small, or add the parts to a list",
  },
  "bounds/pattern": {
    meaning:
      "A pattern is a literal. At most two of its repetitions match the same characters; a missing `^` counts as one repetition.",
    fix: "begin it with ^, separate its repetitions by a character that they do not match, or search for plain text: string.find(text, part, 1, true)",
  },
  "bounds/recursion": {
    meaning: "No function calls itself, directly or through others.",
    fix: "write it as a loop with a limit",
    notWaivable: "the analysis does not follow a function that calls itself",
  },
  "bounds/analysis": {
    meaning: "The analysis can follow every path through a script in about a second.",
    fix: "nest fewer function calls, or move a part into a separate script",
    notWaivable: "the checks know nothing about a script that the analysis cannot follow",
  },
  "commands/unknown": {
    meaning: "Every command exists in Redis 7.0.",
    fix: "correct the command's name",
    notWaivable: "the checks do not know the command's keys and effects",
  },
  "commands/since": {
    meaning: "No command is newer than Redis 7.0, which is the oldest supported version.",
    fix: "use commands of Redis 7.0",
    notWaivable: "Redis 7.0 rejects an ACL that names the command",
  },
  "commands/forbidden": {
    meaning:
      "A script runs no command that is dangerous or administrative, that blocks, or that accesses more than the script's keys.",
    fix: "run it from the client, outside the script",
    notWaivable: "the ACL of the scripts must not allow such a command",
  },
  "commands/dynamic": {
    meaning: "Every command name is a literal, so that readers and the checks know it.",
    fix: "write the command's name as a literal",
    notWaivable: "the ACL, the flags and the review sheet name every command",
  },
  "commands/arity": {
    meaning: "Every command has the number of arguments that Redis requires.",
    fix: "pass the arguments that the command requires",
  },
  "commands/argument": {
    meaning: "Arguments of commands are texts and numbers. Redis stops the script at nil, a flag or a table.",
    fix: "pass a text or a number, or run the command only if there is one",
  },
  "commands/channel": {
    meaning:
      "The channel of PUBLISH and SPUBLISH is an unchanged key parameter, so that it has the namespace and the ACL can name it.",
    fix: "publish to a channel that has the name of one of the script's keys",
  },
  "commands/api": {
    meaning:
      "Scripts use redis.call and redis.pcall. Functions that change the protocol or the replication are refused.",
    fix: "use redis.call, named outcomes, and the modules that raise errors",
    notWaivable: "it changes what is replicated or how the server answers",
  },
  "flags/no-writes": {
    meaning:
      "A script whose keys are all declared `read` runs no write command, so that a replica can run it.",
    fix: "declare the changed key as write, or use a command that only reads",
  },
  "flags/allow-oom": {
    meaning:
      "A script that frees memory (release, ack, expire, delete, cancel, fail, sweep, remove) runs when memory is full.",
    fix: "use commands that only remove, such as DEL, HDEL, ZREM, PEXPIRE, or add: @oom runs <why>",
  },
  "order/write-before-check": {
    meaning:
      "Nothing can fail after the first write. The script checks all types, states and bounds before it.",
    fix: "move it before the first write",
  },
  "order/touch-after-remove": {
    meaning:
      "After a command that may remove a key or its last element, the same run does not touch that key again. While the slot migrates, Redis stops the script at a key that no longer exists.",
    fix: "add before you remove, and remove with one command, which is the key's last",
  },
  "calls/unknown": {
    meaning: "The sources determine which function each call runs, so that the checks see all effects.",
    fix: "call a local function, a module or a library function by its name",
    notWaivable: "the checks do not know what the called function does",
  },
  "globals/undeclared": {
    meaning: "Scripts use locals. They use only those globals of Lua that are deterministic.",
    fix: "declare it with local",
    notWaivable: "a global such as loadstring can run code that the checks cannot read",
  },
  "time/client-clock": {
    meaning: "The current time comes from Redis's clock, not from a parameter.",
    fix: 'use require("lib.now_ms") in the script, and remove the parameter',
  },
  "errors/swallowed": {
    meaning: "The script inspects each error that redis.pcall or pcall catches.",
    fix: "use redis.call, or inspect the reply's err",
  },
  "module/place": {
    meaning: "A file requires its modules at the top.",
    fix: "move the require to the top of the file",
    notWaivable: "the generated script contains only modules that are required at the top",
  },
  "waiver/no-reason": {
    meaning: "A waiver gives a reason.",
    fix: "write it as: -- moonpath-allow <rule>: <reason>",
    notWaivable: "a waiver cannot waive the rules of waivers",
  },
  "waiver/unknown-rule": {
    meaning: "A waiver names an existing rule.",
    fix: "correct the rule's name",
    notWaivable: "a waiver cannot waive the rules of waivers",
  },
  "waiver/refused": {
    meaning: "A waiver names a rule that can be waived. Rules that protect the ACL or the safety cannot.",
    fix: "remove the waiver, and fix the violation",
    notWaivable: "a waiver cannot waive the rules of waivers",
  },
  "waiver/unused": {
    meaning: "A waiver silences at least one problem.",
    fix: "remove the comment",
    notWaivable: "a waiver cannot waive the rules of waivers",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

/** Why a waiver cannot silence a rule; undefined if it can. */
export function notWaivable(name: RuleName): string | undefined {
  const rule: Rule = RULES[name];
  return rule.notWaivable;
}

export function isRule(name: string): name is RuleName {
  return Object.hasOwn(RULES, name);
}
