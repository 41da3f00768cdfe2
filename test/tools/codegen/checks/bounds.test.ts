import { describe, expect, test } from "vitest";
import { check, expectGood, expectProblems } from "../../../support/codegen/snippet.js";

const params = ["hash key.hash write", "names id[]"];

function looping(lines: string): string {
  return `${lines}\n    redis.call("DEL", hash)\n    return "done"`.replace(/\n {4}/g, "\n");
}

describe("bounds/loop", () => {
  const loops = [
    "for _, name in ipairs(names) do\n      local _ = name\n    end",
    "for position = 1, #names do\n      local _ = position\n    end",
    "while names[1] do\n      break\n    end",
    "repeat\n      local _ = names\n    until true",
  ];
  for (const loop of loops) {
    const word = loop.split(" ")[0]?.split("\n")[0];
    test(`refuses ${word} without a limit`, () => {
      expectProblems({ params, body: looping(loop) }, [
        `bounds/loop body 1 «${word}» the loop declares no limit`,
      ]);
      expectGood({ params, body: looping(`-- at most 1000 names\n    ${loop}`) });
    });
  }

  test("refuses a limit above 10,000", () => {
    expectProblems({ params, body: looping(`-- at most 20000 names\n    ${loops[0]}`) }, [
      "bounds/loop body 2 «for» the loop may run 20,000 times, more than 10,000",
    ]);
  });

  test("multiplies the limits of nested loops", () => {
    const body = looping(
      `
    -- at most 1000 names
    for _, name in ipairs(names) do
      -- at most 1000 names
      for _, other in ipairs(names) do
        local _ = name .. other
      end
    end`.trim(),
    );
    expectProblems({ params, body }, [
      "bounds/loop body 4 «for» with the loops around it, the loop may run 1,000,000 times, more than 10,000",
    ]);
    expectGood({ params, body: body.replaceAll("1000", "100") });
  });

  test("refuses a limit that is provably wrong", () => {
    const body = looping(
      "-- at most 5 names\n    for position = 1, 10 do\n      local _ = names[position]\n    end",
    );
    expectProblems({ params, body }, [
      "bounds/loop body 2 «for» the loop runs 10 times, but its comment declares at most 5",
    ]);
  });

  test("passes the limits on to the facts of the script", () => {
    const { facts } = check({ params, body: looping(`-- at most 1,000 names, as given\n    ${loops[0]}`) });
    expect(facts.limits).toEqual([
      {
        max: 1000,
        what: "names, as given",
        proved: true,
        position: { file: "tools/run.lua", line: 7, column: 1 },
      },
    ]);
  });
});

describe("bounds/unpack", () => {
  const set = ["set key.set write", "names id[]", "limit limit"];
  const removing = (list: string): string => `
    local found = redis.call("SMEMBERS", set)
    redis.call("SREM", set, ${list})
    return limit > #names and "done" or "done"
  `;

  test("refuses a list of unknown length", () => {
    expectProblems({ params: set, body: removing("unpack(found)") }, [
      "bounds/unpack body 2 «unpack(found)» the number of values that unpack may give is unknown",
    ]);
  });

  test("refuses a list that is too long", () => {
    const twice = "unpack(found, 1, 2 * limit)";
    expectProblems({ params: set, body: removing(twice) }, [
      `bounds/unpack body 2 «${twice}» unpack may give 2,000 values, more than 1,000`,
    ]);
  });

  test("accepts a list argument, a constant list, a limited reply and a part of a list", () => {
    expectGood({ params: set, body: removing("unpack(names)") });
    expectGood({ params: set, body: removing('unpack({ "a", "b" })') });
    expectGood({ params: set, body: removing('unpack(redis.call("SRANDMEMBER", set, limit))') });
    expectGood({ params: set, body: removing("unpack(found, 1, limit)") });
    expectGood({ params: set, body: removing("unpack(found, limit, math.min(limit + 499, #found))") });
  });

  test("accepts a reply with the remainder of a limit", () => {
    expectGood({
      params: ["zset key.zset read", "limit limit"],
      body: `
        local first = redis.call("ZRANGE", zset, 0, 10, "BYSCORE", "LIMIT", 0, limit)
        local others = redis.call("ZRANGE", zset, 11, 20, "BYSCORE", "LIMIT", 0, limit - #first)
        redis.call("ZMSCORE", zset, unpack(others))
        return "done"
      `,
    });
  });

  test("accepts a limit in a comment", () => {
    const body = removing("unpack(found)").replace(
      '    redis.call("SREM"',
      '    -- at most 1000 names\n    redis.call("SREM"',
    );
    expectGood({ params: set, body });
  });
});

test("bounds/recursion reports a function that calls itself", () => {
  const head = `
    local count
    function count(number)
      if number == 0 then
        return 0
      end
      return 1 + count(number - 1)
    end
  `;
  const body = 'redis.call("HSET", hash, "a", count(#names))\nreturn "done"';
  expectProblems({ params, head, body }, [
    "bounds/recursion head 6 «count(number - 1)» `count` calls itself here",
  ]);
  expectGood({ params, head: head.replace("count(number - 1)", "number"), body });
});
