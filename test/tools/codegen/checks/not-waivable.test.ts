import { describe, expect, test } from "vitest";
import { RULES, type Rule } from "../../../../tools/codegen/src/checks/rules.js";
import { REDIS_7_0 } from "../../../../tools/codegen/src/commands/redis-7.0.js";
import { aclRules } from "../../../../tools/codegen/src/emit/acl/rules.js";
import { check } from "../../../support/codegen/snippet.js";

/** The problems of a script that runs one line below a waiver. */
function waived(rule: string, line: string): string[] {
  const body = `redis.call("HDEL", hash, name)\n-- moonpath-allow ${rule}: it is needed here\n${line}\nreturn "done"`;
  return check({ params: ["hash key.hash write", "name id"], body }).problems.map(
    ({ rule: broken, message }) => `${broken} ${message}`,
  );
}

const OF_FORBIDDEN =
  "waiver/refused `commands/forbidden` cannot be waived: the ACL of the scripts must not allow such a command";

describe("hole 2: a waiver", () => {
  const commands = [
    'redis.call("FLUSHALL")',
    'redis.call("CONFIG", "SET", "dir", "/tmp")',
    'redis.call("DEBUG", "SLEEP", 1)',
    'redis.call("SHUTDOWN")',
    'redis.call("ACL", "SETUSER", name)',
    'redis.call("SCRIPT", "LOAD", name)',
    'redis.call("EVAL", name, 0)',
    'redis.call("FUNCTION", "LOAD", name)',
    'redis.call("MODULE", "LOAD", name)',
    'redis.call("REPLICAOF", name, 1)',
    'redis.call("KEYS", "*")',
    'redis.call("SWAPDB", 0, 1)',
    'redis.call("SORT", hash)',
    'redis.call("SORT_RO", hash, "BY", "foreign_*")',
    'redis.call("MEMORY", "PURGE")',
    'redis.call("MEMORY", "STATS")',
    'redis.call("CLIENT", "KILL", name)',
    'redis.call("RESTORE", hash, 0, name)',
    'redis.call("MIGRATE", name, 1, hash, 0, 1)',
    'redis.call("COPY", hash, hash, "DB", 3)',
    'redis.call("INFO")',
    'redis.call("CLUSTER", "GETKEYSINSLOT", 1, 10)',
    'redis.call("PUBSUB", "CHANNELS")',
    'redis.call("COMMAND", "COUNT")',
    'redis.call("ACL", "HELP")',
  ];
  for (const line of commands) {
    test(`does not silence commands/forbidden for ${line}`, () => {
      const told = waived("commands/forbidden", line);
      expect(told).toContain(OF_FORBIDDEN);
      expect(told.filter((one) => one.startsWith("commands/forbidden"))).toHaveLength(1);
    });
  }

  const others: readonly [rule: string, line: string][] = [
    ["commands/dynamic", "redis.call(name)"],
    ["commands/unknown", 'redis.call("MYMODULE.WIPE")'],
    ["commands/since", 'redis.call("HPEXPIRE", hash, 1000, "FIELDS", 1, name)'],
    ["commands/api", "redis.set_repl(redis.REPL_NONE)"],
    ["calls/unknown", 'local _ = cjson.decode("{}").run()'],
    ["globals/undeclared", "loadstring(name)()"],
  ];
  for (const [rule, line] of others) {
    test(`does not silence ${rule} for ${line}`, () => {
      const told = waived(rule, line);
      expect(told.filter((one) => one.startsWith(`${rule} `))).not.toEqual([]);
      expect(told).toContainEqual(expect.stringContaining(`waiver/refused \`${rule}\` cannot be waived: `));
    });
  }

  test("silences a foreign key if it has a reason", () => {
    expect(waived("keys/undeclared", 'redis.call("DEL", "shop:all")')).toEqual([]);
  });

  test("is refused with a reason for each rule", () => {
    const rules: readonly Rule[] = Object.values(RULES);
    for (const { notWaivable } of rules) if (notWaivable !== undefined) expect(notWaivable).toMatch(/ .+ /);
    expect(rules.filter(({ notWaivable }) => notWaivable === undefined).length).toBeGreaterThan(10);
  });

  test("does not reach the ACL with a dangerous, administrative or unknown command", () => {
    const model = { keys: [] };
    const position = { file: "stock/wipe.lua", line: 1, column: 1 };
    const dangerous = [...REDIS_7_0.values()].filter(({ acl }) =>
      acl.some((one) => ["@dangerous", "@admin", "@scripting", "@blocking"].includes(one)),
    );
    expect(dangerous.length).toBeGreaterThan(80);
    for (const { name } of [...dangerous, { name: "MYMODULE.WIPE" }, { name: "CONFIG" }]) {
      const script = { keys: [], commands: [{ name, keys: [], writes: true, position }] };
      expect(() => aclRules(model, [script], "shop"), name).toThrow(`${name} must not enter an ACL`);
    }
  });
});
