import { describe, expect, test } from "vitest";
import { expectGood, expectProblems, problemsOf, type Snippet } from "../../../support/codegen/snippet.js";

const params = ["hash key.hash write", "zset key.zset write", "string key.string write", "names id[]"];

/** Uses every parameter before, so that only the order is in question. */
function ordered(body: string, proved = 'redis.call("HLEN", hash)', more: Partial<Snippet> = {}): Snippet {
  return {
    params,
    ...more,
    body: `${proved}
${body}
redis.call("DEL", hash, zset, string, unpack({}))
return #names > 0 and "done" or "done"`,
  };
}

const ERROR = "order/write-before-check";

describe("order/write-before-check", () => {
  test("reports a read of an unproved type after a write", () => {
    expectProblems(ordered('redis.call("HSET", hash, "a", 1)\nredis.call("ZSCORE", zset, "a")'), [
      `${ERROR} body 3 «redis.call("ZSCORE", zset, "a")» after \`HSET\` on line 9, \`ZSCORE\` can fail because no command has proved the type of \`zset\``,
    ]);
  });

  test("reports a write of an unproved type after a write", () => {
    expectProblems(ordered('redis.call("HSET", hash, "a", 1)\nredis.call("ZADD", zset, 1, "a")'), [
      `${ERROR} body 3 «redis.call("ZADD", zset, 1, "a")» after \`HSET\` on line 9, \`ZADD\` can fail because no command has proved the type of \`zset\``,
    ]);
  });

  test("accepts types that are proved before on every path", () => {
    const proved = 'redis.call("HLEN", hash)\nredis.call("ZCARD", zset)';
    expectGood(ordered('redis.call("HSET", hash, "a", 1)\nredis.call("ZADD", zset, 1, "a")', proved));
    const half = 'redis.call("HLEN", hash)\nif #names > 0 then\n  redis.call("ZCARD", zset)\nend';
    expectProblems(ordered('redis.call("HSET", hash, "a", 1)\nredis.call("ZADD", zset, 1, "a")', half), [
      `${ERROR} body 6 «redis.call("ZADD", zset, 1, "a")» after \`HSET\` on line 12, \`ZADD\` can fail because no command has proved the type of \`zset\``,
    ]);
  });

  test("distinguishes commands that prove a type from those that do not", () => {
    const late = 'redis.call("PERSIST", hash)\nredis.call("GET", string)';
    const problem = `${ERROR} body 3 «redis.call("GET", string)» after \`PERSIST\` on line 9, \`GET\` can fail because no command has proved the type of \`string\``;
    for (const blind of ["EXISTS", "TTL", "TYPE", "MGET"]) {
      expectProblems(ordered(late, `redis.call("${blind}", string)`), [problem]);
    }
    expectGood(ordered(late, 'redis.call("STRLEN", string)'));
    expectGood(ordered('redis.call("SET", string, 1)\nredis.call("GET", string)'));
  });

  test("knows that SET … NX GET writes nothing when it returns a text", () => {
    const set = 'local was = redis.call("SET", string, 1, "NX", "GET", "PX", 1000)';
    const failing = 'error({ err = "CORRUPT string" })';
    expectGood(ordered(`${set}\nif was and was ~= "1" then\n  ${failing}\nend`));
    expectProblems(ordered(`${set}\nif not was then\n  ${failing}\nend`), [
      `${ERROR} body 4 «${failing}» after \`SET\` on line 9, \`error()\` can stop the script`,
    ]);
    expectProblems(ordered(`${set.replace('"NX", ', "")}\nif was then\n  ${failing}\nend`), [
      `${ERROR} body 4 «${failing}» after \`SET\` on line 9, \`error()\` can stop the script`,
    ]);
  });

  test("accepts commands that take every type", () => {
    const body =
      'redis.call("HSET", hash, "a", 1)\nredis.call("SET", string, 1)\nredis.call("PEXPIRE", zset, 1000)';
    expectGood(ordered(`${body}\nredis.call("PERSIST", zset)`));
    expectProblems(ordered('redis.call("HSET", hash, "a", 1)\nredis.call("SET", string, 1, "GET")'), [
      `${ERROR} body 3 «redis.call("SET", string, 1, "GET")» after \`HSET\` on line 9, \`SET\` can fail because no command has proved the type of \`string\``,
    ]);
  });

  test("reports commands that fail because of the stored value", () => {
    const counting = 'redis.call("HINCRBY", hash, "a", 1)';
    expectGood(ordered(counting));
    expectProblems(ordered(`redis.call("HSET", hash, "b", 1)\n${counting}`), [
      `${ERROR} body 3 «${counting}» after \`HSET\` on line 9, \`HINCRBY\` can fail because of the stored value`,
    ]);
    expectProblems(ordered(`-- at most 1000 names\nfor _ in ipairs(names) do\n  ${counting}\nend`), [
      `${ERROR} body 4 «${counting}» after \`HINCRBY\` on line 11, \`HINCRBY\` can fail because of the stored value`,
    ]);
  });

  test("reports errors that are raised after a write", () => {
    expectProblems(ordered('redis.call("HSET", hash, "a", 1)\nif #names == 7 then\n  error("no")\nend'), [
      `${ERROR} body 4 «error("no")» after \`HSET\` on line 9, \`error()\` can stop the script`,
    ]);
    expectProblems(ordered('redis.call("HSET", hash, "a", 1)\nassert(#names > 7)'), [
      `${ERROR} body 3 «assert(#names > 7)» after \`HSET\` on line 9, \`assert()\` can stop the script`,
    ]);
    expectGood(ordered('if #names == 7 then\n  error("no")\nend\nredis.call("HSET", hash, "a", 1)'));
  });

  test("reports an error of a module at the script's own call", () => {
    const head = 'local corrupt = require("lib.corrupt")';
    const stopping = 'if #names == 7 then\n  corrupt("names")\nend';
    expectProblems(ordered(`redis.call("HSET", hash, "a", 1)\n${stopping}`, undefined, { head }), [
      `${ERROR} body 4 «corrupt("names")» after \`HSET\` on line 10, \`error()\` can stop the script`,
    ]);
    expectGood(ordered(`${stopping}\nredis.call("HSET", hash, "a", 1)`, undefined, { head }));
  });

  test("handles errors that are caught", () => {
    expectGood(
      ordered(
        'redis.call("HSET", hash, "a", 1)\nlocal fine = pcall(cjson.decode, names[1])\nif not fine then\n  return "done"\nend',
      ),
    );
  });

  test("reports an error after a write in an earlier iteration of a loop", () => {
    const body =
      '-- at most 1000 names\nfor _, name in ipairs(names) do\n  redis.call("ZADD", zset, 1, name)\n  redis.call("HSET", hash, name, 1)\nend';
    expectProblems(ordered(body, ""), [
      `${ERROR} body 4 «redis.call("HSET", hash, name, 1)» after \`ZADD\` on line 10, \`HSET\` can fail because no command has proved the type of \`hash\``,
    ]);
    expectGood(ordered(body));
  });

  test("handles a write on another path", () => {
    const body =
      'if #names > 7 then\n  redis.call("HSET", hash, "a", 1)\n  return "done"\nend\nredis.call("ZCARD", zset)';
    expectGood(ordered(body));
  });
});

