import { describe, expect, test } from "vitest";
import { check, expectGood, expectProblems } from "../../../support/codegen/snippet.js";

describe("flags/no-writes", () => {
  test("reports a read-only script that publishes a message", () => {
    const body = 'redis.call("HLEN", hash)\nredis.call("PUBLISH", hash, "seen")\nreturn "done"';
    expectProblems({ params: ["hash key.hash read"], body }, [
      'flags/no-writes body 2 «redis.call("PUBLISH", hash, "seen")» all keys are declared read, but `PUBLISH` counts as a write, so the script cannot run on a replica',
    ]);
  });

  test("reports GEORADIUS, which Redis counts as a write even without STORE", () => {
    const call = 'redis.call("GEORADIUS", zset, 1, 1, 1, "m")';
    const body = `${call}\nreturn "done"`;
    expectProblems({ params: ["zset key.zset read"], body }, [
      `flags/no-writes body 1 «${call}» all keys are declared read, but \`GEORADIUS\` counts as a write, so the script cannot run on a replica`,
    ]);
    expect(check({ params: ["zset key.zset read"], body }).problems[0]?.fix).toBe("use `GEORADIUS_RO`");
    expectGood({ params: ["zset key.zset read"], body: body.replace("GEORADIUS", "GEORADIUS_RO") });
  });

  test("names no forbidden command in its fix for SORT", () => {
    const body = 'redis.call("SORT", list)\nreturn "done"';
    const { problems } = check({ params: ["list key.list read"], body });
    expect(problems.map(({ rule }) => rule)).toEqual(["commands/forbidden", "flags/no-writes"]);
    expect(problems[1]?.fix).not.toContain("SORT_RO");
  });
});

describe("flags/allow-oom", () => {
  const params = ["hash key.hash write", "zset key.zset write", "name id"];
  const body =
    'redis.call("HLEN", hash)\nredis.call("ZREM", zset, name)\nredis.call("HSET", hash, name, 1)\nreturn "done"';

  for (const operation of [
    "release",
    "ack",
    "expire",
    "delete",
    "cancel",
    "fail",
    "sweep",
    "remove",
    "remove_all",
  ]) {
    test(`reports the operation ${operation} if it needs memory`, () => {
      expectProblems({ operation, params, body }, [
        `flags/allow-oom body 3 «redis.call("HSET", hash, name, 1)» \`HSET\` needs memory, so a full Redis rejects \`tools.${operation}\``,
      ]);
    });
  }

  test("accepts a script that only removes data, and other operations", () => {
    const removing = body.replace('"HSET", hash, name, 1', '"HDEL", hash, name');
    expectGood({ operation: "release", params, body: removing });
    expectGood({ operation: "acquire", params, body });
    expectGood({ operation: "release", params, oom: "it ends what is held", body });
  });
});

describe("the derived flags", () => {
  const flagsOf = (body: string): readonly string[] =>
    check({ params: ["hash key.hash write"], body: `${body}\nreturn "done"` }).facts.flags;

  test("of a script that only reads are no-writes", () =>
    expect(flagsOf('redis.call("HLEN", hash)')).toEqual(["no-writes"]));
  test("of a script that only removes data are allow-oom", () =>
    expect(flagsOf('redis.call("HDEL", hash, "a")')).toEqual(["allow-oom"]));
  test("of a script that needs memory are empty", () =>
    expect(flagsOf('redis.call("HSET", hash, "a", 1)')).toEqual([]));
  test("of a script that publishes are allow-oom", () =>
    expect(flagsOf('redis.call("PUBLISH", "a", "b")')).toEqual(["allow-oom"]));
  test("of an unknown command are empty", () =>
    expect(flagsOf("redis.call(redis.sha1hex(hash), hash)")).toEqual([]));
});
