import { describe, expect, inject, test } from "vitest";
import { limitFaults } from "../../../../tools/codegen/src/emit/lua/limits.js";
import { sharedRedis } from "../../../support/redis.js";

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join("");

/** Texts that fit, and that do not: by how many. */
const TEXTS: readonly (readonly [string, number, number, (count: number) => string])[] = [
  ["locals", 200, 201, (count) => `${times(count, (index) => `local a${index} = 1\n`)}return a1`],
  [
    "parameters",
    200,
    201,
    (count) => `local function f(p${times(count - 1, (index) => `, p${index}`)})\nreturn p\nend\nreturn f`,
  ],
  [
    "upvalues",
    60,
    61,
    (count) =>
      `${times(count, (index) => `local a${index} = 1\n`)}local function f()\nreturn 0${times(count, (index) => ` + a${index}`)}\nend\nreturn f()`,
  ],
  [
    "locals in blocks that end",
    200,
    201,
    (count) =>
      `do\n${times(150, (index) => `local b${index} = 1\n`)}end\n${times(count, (index) => `local a${index} = 1\n`)}return a1`,
  ],
  [
    "upvalues of a function between",
    60,
    61,
    (count) =>
      `${times(count, (index) => `local a${index} = 1\n`)}local function f()\nreturn function()\nreturn 0${times(count, (index) => ` + a${index}`)}\nend\nend\nreturn f()()`,
  ],
  [
    "locals beside a loop's own three",
    196,
    197,
    (count) => `${times(count, (index) => `local a${index} = 1\n`)}for i = 1, 2 do a0 = i end\nreturn a1`,
  ],
];

describe("what Lua's compiler takes", () => {
  test.each(TEXTS)("%s, as Redis itself says", async (_, fits, many, text) => {
    const redis = sharedRedis();
    expect(inject("redisUrl")).toMatch(/^redis:/);
    expect(limitFaults(text(fits))).toEqual([]);
    await redis.script("LOAD", text(fits));
    expect(limitFaults(text(many)).length).toBeGreaterThan(0);
    await expect(redis.script("LOAD", text(many))).rejects.toThrow("Error compiling script");
  });
});
