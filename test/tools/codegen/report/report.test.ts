import { expect, test } from "vitest";
import type { Problem } from "../../../../tools/codegen/src/parse/problem.js";
import { formatProblem, formatProblems } from "../../../../tools/codegen/src/report.js";

const FILES = new Map([["stock/set.lua", "local one = 1\n\n\tredis.call(one)   \nreturn\r\n"]]);

function told(line: number, column: number, length: number): string[] {
  const problem: Problem = {
    rule: "args/unused",
    position: { file: "stock/set.lua", line, column },
    length,
    message: "nothing reads it",
    fix: "take it out",
  };
  return formatProblem(problem, FILES, "my/lua").split("\n");
}

test("a report has the position, the rule, the message, the line with a caret and the fix", () => {
  expect(told(1, 7, 3)).toEqual([
    "my/lua/stock/set.lua:1:7: args/unused: nothing reads it",
    "  1 | local one = 1",
    "    |       ^^^",
    "  fix: take it out",
  ]);
});

test("a report puts the caret under the right words after a tab", () => {
  expect(told(3, 2, 5).slice(1, 3)).toEqual(["  3 | \tredis.call(one)", "    | \t^^^^^"]);
});

test("a report points at a position within the line", () => {
  expect(told(1, 13, 40)[2]).toBe("    |             ^");
  expect(told(1, 14, 0)[2]).toBe("    |              ^");
  expect(told(1, 60, 3)[2]).toMatch(/^ {4}\| +\^$/);
});

test("a report shows no line if the file does not have it", () => {
  expect(told(2, 1, 1)).toHaveLength(2);
  expect(told(99, 1, 1)).toHaveLength(2);
});

test("a report contains no carriage return", () => {
  expect(told(4, 1, 6)[1]).toBe("  4 | return");
});

test("a report lists all problems and their number", () => {
  const problem: Problem = {
    rule: "parse/missing",
    position: { file: "types.lua", line: 1, column: 1 },
    length: 1,
    message: "the folder does not contain types.lua",
    fix: "add it",
  };
  const one = "lua/types.lua:1:1: parse/missing: the folder does not contain types.lua\n  fix: add it\n";
  expect(formatProblems([problem], FILES, "lua")).toBe(`${one}\n1 problem`);
  expect(formatProblems([problem, problem], FILES, "lua")).toBe(`${one}\n${one}\n2 problems`);
});

test("hole 17: a report shortens long lists, lines and messages", () => {
  const files = new Map([["stock/set.lua", `${"a".repeat(500_000)}bad${"c".repeat(500_000)}\n`]]);
  const problem: Problem = {
    rule: "args/unused",
    position: { file: "stock/set.lua", line: 1, column: 500_001 },
    length: 3,
    message: "m".repeat(1_000_000),
    fix: "take it out",
  };
  const text = formatProblems(Array<Problem>(10_000).fill(problem), files, "lua");
  expect(text.length).toBeLessThan(400_000);
  expect(text).toMatch(/\n10000 problems, of which the first 200 are shown$/);
  const [, line = "", mark = ""] = text.split("\n");
  expect(line).toBe(`  1 | ${"a".repeat(100)}bad${"c".repeat(97)}`);
  expect(line.slice(mark.indexOf("^"), mark.lastIndexOf("^") + 1)).toBe("bad");
});
