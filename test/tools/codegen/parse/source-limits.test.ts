import { describe, expect, test } from "vitest";
import { generate } from "../../../../tools/codegen/src/generate.js";
import type { Problem } from "../../../../tools/codegen/src/parse/problem.js";
import { checkStyle, FormatError, formatLua } from "../../../../tools/codegen/src/style.js";
import { luaOf, readCases } from "../../../support/codegen/golden-cases.js";
import { cpuMsSince } from "../../../support/cpu-time.js";

/** Quadratic code takes over five seconds for this many lines: 20,000 took 9.6 s. */
const MANY = 15_000;
const MAX_MS = 3_000;

const base = readCases([]).find(({ name }) => name === "constants-and-helpers");
if (base === undefined) throw new Error("there is no golden case constants-and-helpers");
const sources = luaOf(base);

interface Parts {
  /** Above the documentation. */
  readonly top?: string;
  /** Documentation before its first tag. */
  readonly prose?: string;
  readonly params?: string;
  readonly examples?: string;
  /** Before the function's return. */
  readonly body?: string;
}

/** A script without problems, and what is added to it. */
function script({ top = "", prose = "", params = "", examples = "", body = "" }: Parts): string {
  const example = (units: number) => `---@example ${units} units.
---  given  HSET {stock} total ${units}
---  call
---  reply  total=${units}
`;
  return `local stored_units = require("lib.stored_units")

${top}--- Reads a product's total.
${prose}---@version 1.0.0
---@param stock key.stock read
${params}---@return units total
---@cost O(1)
---@resend safe it changes nothing
${[1, 2, 3].map(example).join("")}${examples}local function read(stock)
${body}  return stored_units(redis.call("HGET", stock, "total"), "total") or 0
end

return read
`;
}

/** Every problem of a folder with this script. */
function problemsOf(text: string): readonly Problem[] {
  const files = new Map([...sources, ["stock/read.lua", text]]);
  const options = { client: "@moonpath/client", namespace: "shop", sourceRoot: "lua" };
  return [...generate(files, options).problems, ...checkStyle(files)];
}

/** How many problems break each rule. */
function rulesOf(text: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { rule } of problemsOf(text)) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

const repeated = (line: (at: number) => string, count = MANY) =>
  Array.from({ length: count }, (_, at) => line(at)).join("");
const nested = (open: string, close: string, count = 10_000) =>
  `${open.repeat(count)}1${close.repeat(count)}`;

interface Row {
  readonly name: string;
  readonly parts: Parts;
  readonly expected: Readonly<Record<string, number>>;
}

