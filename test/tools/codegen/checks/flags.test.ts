import { describe, expect, test } from "vitest";
import { check, expectGood, expectProblems } from "../../../support/codegen/snippet.js";

describe("flags/no-writes", () => {
  test("a message published by a reader", () => {
    const body = 'redis.call("HLEN", hash)\nredis.call("PUBLISH", hash, "seen")\nreturn "done"';
    expectProblems({ params: ["hash key.hash read"], body }, [
      'flags/no-writes body 2 «redis.call("PUBLISH", hash, "seen")» all keys are declared read, but `PUBLISH` counts as a write, so the script cannot run on a replica',
    ]);
  });

  test("GEORADIUS, which is a write even where it stores nothing", () => {
    const call = 'redis.call("GEORADIUS", zset, 1, 1, 1, "m")';
    const body = `${call}\nreturn "done"`;
    expectProblems({ params: ["zset key.zset read"], body }, [
      `flags/no-writes body 1 «${call}» all keys are declared read, but \`GEORADIUS\` counts as a write, so the script cannot run on a replica`,
    ]);
    expect(check({ params: ["zset key.zset read"], body }).problems[0]?.fix).toBe("use `GEORADIUS_RO`");
    expectGood({ params: ["zset key.zset read"], body: body.replace("GEORADIUS", "GEORADIUS_RO") });
  });

  test("of SORT, the fix names no command that scripts may not run", () => {
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
    test(operation, () => {
      expectProblems({ operation, params, body }, [
        `flags/allow-oom body 3 «redis.call("HSET", hash, name, 1)» \`HSET\` needs memory, so a full Redis rejects \`tools.${operation}\``,
      ]);
    });
  }

  test("what takes away, and other operations", () => {
    const removing = body.replace('"HSET", hash, name, 1', '"HDEL", hash, name');
    expectGood({ operation: "release", params, body: removing });
    expectGood({ operation: "acquire", params, body });
    expectGood({ operation: "release", params, oom: "it ends what is held", body });
  });
});

describe("the flags that come out", () => {
  const flagsOf = (body: string): readonly string[] =>
    check({ params: ["hash key.hash write"], body: `${body}\nreturn "done"` }).facts.flags;

  test("of a reader", () => expect(flagsOf('redis.call("HLEN", hash)')).toEqual(["no-writes"]));
  test("of what only takes away", () =>
    expect(flagsOf('redis.call("HDEL", hash, "a")')).toEqual(["allow-oom"]));
  test("of what needs memory", () => expect(flagsOf('redis.call("HSET", hash, "a", 1)')).toEqual([]));
  test("of what publishes", () => expect(flagsOf('redis.call("PUBLISH", "a", "b")')).toEqual(["allow-oom"]));
  test("of nobody knows what", () => expect(flagsOf("redis.call(redis.sha1hex(hash), hash)")).toEqual([]));
});
