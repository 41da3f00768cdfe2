import { describe, expect, test } from "vitest";
import { check, expectGood, expectProblems, type Snippet } from "../../../support/codegen/snippet.js";

const params = ["hash key.hash write", "name id"];

/** Runs a command after one that uses the key and the argument as declared. */
function running(call: string): Snippet {
  return { params, body: `redis.call("HSET", hash, name, 1)\n${call}\nreturn "done"` };
}

function refused(call: string, rule: string, message: string): void {
  expectProblems(running(call), [`${rule} body 2 «${call}» ${message}`]);
}

test("commands/unknown reports a command that the table does not have", () => {
  refused('redis.call("HDELETE", hash)', "commands/unknown", "Redis 7.0 has no command `HDELETE`");
  expectGood(running('redis.call("hdel", hash, name)'));
});

test("commands/since reports a command that the oldest supported Redis does not have", () => {
  const call = 'redis.call("HPEXPIRE", hash, 1000, "FIELDS", 1, name)';
  refused(call, "commands/since", "`HPEXPIRE` is new in Redis 7.4.0, and scripts must run on Redis 7.0");
});

describe("commands/forbidden", () => {
  const cases: readonly [string, string][] = [
    ['redis.call("KEYS", "*")', "`KEYS` scans the whole keyspace instead of declared keys"],
    ['redis.call("SCAN", 0)', "`SCAN` scans the whole keyspace instead of declared keys"],
    ['redis.call("RANDOMKEY")', "`RANDOMKEY` scans the whole keyspace instead of declared keys"],
    ['redis.call("FLUSHALL")', "`FLUSHALL` changes whole databases instead of declared keys"],
    ['redis.call("SUBSCRIBE", name)', "`SUBSCRIBE` is not allowed in scripts"],
    ['redis.call("SCRIPT", "FLUSH")', "`SCRIPT FLUSH` is not allowed in scripts"],
    ['redis.call("WAIT", 1, 0)', "`WAIT` is not allowed in scripts"],
    ['redis.call("SLOWLOG", "RESET")', "`SLOWLOG RESET` is for administrators"],
  ];
  for (const [call, message] of cases)
    test(`refuses ${call}`, () => refused(call, "commands/forbidden", message));

  test("refuses a blocking command", () => {
    expectProblems({ params: ["list key.list write"], body: 'redis.call("BLPOP", list, 1)\nreturn "done"' }, [
      'commands/forbidden body 1 «redis.call("BLPOP", list, 1)» `BLPOP` can block, which a script must not',
    ]);
    expectGood({ params: ["list key.list write"], body: 'redis.call("LPOP", list)\nreturn "done"' });
  });
});

describe("commands/channel", () => {
  const cases: readonly [call: string, channel: string, what: string][] = [
    ['redis.call("PUBLISH", "news", name)', '"news"', "`PUBLISH` is the literal"],
    ['redis.call("PUBLISH", name, "news")', "name", "`PUBLISH` is the argument `name`"],
    ['redis.call("SPUBLISH", hash .. ":news", name)', 'hash .. ":news"', "`SPUBLISH` is"],
  ];
  for (const [call, channel, what] of cases) {
    test(`refuses ${call}`, () => {
      const { problems } = check(running(call));
      expect(problems.map(({ rule, message }) => `${rule} ${message}`)).toEqual([
        expect.stringContaining(`commands/channel the channel of ${what}`),
      ]);
      expect(problems[0]?.length).toBe(channel.length);
    });
  }

  test("accepts an unchanged key as the channel", () => {
    expectGood(running('redis.call("PUBLISH", hash, name)'));
    expectGood(running('local channel = hash\nredis.call("SPUBLISH", channel, name)'));
  });
});

test("commands/dynamic reports a command name that is not a literal", () => {
  expectProblems(running("redis.call(name, hash)"), [
    "commands/dynamic body 2 «name» the command that `redis.call` runs is not a literal",
  ]);
  expectGood(running('local command = "HLEN"\nredis.call(command, hash)'));
});

describe("commands/arity", () => {
  test("reports too few arguments", () => {
    refused(
      'redis.call("HSET", hash, name)',
      "commands/arity",
      "`HSET` needs at least 3 arguments, but has 2 here",
    );
    refused('redis.call("TYPE")', "commands/arity", "`TYPE` needs 1 argument, but has 0 here");
  });

  test("reports too many arguments", () => {
    refused('redis.call("HLEN", hash, name)', "commands/arity", "`HLEN` needs 1 argument, but has 2 here");
    refused(
      'redis.call("OBJECT", "ENCODING", hash, name)',
      "commands/arity",
      "`OBJECT ENCODING` needs 1 argument, but has 2 here",
    );
  });

  test("accepts any number of unpacked arguments", () => {
    expectGood({
      params: ["hash key.hash read", "names id[]"],
      body: 'redis.call("HMGET", hash, unpack(names))\nreturn "done"',
    });
  });
});

describe("commands/argument", () => {
  const optional = ["hash key.hash read", "name id?", "on flag"];

  test("reports nil, a flag and a table", () => {
    const body = `
      redis.call("HGET", hash, name)
      redis.call("HGET", hash, on)
      redis.call("HGET", hash, {})
      return "done"
    `;
    expectProblems({ params: optional, body }, [
      "commands/argument body 1 «name» this argument of `HGET` may be nil",
      "commands/argument body 2 «on» this argument of `HGET` may be a flag",
      "commands/argument body 3 «{}» this argument of `HGET` may be a table",
    ]);
  });

  test("accepts an optional argument behind a check for nil", () => {
    expectGood({
      params: optional,
      body: `
        if name then
          redis.call("HGET", hash, name)
        end
        redis.call("HGET", hash, name or "all")
        redis.call("HGET", hash, on and "1" or "0")
        return "done"
      `,
    });
  });
});

test("commands/api reports functions of redis that scripts may not use", () => {
  expectProblems(running("redis.setresp(3)"), [
    "commands/api body 2 «redis.setresp» scripts cannot use `redis.setresp`",
  ]);
  expectProblems(running('redis.error_reply("no")'), [
    "commands/api body 2 «redis.error_reply» scripts cannot use `redis.error_reply`",
  ]);
  expectGood(running('redis.call("HGET", hash, redis.sha1hex(name))'));
});

test("errors/swallowed reports an error that the script catches and ignores", () => {
  const caught = 'local answer = redis.pcall("HGET", hash, name)';
  expectProblems(running(caught), [
    'errors/swallowed body 2 «redis.pcall("HGET", hash, name)» the script does not inspect the error that redis.pcall may return',
  ]);
  expectProblems(running('redis.pcall("HGET", hash, name)'), [
    'errors/swallowed body 2 «redis.pcall("HGET", hash, name)» the script does not inspect the error that redis.pcall may return',
  ]);
  expectGood(running(`${caught}\nif type(answer) == "table" and answer.err then\n  return "done"\nend`));
});
