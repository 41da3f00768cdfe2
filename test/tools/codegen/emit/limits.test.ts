import { describe, expect, inject, test } from "vitest";
import { limitFaults } from "../../../../tools/codegen/src/emit/lua/limits.js";
import { sharedRedis } from "../../../support/redis.js";

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join("");

/** A text by its size: Lua compiles it with `fits` items and refuses it with `many`. */
interface Row {
  readonly name: string;
  readonly fits: number;
  readonly many: number;
  readonly text: (count: number) => string;
}

const TEXTS: readonly Row[] = [
  {
    name: "locals",
    fits: 200,
    many: 201,
    text: (count) => `${times(count, (index) => `local a${index} = 1\n`)}return a1`,
  },
  {
    name: "parameters",
    fits: 200,
    many: 201,
    text: (count) =>
      `local function f(p${times(count - 1, (index) => `, p${index}`)})\nreturn p\nend\nreturn f`,
  },
  {
    name: "upvalues",
    fits: 60,
    many: 61,
    text: (count) =>
      `${times(count, (index) => `local a${index} = 1\n`)}local function f()\nreturn 0${times(count, (index) => ` + a${index}`)}\nend\nreturn f()`,
  },
  {
    name: "locals in blocks that end",
    fits: 200,
    many: 201,
    text: (count) =>
      `do\n${times(150, (index) => `local b${index} = 1\n`)}end\n${times(count, (index) => `local a${index} = 1\n`)}return a1`,
  },
  {
    name: "upvalues of a function between",
    fits: 60,
    many: 61,
    text: (count) =>
      `${times(count, (index) => `local a${index} = 1\n`)}local function f()\nreturn function()\nreturn 0${times(count, (index) => ` + a${index}`)}\nend\nend\nreturn f()()`,
  },
  {
    name: "locals beside a loop's own three",
    fits: 196,
    many: 197,
    text: (count) =>
      `${times(count, (index) => `local a${index} = 1\n`)}for i = 1, 2 do a0 = i end\nreturn a1`,
  },
];

describe("limitFaults", () => {
  test.each(TEXTS)("finds too many $name, as Redis does", async ({ fits, many, text }) => {
    const redis = sharedRedis();
    expect(inject("redisUrl")).toMatch(/^redis:/);
    expect(limitFaults(text(fits))).toEqual([]);
    await redis.script("LOAD", text(fits));
    expect(limitFaults(text(many)).length).toBeGreaterThan(0);
    await expect(redis.script("LOAD", text(many))).rejects.toThrow("Error compiling script");
  });
});
