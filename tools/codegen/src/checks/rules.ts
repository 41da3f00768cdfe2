/** A rule: what it asks for, and how a breach is mended. */
export interface Rule {
  readonly meaning: string;
  readonly fix: string;
  /** Why no waiver can silence it; absent: a waiver with a reason can. */
  readonly notWaivable?: string;
}

/** Every named check, in the order in which the guide lists them. The guide is generated from this table. */
export const RULES = {
  "keys/undeclared": {
    meaning:
      "Every key of a command is a key parameter as it came, not put together, read from data or written out.",
    fix: "declare the key in keyspace.lua, take it as a parameter of type key.<name>, and pass it on unchanged",
  },
  "keys/unused": {
    meaning: "Every key parameter is touched by a command.",
    fix: "take the parameter out of the contract and the function",
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
    fix: "take the parameter out of the contract and the function",
  },
  "reply/mismatch": {
    meaning:
      "Every return gives what the contract declares: so many values, of these types, for this outcome.",
    fix: "return what the contract declares, or correct the contract",
  },
  "reply/unreturned": {
    meaning: "Every declared outcome is returned somewhere.",
    fix: "take the outcome out of the contract, or return it",
  },
  "reply/float": {
    meaning:
      "Where an integer is declared, no number with a fraction can come; Redis would cut the fraction off.",
    fix: "round it with math.floor, or read it with a check that it is an integer",
  },
  "number/concat": {
    meaning:
      "A number that may have more than 14 digits is put into text digit by digit; `..` and tostring round it.",
    fix: 'use string.format("%.0f", number)',
  },
  "bounds/loop": {
    meaning:
      "Every loop ends, and has a limit of at most 10,000 rounds, those of the loops around it counted in.",
    fix: "say it in a comment on the line above: -- at most 1000 items",
  },
  "bounds/unpack": {
    meaning: "No unpack gives more than 1,000 values; Lua's stack ends soon after.",
    fix: "bound the list, unpack it in parts, or say on the line above: -- at most 1000 items",
  },
  "bounds/text": {
    meaning:
      "`string.rep` makes at most 1,000,000 bytes. A text that is repeated is short. No text contains itself twice in each round of a loop, or its parts over 1,000 times.",
    fix: "repeat a literal, a number of times that is known to be small, or add the parts to a list",
  },
  "bounds/pattern": {
    meaning:
      "A pattern is a literal, and no three repetitions of it match the same characters; a pattern without `^` counts as one.",
    fix: "begin it with ^, part its repetitions by a character that they do not match, or search a plain text: string.find(text, part, 1, true)",
  },
  "bounds/recursion": {
    meaning: "No function calls itself, directly or through others.",
    fix: "write it as a loop with a limit",
    notWaivable: "the checks follow no function that calls itself",
  },
  "bounds/analysis": {
    meaning: "A script can be followed on every way through it, within a second or so.",
    fix: "call fewer functions within functions, or do a part in a script of its own",
    notWaivable: "nothing is known of a script that the checks cannot follow",
  },
  "commands/unknown": {
    meaning: "Every command is one that Redis 7.0 has.",
    fix: "correct the command's name",
    notWaivable: "nothing is known of the command, its keys among it",
  },
  "commands/since": {
    meaning: "No command is newer than Redis 7.0, the oldest that scripts run on.",
    fix: "use commands of Redis 7.0",
    notWaivable: "Redis 7.0 does not load an ACL that names the command",
  },
  "commands/forbidden": {
    meaning:
      "No command that is dangerous or for administrators, that waits, or that reaches beyond the script's keys.",
    fix: "do it from the client, outside the script",
    notWaivable: "the ACL of the scripts must hold no such command",
  },
  "commands/dynamic": {
    meaning: "Every command's name is written out, so that a reader and the checks know it.",
    fix: "write the command's name as a literal",
    notWaivable: "the ACL, the flags and the review sheet name every command",
  },
  "commands/arity": {
    meaning: "Every command has as many words as Redis asks for.",
    fix: "give the command the arguments that it needs",
  },
  "commands/argument": {
    meaning: "Arguments of commands are texts and numbers; Redis stops the script at nil, a flag or a table.",
    fix: "give a text or a number, or take this way only where there is one",
  },
  "commands/channel": {
    meaning:
      "The channel of PUBLISH and SPUBLISH is a key parameter as it came, so that it has its namespace and the ACL can name it.",
    fix: "publish on the channel named like one of the script's keys",
  },
  "commands/api": {
    meaning:
      "Of `redis`, scripts use call and pcall; what changes the protocol or the replication is refused.",
    fix: "use redis.call, named outcomes, and the fragments that stop a script",
    notWaivable: "it changes what is replicated or how the server answers",
  },
  "flags/no-writes": {
    meaning:
      "A script whose keys are all declared `read` writes nothing at all, so that it may run on a replica.",
    fix: "declare the key that it changes as write, or use a command that only reads",
  },
  "flags/allow-oom": {
    meaning:
      "What lets go (release, ack, expire, delete, cancel, fail, sweep, remove) runs when memory is full.",
    fix: "use commands that only take away, such as DEL, HDEL, ZREM, PEXPIRE, or add: @oom runs <why>",
  },
  "order/write-before-check": {
    meaning: "After the first write nothing can fail: all types, states and bounds are checked before it.",
    fix: "move it before the first write",
  },
  "calls/unknown": {
    meaning:
      "Every call is of a function that can be told from the sources, so that nothing it does stays hidden.",
    fix: "call a local function, a fragment or a library by its name",
    notWaivable: "nothing is known of what the called function does",
  },
  "globals/undeclared": {
    meaning: "Scripts use locals, and of Lua's globals only those that give the same everywhere.",
    fix: "declare it with local",
    notWaivable: "a global such as loadstring runs what the checks cannot read",
  },
  "time/client-clock": {
    meaning: "The present comes from Redis's clock, not from a parameter.",
    fix: 'use require("lib.now_ms") in the script, and drop the parameter',
  },
  "errors/swallowed": {
    meaning: "An error that redis.pcall or pcall catches is looked at.",
    fix: "use redis.call, or look at the answer's err",
  },
  "include/place": {
    meaning: "Fragments are required at the top of a file.",
    fix: "move the require to the top of the file",
    notWaivable: "the generated script has only fragments that are required at the top",
  },
  "waiver/no-reason": {
    meaning: "A waiver says why.",
    fix: "write it as: -- moonpath-allow <rule>: <reason>",
    notWaivable: "waivers are not waived",
  },
  "waiver/unknown-rule": {
    meaning: "A waiver names a rule that there is.",
    fix: "correct the rule's name",
    notWaivable: "waivers are not waived",
  },
  "waiver/refused": {
    meaning: "A waiver names a rule that can be waived: one on which neither ACL nor safety rests.",
    fix: "take the waiver out, and mend what breaks the rule",
    notWaivable: "waivers are not waived",
  },
  "waiver/unused": {
    meaning: "A waiver silences something.",
    fix: "take the comment out",
    notWaivable: "waivers are not waived",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

/** Why no waiver can silence a rule; undefined where one can. */
export function notWaivable(name: RuleName): string | undefined {
  const rule: Rule = RULES[name];
  return rule.notWaivable;
}

export function isRule(name: string): name is RuleName {
  return Object.hasOwn(RULES, name);
}
