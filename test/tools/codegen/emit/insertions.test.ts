import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readFolder } from "../../../../tools/codegen/src/disk/read.js";
import { proveStraight } from "../../../../tools/codegen/src/emit/lua/prove-straight.js";
import { generate } from "../../../../tools/codegen/src/generate.js";
import { parseSource } from "../../../../tools/codegen/src/parse/source/source.js";

const base = await readFolder(join(import.meta.dirname, "../golden/base/lua"), [".lua"]);

const CONTRACT = `--- Measures a label.
---
---@version 1.0.0
---@param label key.label read
---@return units length
---@cost O(1)
---@resend safe it only reads
---@many 4
---@example There is no label.
---  reply  length=0
---@example There is one.
---  given  SET {label} lamp
---  reply  length=4
---@example An empty one.
---  given  SET {label} ""
---  reply  length=0
`;

const HALF = `--- Half of a length.
---
---@param length integer
---@return integer
local function half(length)
  return math.floor(length / 2)
end

return half
`;

const QUARTER = `local half = require("lib.half")

--- A quarter of a length.
---
---@param length integer
---@return integer
local function quarter(length)
  if length == 0 then
    return 0
  end
  return half(half(length))
end

return quarter
`;

/** The emitted script of a function body that may call `half` and `quarter`. */
function emitted(body: string, { half = HALF, quarter = QUARTER } = {}) {
  const modules = { half, quarter };
  const requires = Object.keys(modules)
    .filter((name) => new RegExp(`\\b${name}\\(`).test(body))
    .map((name) => `local ${name} = require("lib.${name}")\n`);
  const text = `${requires.join("")}\n${CONTRACT}local function length(label)\n${body}end\n\nreturn length\n`;
  const files = Object.entries(modules).map(([name, source]): [string, string] => [
    `lib/${name}.lua`,
    source,
  ]);
  const sources = new Map([...base, ...files, ["stock/length.lua", text]]);
  const { problems, lua } = generate(sources, {
    client: "moonpath/client",
    namespace: "shop",
    sourceRoot: "lua",
  });
  expect(problems).toEqual([]);
  const script = lua.get("stock.length");
  if (script === undefined) throw new Error("nothing was emitted");
  return { ...script, source: text };
}

/** The first line of each function of a module, with its indentation. */
const functions = (lua: string) => lua.match(/^ *local function (?:half|quarter)\b/gm);
const at = (depth: number, name: string) => `${" ".repeat(depth)}local function ${name}`;

