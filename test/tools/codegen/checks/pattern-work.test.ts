import { describe, expect, test } from "vitest";
import { patternWork } from "../../../../tools/codegen/src/analysis/syntax/pattern-complexity.js";
import { check } from "../../../support/codegen/snippet.js";

const params = ["hash key.hash write", "note payload"];

function breaches(line: string): string[] {
  const body = `    ${line}\n    redis.call("DEL", hash)\n    return "done"`;
  return check({ params, body })
    .problems.filter(({ rule }) => rule.startsWith("bounds/"))
    .map(({ rule, message }) => `${rule}: ${message}`);
}

describe("hole 9: the work of a pattern is bounded", () => {
  test.each([
    ["^%d+$", 1],
    ["^level:(.+)$", 1],
    ["^(%a+) (-?%d+) ?(-?%d*)$", 2],
    [": $", 1],
    ["%s+$", 2],
    ["^(.+)-(.+)$", 2],
    ["[^,]+", 2],
    [".-.-b", 3],
    ["^.-.-.-.-b", 4],
    ["^[a-f]+[g-z]+[a-c]*", 1],
    ["^[a-f]*[e-z]*", 2],
    ["^%w*%d*%x*1", 3],
    ["^%D+%d+", 1],
    ["^[%d%s]+[]x]+[^]x]+", 1],
    ["%b()", 2],
  ])("%s: n^%i", (pattern, work) => {
    expect(patternWork(pattern)).toBe(work);
  });

  test("each character that may be left out doubles the ways", () => {
    expect(patternWork(`^${"a?".repeat(11)}`)).toBe(Infinity);
  });

  test.each([
    [
      'local _ = string.find(note, ".-.-.-.-.-.-.-.-b")',
      "`string.find` may need n^9 steps for a text of n characters",
    ],
    ['local _ = note:match(".-.-b")', "`string.match` may need n^3 steps for a text of n characters"],
    [
      'local _ = string.gsub(note, ".-.-b", "")',
      "`string.gsub` may need n^3 steps for a text of n characters",
    ],
    ["local _ = string.find(note, note)", "the time that `string.find` needs for this pattern is unknown"],
    [
      "local _ = string.find(note, note, 1, note)",
      "the time that `string.find` needs for this pattern is unknown",
    ],
  ])("%s is refused", (line, message) => {
    expect(breaches(line)).toEqual([`bounds/pattern: ${message}`]);
  });

  test.each(["local _ = string.find(note, note, 1, true)", 'local _ = string.match(note, "^(%a+) (%d+)$")'])(
    "%s is let pass",
    (line) => {
      expect(breaches(line)).toEqual([]);
    },
  );
});

describe("hole 9: texts that are put in many times are short", () => {
  test.each([
    ['local _ = string.gsub("aaaa", "a", note)', "string.gsub"],
    ['local _ = string.gsub(note, ".", string.rep("x", 1000000))', "string.gsub"],
    ["local _ = table.concat({ note, note }, note)", "table.concat"],
  ])("%s is refused", (line, by) => {
    expect(breaches(line)).toEqual([`bounds/text: the number of bytes that ${by} may make is unknown`]);
  });

  test("string.rep in a loop counts for each round", () => {
    const loop = '-- at most 1000 rounds\n    for _ = 1, 1000 do local _ = string.rep("x", 2000) end';
    expect(breaches(loop)).toEqual(["bounds/text: string.rep may make 2,000,000 bytes, more than 1,000,000"]);
  });

  test.each(['local _ = string.gsub(note, "a", "b")', 'local _ = table.concat({ note, note }, ",")'])(
    "%s is let pass",
    (line) => {
      expect(breaches(line)).toEqual([]);
    },
  );
});