describe("a large script", () => {
  test.each<Row>([
    {
      name: "comments in the function",
      parts: { body: repeated((at) => `  -- line ${at}\n`) },
      expected: {},
    },
    {
      name: "comments above the contract",
      parts: { top: `${repeated((at) => `-- line ${at}\n`)}\n` },
      expected: {},
    },
    {
      name: "comments with blank lines between",
      parts: { body: repeated((at) => `  -- line ${at}\n\n`) },
      expected: {},
    },
    { name: "documentation", parts: { prose: repeated((at) => `--- Line ${at}.\n`) }, expected: {} },
    { name: "blank lines", parts: { top: "\n".repeat(MANY) }, expected: { "style/format": 1 } },
    {
      name: "assignments",
      parts: { body: `  local a = 0\n${repeated((at) => `  a = ${at}\n`, 2 * MANY)}` },
      expected: { "parse/limits": 1 },
    },
    {
      name: "locals",
      parts: { body: repeated((at) => `  local a${at} = ${at}\n`) },
      expected: { "parse/limits": 1 },
    },
    {
      name: "local functions",
      parts: { top: repeated((at) => `local function f${at}() end\n`) },
      expected: { "parse/limits": 1 },
    },
    {
      name: "a table",
      parts: { top: `local LIST = {\n${repeated((at) => `  ${at},\n`, 2 * MANY)}}\n\n` },
      expected: { "parse/limits": 1 },
    },
    {
      name: "waivers that cover nothing",
      parts: { body: repeated(() => "  -- moonpath-allow keys/undeclared: a reason\n") },
      expected: { "waiver/unused": MANY },
    },
    {
      name: "parameters",
      parts: { params: repeated((at) => `---@param p${at} units\n`) },
      expected: { "contract/param-order": MANY },
    },
    {
      name: "examples",
      parts: { examples: repeated((at) => `---@example ${at}.\n---  call\n---  reply  total=0\n`, MANY / 3) },
      expected: {},
    },
  ])(
    "hole 11: with $name is checked in seconds",
    ({ parts, expected }) => {
      const started = process.cpuUsage();
      expect(rulesOf(script(parts))).toEqual(expected);
      expect(cpuMsSince(started)).toBeLessThan(MAX_MS);
    },
    10 * MAX_MS,
  );

  test.each([
    { name: "comment", parts: { top: `-- ${"a".repeat(500_000)}\n\n` }, expected: {} },
    { name: "comment of dashes", parts: { top: `${"-".repeat(500_000)}\n\n` }, expected: {} },
    {
      name: "line of documentation with spaces",
      parts: { prose: `--- a${" ".repeat(500_000)}b\n` },
      expected: {},
    },
    {
      name: "literal of spaces",
      parts: { top: `local SPACES = "${" ".repeat(500_000)}"\n\n` },
      expected: { "style/format": 1 },
    },
    {
      name: "format of zeros",
      parts: { body: `  string.format("%${"0".repeat(500_000)}", 1)\n` },
      expected: { "style/format": 1 },
    },
    {
      name: "waiver",
      parts: { top: `-- moonpath-allow${" ".repeat(500_000)}x\n\n` },
      expected: { "waiver/unknown-rule": 1 },
    },
  ])(
    "hole 11: with a $name of 500 kB is checked in seconds",
    ({ parts, expected }) => {
      const started = process.cpuUsage();
      expect(rulesOf(script(parts))).toEqual(expected);
      expect(cpuMsSince(started)).toBeLessThan(MAX_MS);
    },
    10 * MAX_MS,
  );
});

test("hole 11: a table of 10,000 values is checked in seconds", () => {
  const values = repeated((at) => `  ${at},\n`, 10_000);
  const names = repeated((at) => `  name_${at} = ${at},\n`, 5_000);
  const started = process.cpuUsage();
  expect(rulesOf(script({ top: `local LIST = {\n${values}}\n\n` }))).toEqual({});
  expect(rulesOf(script({ top: `local NAMES = {\n${names}}\n\n` }))).toEqual({});
  // Two scripts are emitted too, and proved from syntax trees that are parsed anew.
  expect(cpuMsSince(started)).toBeLessThan(2 * MAX_MS);
}, 200_000);

