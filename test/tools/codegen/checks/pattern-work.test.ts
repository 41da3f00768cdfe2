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

describe("hole 9: the check of patterns", () => {
  test.each([
    { pattern: "^%d+$", power: 1 },
    { pattern: "^level:(.+)$", power: 1 },
    { pattern: "^(%a+) (-?%d+) ?(-?%d*)$", power: 2 },
    { pattern: ": $", power: 1 },
    { pattern: "%s+$", power: 2 },
    { pattern: "^(.+)-(.+)$", power: 2 },
    { pattern: "[^,]+", power: 2 },
    { pattern: ".-.-b", power: 3 },
    { pattern: "^.-.-.-.-b", power: 4 },
    { pattern: "^[a-f]+[g-z]+[a-c]*", power: 1 },
    { pattern: "^[a-f]*[e-z]*", power: 2 },
    { pattern: "^%w*%d*%x*1", power: 3 },
    { pattern: "^%D+%d+", power: 1 },
    { pattern: "^[%d%s]+[]x]+[^]x]+", power: 1 },
    { pattern: "%b()", power: 2 },
  ])("finds n^$power steps for $pattern", ({ pattern, power: work }) => {
    expect(patternWork(pattern)).toBe(work);
  });

  test("doubles the steps for each optional character", () => {
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
  ])("refuses %s", (line, message) => {
    expect(breaches(line)).toEqual([`bounds/pattern: ${message}`]);
  });

  test.each(["local _ = string.find(note, note, 1, true)", 'local _ = string.match(note, "^(%a+) (%d+)$")'])(
    "accepts %s",
    (line) => {
      expect(breaches(line)).toEqual([]);
    },
  );
});

describe("hole 9: the check of inserted texts", () => {
  test.each([
    ['local _ = string.gsub("aaaa", "a", note)', "string.gsub"],
    ['local _ = string.gsub(note, ".", string.rep("x", 1000000))', "string.gsub"],
    ["local _ = table.concat({ note, note }, note)", "table.concat"],
  ])("refuses %s", (line, by) => {
    expect(breaches(line)).toEqual([`bounds/text: the number of bytes that ${by} may make is unknown`]);
  });

  test("counts string.rep in a loop for each iteration", () => {
    const loop = '-- at most 1000 rounds\n    for _ = 1, 1000 do local _ = string.rep("x", 2000) end';
    expect(breaches(loop)).toEqual(["bounds/text: string.rep may make 2,000,000 bytes, more than 1,000,000"]);
  });

  test.each(['local _ = string.gsub(note, "a", "b")', 'local _ = table.concat({ note, note }, ",")'])(
    "accepts %s",
    (line) => {
      expect(breaches(line)).toEqual([]);
    },
  );
});
