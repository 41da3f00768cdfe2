import { describe, test } from "vitest";
import { expectGood, expectProblems, type Snippet } from "../../../support/codegen/snippet.js";

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
    const late = 'redis.call("DEL", hash)\nredis.call("GET", string)';
    const problem = `${ERROR} body 3 «redis.call("GET", string)» after \`DEL\` on line 9, \`GET\` can fail because no command has proved the type of \`string\``;
    for (const blind of ["EXISTS", "TTL", "TYPE", "MGET"]) {
      expectProblems(ordered(late, `redis.call("${blind}", string)`), [problem]);
    }
    expectGood(ordered(late, 'redis.call("STRLEN", string)'));
    expectGood(ordered('redis.call("SET", string, 1)\nredis.call("GET", string)'));
    expectGood(ordered('redis.call("DEL", zset)\nredis.call("ZADD", zset, 1, "a")'));
  });

  test("knows that SET … NX GET writes nothing when it returns a text", () => {
    const set = 'local was = redis.call("SET", string, 1, "NX", "GET", "PX", 1000)';
    const failing = 'error({ err = "CORRUPT string" })';
    expectGood(ordered(`${set}\nif was and was ~= "1" then\n  ${failing}\nend`));
    expectProblems(ordered(`${set}\nif not was then\n  ${failing}\nend`), [
      `${ERROR} body 4 «${failing}» after \`SET\` on line 9, \`error\` can stop the script`,
    ]);
    expectProblems(ordered(`${set.replace('"NX", ', "")}\nif was then\n  ${failing}\nend`), [
      `${ERROR} body 4 «${failing}» after \`SET\` on line 9, \`error\` can stop the script`,
    ]);
  });

  test("accepts commands that take every type", () => {
    const body =
      'redis.call("HSET", hash, "a", 1)\nredis.call("SET", string, 1)\nredis.call("PEXPIRE", zset, 1000)';
    expectGood(ordered(`${body}\nredis.call("UNLINK", zset)`));
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