const TOUCH = "order/touch-after-remove";

/** How many lines stand above the body in `touchesOf`. */
const HEAD = 11;

/** What the rule reports for these lines; other rules do not matter here. */
function touchesOf(body: string): string[] {
  const more = ["list key.list write", "set key.set write", "life ms", "at epoch_ms"];
  const found = problemsOf({ params: [...params, ...more], body: `${body}\nreturn "done"` });
  return found.filter((problem) => problem.startsWith(TOUCH));
}

/** The message about the command of a line that touches what another line may have emptied. */
function touch(line: number, code: string, key: string, by: string, emptiedOn: number): string {
  const command = /"(\w+)"/.exec(code)?.[1];
  const emptied = `\`${by}\` on line ${HEAD + emptiedOn} may have emptied`;
  return `${TOUCH} body ${line} «${code}» \`${command}\` touches \`${key}\`, which ${emptied}`;
}

describe("order/touch-after-remove", () => {
  test.each([
    ["HDEL", "hash", 'hash, "a"'],
    ["DEL", "hash", "string, hash"],
    ["UNLINK", "hash", "hash"],
    ["RENAME", "zset", "zset, string"],
    ["GETDEL", "string", "string"],
    ["ZREM", "zset", 'zset, "a"'],
    ["ZREMRANGEBYRANK", "zset", "zset, 0, 9"],
    ["ZREMRANGEBYSCORE", "zset", "zset, 0, 9"],
    ["ZPOPMIN", "zset", "zset"],
    ["SREM", "set", 'set, "a"'],
    ["SPOP", "set", "set"],
    ["SMOVE", "set", 'set, list, "a"'],
    ["LPOP", "list", "list"],
    ["RPOP", "list", "list"],
    ["LMOVE", "list", 'list, set, "LEFT", "LEFT"'],
    ["LREM", "list", 'list, 0, "a"'],
    ["LTRIM", "list", "list, 1, 9"],
    ["LTRIM", "list", "list, 0, life - 5"],
    ["ZRANGESTORE", "zset", "zset, set, 0, 9"],
    ["PEXPIREAT", "zset", "zset, at"],
    ["PEXPIRE", "zset", "zset, life - 5"],
    ["SET", "string", 'string, 1, "PXAT", at'],
  ])("reports a command after %s", (command, key, args) => {
    const next = `redis.call("PTTL", ${key})`;
    expect(touchesOf(`redis.call("${command}", ${args})\n${next}`)).toEqual([
      touch(2, next, key, command, 1),
    ]);
  });

  test.each([
    'redis.call("XDEL", string, "1-1")\nredis.call("EXISTS", string)',
    'redis.call("PEXPIRE", zset, life)\nredis.call("ZCARD", zset)',
    'redis.call("SET", string, 1, "PX", life)\nredis.call("GET", string)',
    'redis.call("LTRIM", list, "0", "0")\nredis.call("RPUSH", list, 1)',
    'redis.call("LTRIM", list, -3, -1)\nredis.call("RPUSH", list, 1)',
    'redis.call("RENAME", zset, string)\nredis.call("EXISTS", string)',
    'redis.call("ZREM", zset, "a")\nredis.call("HDEL", hash, "a")\nredis.call("PUBLISH", zset, "a")',
    'if #names > 7 then\n  redis.call("DEL", hash)\n  return "done"\nend\nredis.call("HLEN", hash)',
    'redis.call("HSET", hash, "a", 1)\nredis.call("PEXPIRE", hash, life)\nredis.call("HDEL", hash, "b")',
  ])("accepts %s", (lines) => {
    expect(touchesOf(lines)).toEqual([]);
  });

  test("reports the next round of a loop", () => {
    const remove = 'redis.call("HDEL", hash, name)';
    const body = `-- at most 1000 names\nfor _, name in ipairs(names) do\n  ${remove}\nend`;
    expect(touchesOf(body)).toEqual([touch(3, remove, "hash", "HDEL", 3)]);
  });

  test("reports a key that a branch may have emptied", () => {
    const next = 'redis.call("HSET", hash, "a", 1)';
    const body = `if #names > 7 then\n  redis.call("DEL", hash)\nend\n${next}`;
    expect(touchesOf(body)).toEqual([touch(4, next, "hash", "DEL", 2)]);
  });

  test("reports a key that was one of several", () => {
    const next = 'redis.call("ZCARD", zset)';
    const body = `local either = #names > 7 and hash or zset\nredis.call("UNLINK", either)\n${next}`;
    expect(touchesOf(body)).toEqual([touch(3, next, "zset", "UNLINK", 2)]);
  });

  test("reports a command of a helper", () => {
    const put = 'redis.call("HSET", key, "a", 1)';
    const body = `local function put(key)\n  ${put}\nend\nput(hash)\nredis.call("DEL", hash)\nput(hash)`;
    expect(touchesOf(body)).toEqual([touch(2, put, "hash", "DEL", 5)]);
  });

  test("reports a caught error's command, too", () => {
    const next = 'redis.pcall("HLEN", hash)';
    expect(touchesOf(`redis.call("DEL", hash)\n${next}`)).toEqual([touch(2, next, "hash", "DEL", 1)]);
  });

  test("follows many branches, after which states are joined", () => {
    const branches = Array.from(
      { length: 9 },
      (_, at) => `if #names > ${at} then\n  redis.call("${at === 0 ? "DEL" : "PERSIST"}", hash)\nend`,
    );
    const next = 'redis.call("HGET", hash, "a")';
    const found = touchesOf(`${branches.join("\n")}\n${next}`);
    expect(found).toContain(touch(28, next, "hash", "DEL", 2));
  });
});
