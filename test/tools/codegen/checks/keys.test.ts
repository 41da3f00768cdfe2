import { describe, expect, test } from "vitest";
import { check, expectGood, expectProblems } from "../../../support/codegen/snippet.js";

describe("keys/undeclared", () => {
  const params = ["hash key.hash read", "name id"];
  const using = (key: string, before = ""): string => `
    redis.call("HLEN", hash)
    ${before}
    redis.call("HGET", ${key}, name)
    return "done"
  `;

  test("reports a literal", () => {
    expectProblems({ params, body: using('"shop:stock"') }, [
      'keys/undeclared body 3 «"shop:stock"» the key of `HGET` is the literal "shop:stock"',
    ]);
  });

  test("reports concatenated text in a local", () => {
    expectProblems({ params, body: using("other", 'local other = hash .. ":old"') }, [
      "keys/undeclared body 3 «other» the key of `HGET` is text put together with `..`",
    ]);
  });

  test("reports an argument", () => {
    expectProblems({ params, body: using("name") }, [
      "keys/undeclared body 3 «name» the key of `HGET` is the argument `name`",
    ]);
  });

  test("reports data, also if another path uses a key", () => {
    expectProblems({ params, body: using("other", 'local other = redis.call("HGET", hash, name) or hash') }, [
      "keys/undeclared body 3 «other» the key of `HGET` is a reply of `HGET`",
    ]);
  });

  test("reports keys whose number comes from data", () => {
    const snippet = {
      params: ["one key.zset read", "two key.zset read", "limit limit"],
      body: `
        redis.call("ZUNION", limit, one, two)
        redis.call("ZCARD", one)
        redis.call("ZCARD", two)
        return "done"
      `,
    };
    expectProblems(snippet, [
      'keys/undeclared body 1 «redis.call("ZUNION", limit, one, two)» how many keys `ZUNION` takes is not a literal number',
    ]);
  });

  test("follows keys through locals, tables, helpers and unpack", () => {
    expectGood({
      params: ["one key.string write", "two key.string write", "name id"],
      head: `
        local function put(where, what)
          redis.call("SET", where.key, what)
        end
      `,
      body: `
        local first = one
        put({ key = first }, name)
        local call = redis.call
        call("SET", two, name)
        -- at most 2 keys
        for _, key in ipairs({ one, two }) do
          call("GET", key)
        end
        call("DEL", unpack({ one, two }))
        return "done"
      `,
    });
  });

  test("names the keys that a command may access, and how", () => {
    const { facts } = check({
      params: ["one key.zset read", "two key.set read", "three key.zset write"],
      body: `
        redis.call("zunionstore", three, 2, one, two)
        return "done"
      `,
    });
    expect(facts.commands).toEqual([
      {
        name: "ZUNIONSTORE",
        keys: ["three", "one", "two"],
        writes: true,
        position: { file: "tools/run.lua", line: 7, column: 1 },
      },
    ]);
  });
});

test("keys/unused reports a declared key that no command uses", () => {
  expectProblems({ params: ["hash key.hash read"], body: 'return hash and "done"' }, [
    "keys/unused contract 2 «hash» no command uses the key `hash`",
  ]);
  expectGood({ params: ["hash key.hash read"], body: 'redis.call("HLEN", hash)\n    return "done"' });
});

describe("keys/access", () => {
  test("reports a write to a key that is declared read", () => {
    expectProblems(
      {
        params: ["hash key.hash read", "other key.hash write"],
        body: 'redis.call("HSET", hash, "a", 1)\n    redis.call("DEL", other)\n    return "done"',
      },
      ["keys/access body 1 «hash» `HSET` writes `hash`, which is declared read"],
    );
  });

  test("reports a key that is declared write and only read", () => {
    expectProblems({ params: ["hash key.hash write"], body: 'redis.call("HLEN", hash)\n    return "done"' }, [
      "keys/access contract 2 «write» `hash` is declared write, but no command writes it",
    ]);
  });

  test("accepts keys that are used as declared", () => {
    expectGood({
      params: ["hash key.hash write"],
      body: 'redis.call("HSET", hash, "a", 1)\n    return "done"',
    });
  });
});

describe("keys/type", () => {
  test("reports a command of another type", () => {
    expectProblems({ params: ["hash key.hash read"], body: 'redis.call("GET", hash)\n    return "done"' }, [
      "keys/type body 1 «hash» `GET` works on a string, but `hash` (key.hash) holds a hash",
    ]);
  });

  test("accepts commands of every type, and unions of plain sets", () => {
    expectGood({
      params: ["hash key.hash read", "set key.set read", "zset key.zset read"],
      body: `
        redis.call("PTTL", hash)
        redis.call("ZUNION", 2, set, zset)
        return "done"
      `,
    });
  });
});