describe("the place of a module in a script", () => {
  test("is the branch that uses it, before the comment of its first use", () => {
    const { text } = emitted(`  local bytes = redis.call("STRLEN", label)
  if bytes > 9 then
    bytes = bytes - 1
    -- A long label counts half.
    bytes = half(bytes)
  end
  return bytes
`);
    expect(text.slice(text.indexOf("\ndo\n"))).toBe(`
do
  local label = KEYS[1]
  local bytes = redis.call("STRLEN", label)
  if bytes > 9 then
    bytes = bytes - 1
    -- From lua/lib/half.lua:
    --- Half of a length.
    local function half(length)
      return math.floor(length / 2)
    end
    -- A long label counts half.
    bytes = half(bytes)
  end
  return bytes
end
`);
  });

  test("is behind a return that may end the script before its use", () => {
    const { text } = emitted(`  local bytes = redis.call("STRLEN", label)
  if bytes == 0 then
    return 0
  end
  return half(bytes)
`);
    expect(text).toMatch(/return 0\n {2}end\n {2}-- From lua\/lib\/half\.lua:\n/);
  });

  test("is the top of the script if every call uses it, or if two branches do", () => {
    const always = emitted(`  return half(redis.call("STRLEN", label))\n`);
    expect(functions(always.text)).toEqual([at(0, "half")]);
    const twice = emitted(`  local bytes = redis.call("STRLEN", label)
  if bytes > 9 then
    bytes = half(bytes)
  else
    bytes = half(bytes + 1)
  end
  return bytes
`);
    expect(functions(twice.text)).toEqual([at(0, "half")]);
  });

  test("is before a loop, or a function, that uses it", () => {
    const { text } = emitted(`  local bytes = redis.call("STRLEN", label)
  if bytes > 9 then
    -- at most 3 rounds
    for _ = 1, 3 do
      if bytes > 1 then
        bytes = half(bytes)
      end
    end
    local values = { 3, 4 }
    table.sort(values, function(one, other)
      return half(one) < half(other)
    end)
  end
  return bytes
`);
    expect(functions(text)).toEqual([at(4, "half")]);
    expect(text.indexOf("local function half")).toBeLessThan(text.indexOf("for _"));
  });

  test("is inside of a module that uses it only on one of its paths", () => {
    const { text } = emitted(`  local bytes = redis.call("STRLEN", label)
  if bytes > 9 then
    bytes = quarter(bytes)
  end
  return bytes
`);
    expect(functions(text)).toEqual([at(4, "quarter"), at(6, "half")]);
    expect(text).toContain("        return 0\n      end\n      -- From lua/lib/half.lua:\n");
  });

  test("is beside a module that runs in a loop", () => {
    const { text } = emitted(`  local bytes = redis.call("STRLEN", label)
  if bytes > 9 then
    -- at most 3 rounds
    for _ = 1, 3 do
      bytes = quarter(bytes)
    end
  end
  return bytes
`);
    expect(functions(text)).toEqual([at(4, "half"), at(4, "quarter")]);
  });

  test.each([
    ["a local of the script hides a name that it uses", "  local math = { 1 }\n", " + #math", {}],
    ["it has constants of its own", "", "", { half: HALF.replace("--- Half", "local TWO = 2\n\n--- Half") }],
  ])("is the top if %s", (_reason, local, use, options) => {
    const { text } = emitted(
      `${local}  local bytes = redis.call("STRLEN", label)${use}
  if bytes > 9 then
    bytes = half(bytes)
  end
  return bytes
`,
      options,
    );
    expect(functions(text)).toEqual([at(0, "half")]);
  });

  test("is the top in the many form, which runs the code once for each call", () => {
    const { many } = emitted(`  local bytes = redis.call("STRLEN", label)
  if bytes > 9 then
    bytes = half(bytes)
  end
  return bytes
`);
    expect(functions(many?.text ?? "")).toEqual([at(0, "half")]);
  });

  test("keeps code on the same line, and the lines of both files", () => {
    const { text, lines, source } = emitted(
      `  local bytes = redis.call("STRLEN", label)\n  if bytes > 9 then bytes = half(bytes) end\n  return bytes\n`,
    );
    const emittedLines = text.split("\n");
    const pairs = (file: string, from: string) =>
      [...(lines.get(file) ?? [])].map(([line, original]) => [
        emittedLines[line - 1]?.trim(),
        from.split("\n")[original - 1]?.trim(),
      ]);
    expect(pairs("lib/half.lua", HALF)).toEqual([
      ["local function half(length)", "local function half(length)"],
      ["return math.floor(length / 2)", "return math.floor(length / 2)"],
      ["end", "end"],
    ]);
    expect(pairs("stock/length.lua", source)).toContainEqual([
      "bytes = half(bytes)",
      "if bytes > 9 then bytes = half(bytes) end",
    ]);
  });
});

describe("the proof of a script with modules inside of others", () => {
  const module = (file: string, text: string) => {
    const source = parseSource(file, text);
    if (!("chunk" in source)) throw new Error("the text is not Lua");
    return source;
  };
  const parts = () => {
    const lib = module("lib/half.lua", HALF);
    const main = module(
      "stock/length.lua",
      "local function length(label)\n  if label then\n    return half(label)\n  end\nend\n",
    );
    const of = (source: typeof lib, name: string, body: typeof lib.chunk.body) => ({
      source,
      name,
      body,
      params: [],
      requires: [],
      doc: undefined,
      position: { file: source.file, line: 1, column: 1 },
    });
    const half = of(lib, "half", lib.chunk.body.slice(0, 1));
    return {
      modules: [half, of(main, "length", main.chunk.body)],
      inside: new Set([half]),
      wrapper: "",
      replies: ["return half(label)"],
      digits: new Map(),
      head: "",
      tail: "",
    };
  };
  const half = "local function half(length)\n return math.floor(length / 2)\nend\n";

  test("accepts a module at a place where its names mean the same", () => {
    const text = `do local label = KEYS[1]\nif label then\n${half}return half(label)\nend\nend`;
    expect(() => proveStraight(text, parts())).not.toThrow();
  });

  test.each([
    [
      "a use stands before it",
      `do local label = KEYS[1]\nif label then\nreturn half(label)\nend\n${half}end`,
    ],
    [
      "another branch has it",
      `do local label = KEYS[1]\ndo\n${half}end\nif label then\nreturn half(label)\nend\nend`,
    ],
    ["it is missing", "do local label = KEYS[1]\nif label then\nreturn half(label)\nend\nend"],
    [
      "its text differs",
      `do local label = KEYS[1]\nif label then\n${half.replace("2", "3")}return half(label)\nend\nend`,
    ],
    [
      "a local hides a name that it uses",
      `do local math = KEYS[1]\nif label then\n${half}return half(label)\nend\nend`,
    ],
  ])("refuses a text in which %s", (_reason, text) => {
    expect(() => proveStraight(text, parts())).toThrow("the emitted Lua differs from its sources");
  });
});
