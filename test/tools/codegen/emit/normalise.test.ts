import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  digestOf,
  fingerprintOf,
  minify,
  proveEqual,
  proveSameStatements,
} from "../../../../tools/codegen/src/emit/lua/normalise.js";
import { Problems } from "../../../../tools/codegen/src/parse/problem.js";
import { readModule } from "../../../../tools/codegen/src/parse/source/module.js";
import { isProblem, parseSource } from "../../../../tools/codegen/src/parse/source/source.js";

describe("proveEqual", () => {
  test.each([
    { name: "spelling of numbers", one: "return 0x1F", other: "return 31" },
    { name: "quotes", one: `return "a'b"`, other: "return 'a\\'b'" },
    { name: "letters and their bytes", one: 'return "ü"', other: 'return "\\195\\188"' },
    { name: "white space and comments", one: "return  1 -- one", other: "return 1" },
  ])("accepts a difference in $name", ({ one, other }) => {
    expect(() => proveEqual(one, other)).not.toThrow();
  });

  test.each([
    ["a constant", "return 1", "return 2"],
    ["a text", 'return "a"', 'return "b"'],
    ["a letter outside ASCII", 'return "ü"', 'return "ö"'],
    ["a name", "return one", "return other"],
    ["an operator", "return one - two", "return one + two"],
    ["the order of operations", "return (one - two) - three", "return one - (two - three)"],
    ["a statement that is gone", "call() return 1", "return 1"],
    ["a local that became a global", "local one = 1", "one = 1"],
    ["a call that became a comparison", "return f(one)", "return f == one"],
    ["a branch turned round", "if one then two() end", "if not one then two() end"],
  ])("detects %s", (_, one, other) => {
    expect(() => proveEqual(one, other)).toThrow("changed what a script means");
  });
});

describe("proveSameStatements", () => {
  const wrapper = "return add(1)\n";
  const source =
    'local lib = require("lib.lib")\nlocal STEP = 1\nlocal function add(n)\n  return n + STEP\nend\nreturn add\n';
  const parsed = parseSource("add.lua", source);
  if (isProblem(parsed)) throw new Error(parsed.message);
  const module = readModule(parsed, new Problems());
  if (module === undefined) throw new Error("the source is no module");
  const prove = (lua: string) => () => proveSameStatements(lua, [module], wrapper);
  const emitted = "local STEP = 1\n-- Adds.\nlocal function add(n) return n + STEP end\nreturn add(1)\n";

  test("accepts the statements between the requires and the return, and the wrapper", () => {
    expect(prove(emitted)).not.toThrow();
  });

  test.each([
    ["a changed statement", emitted.replace("n + STEP", "n - STEP")],
    ["a changed constant", emitted.replace("STEP = 1", "STEP = 2")],
    ["a statement that is gone", emitted.replace("local STEP = 1", "")],
    ["a statement in a comment", emitted.replace("local STEP", "-- local STEP")],
    ["a require that is left", `local lib = require("lib.lib")\n${emitted}`],
    ["another wrapper", emitted.replace("add(1)", "add(2)")],
    ["statements in another order", `local function add(n) return n + STEP end\nlocal STEP = 1\n${wrapper}`],
  ])("detects %s", (_, lua) => {
    expect(prove(lua)).toThrow("differs from its sources");
  });
});

describe("normalised Lua", () => {
  const source =
    'local one = 1 -- first\n\nlocal function two( a,b )\n  return a .. "ü 🙂" .. b\nend\nreturn two(one, 2)\n';

  test("is the same for sources that differ in comments and white space", () => {
    const other = source
      .replace("-- first", "--[[ second ]]")
      .replaceAll("\n", "\n\n")
      .replace("a,b", "a, b");
    expect(minify(other)).toBe(minify(source));
    expect(fingerprintOf(other)).toBe(fingerprintOf(source));
  });

  test("has the digest that sha1sum prints for its bytes", () => {
    expect(digestOf("return 'ü'")).toBe(
      createHash("sha1").update(Buffer.from("return 'ü'", "utf8")).digest("hex"),
    );
  });
});