describe("code that nests too deeply", () => {
  test.each([
    { name: "parentheses", value: nested("(", ")") },
    { name: "tables", value: nested("{", "}") },
    { name: "functions", value: nested("function() return ", " end") },
    { name: "calls", value: nested("tostring(", ")") },
    { name: "indexes", value: nested("KEYS[", "]") },
    { name: "fields", value: `KEYS${".a".repeat(10_000)}` },
    { name: "calls of calls", value: `tostring${"()".repeat(10_000)}` },
    { name: "concatenations", value: `"a"${' .. "a"'.repeat(5_000)}` },
    { name: "sums", value: `1${" + 1".repeat(5_000)}` },
    { name: "powers", value: `1${" ^ 1".repeat(5_000)}` },
    { name: "negations", value: `${"not ".repeat(10_000)}1` },
    { name: "signs", value: `${"- ".repeat(10_000)}1` },
    { name: "parentheses that stay open", value: "(".repeat(10_000) },
  ])("hole 11: of $name is one problem with its position", ({ value }) => {
    const [problem, ...others] = problemsOf(script({ body: `  local _ = ${value}\n` }));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ rule: "parse/syntax", position: { file: "stock/read.lua", line: 22 } });
    expect(problem?.position.column).toBeGreaterThan(2);
    expect(problem?.message).toContain("nested too deeply for Lua");
  });

  test("hole 11: is reported at the line that is too deep", () => {
    const [problem, ...others] = problemsOf(script({ body: nested("do\n", "\nend\n").replace("1", "") }));
    expect(others).toEqual([]);
    expect(problem?.rule).toBe("parse/syntax");
    expect(problem?.position.line).toBeGreaterThan(200);
    expect(problem?.position.line).toBeLessThan(500);
  });

  test.each([
    ["parentheses", (n: number) => `local _ = ${nested("(", ")", n)}\n`],
    ["tables", (n: number) => `local _ = ${nested("{", "}", n)}\n`],
    ["named fields", (n: number) => `local _ = ${nested("{ a = ", " }", n)}\n`],
    ["calls", (n: number) => `local _ = ${nested("f(", ")", n)}\n`],
    ["calls of methods", (n: number) => `local _ = ${nested("a.b:c({", "})", n)}\n`],
    ["indexes", (n: number) => `local _ = ${nested("a[", "]", n)}\n`],
    ["functions", (n: number) => `local _ = ${nested("function() return ", " end", n)}\n`],
    ["callbacks", (n: number) => `${nested("f(function() return ", " end)", n)}\n`],
    ["local functions", (n: number) => `${"local function f() ".repeat(n)}${" end".repeat(n)}\n`],
    ["conditions", (n: number) => `${"if a then ".repeat(n)}${" end".repeat(n)}\n`],
    ["other branches", (n: number) => `${"if a then else ".repeat(n)}${" end".repeat(n)}\n`],
    ["loops", (n: number) => `${"for i = 1, 2 do ".repeat(n)}${" end".repeat(n)}\n`],
    ["walks", (n: number) => `${"for a, b in pairs(c) do ".repeat(n)}${" end".repeat(n)}\n`],
    ["while", (n: number) => `${"while a do ".repeat(n)}${" end".repeat(n)}\n`],
    ["repeat", (n: number) => `${"repeat ".repeat(n)}${" until a".repeat(n)}\n`],
    ["concatenations", (n: number) => `local _ = a${" .. a".repeat(n)}\n`],
    ["sums in parentheses", (n: number) => `local _ = ${nested("(1 + ", ")", n)}\n`],
    ["negations", (n: number) => `local _ = ${"not ".repeat(n)}a\n`],
    ["conditions of sums", (n: number) => `if a${" + 1".repeat(n)} then end\n`],
  ])(
    "hole 11: of %s is formatted up to the limit and refused beyond it",
    (_, text) => {
      let failed: unknown;
      for (let levels = 1; failed === undefined && levels < 200; levels += 1) {
        try {
          formatLua(text(levels));
        } catch (error) {
          failed = error;
        }
      }
      expect(failed).toBeInstanceOf(FormatError);
      expect(failed).toMatchObject({ at: { line: 1 } });
    },
    60_000,
  );

  test("hole 11: does not stop the check of the format of other files", () => {
    const files = new Map([
      ["a/deep.lua", `local _ = ${nested("(", ")")}\n`],
      ["b/odd.lua", "local a   = 1\n"],
    ]);
    expect(checkStyle(files)).toMatchObject([
      { rule: "style/format", position: { file: "b/odd.lua", line: 1 } },
    ]);
  });
});

test("hole 11: the analysis reports more locals than it can follow", () => {
  const body = repeated(() => "  do\n    local x = 1\n  end\n", 2_000);
  expect(rulesOf(script({ body }))).toMatchObject({ "bounds/analysis": 1 });
}, 200_000);
