import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  digestOf,
  fingerprintOf,
  minify,
  proveEqual,
} from "../../../../tools/codegen/src/emit/lua/normalise.js";

describe("proveEqual", () => {
  it.each([
    ["spelling of numbers", "return 0x1F", "return 31"],
    ["quotes", `return "a'b"`, "return 'a\\'b'"],
    ["letters and their bytes", 'return "ü"', 'return "\\195\\188"'],
    ["white space and comments", "return  1 -- one", "return 1"],
  ])("takes %s for the same", (_, one, other) => {
    expect(() => proveEqual(one, other)).not.toThrow();
  });

  it.each([
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
  ])("notices %s", (_, one, other) => {
    expect(() => proveEqual(one, other)).toThrow("changed what a script means");
  });
});

describe("normalised Lua", () => {
  const source =
    'local one = 1 -- first\n\nlocal function two( a,b )\n  return a .. "ü 🙂" .. b\nend\nreturn two(one, 2)\n';

  it("is the same for sources that differ in comments and white space", () => {
    const other = source
      .replace("-- first", "--[[ second ]]")
      .replaceAll("\n", "\n\n")
      .replace("a,b", "a, b");
    expect(minify(other)).toBe(minify(source));
    expect(fingerprintOf(other)).toBe(fingerprintOf(source));
  });

  it("has the digest that sha1sum gives of its bytes", () => {
    expect(digestOf("return 'ü'")).toBe(
      createHash("sha1").update(Buffer.from("return 'ü'", "utf8")).digest("hex"),
    );
  });
});
