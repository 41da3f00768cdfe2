import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  beautify,
  digestOf,
  fingerprintOf,
  lineMap,
  minify,
  proveEqual,
} from "../../../../tools/codegen/src/emit/normalise.js";

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

  it("ends every line without white space, and keeps letters of all languages", () => {
    expect(beautify(source)).not.toMatch(/[ \t]$/m);
    expect(beautify(source)).toContain('"ü 🙂"');
  });

  it("keeps white space inside of texts", () => {
    const text = 'return "a  ", [[\n  b\n\tc]], "d\\n"\n';
    expect(() => beautify(text)).not.toThrow();
    expect(beautify(text)).toContain("\n  b\n\tc");
  });

  it("has the digest that sha1sum gives of its bytes", () => {
    expect(digestOf("return 'ü'")).toBe(
      createHash("sha1").update(Buffer.from("return 'ü'", "utf8")).digest("hex"),
    );
  });

  it("maps lines of the result to those of the source", () => {
    const formatted = beautify(source);
    const map = lineMap(source, formatted);
    const lines = formatted.split("\n");
    const at = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;
    expect(map.get(at("local one"))).toBe(1);
    expect(map.get(at('"ü 🙂"'))).toBe(4);
    expect(map.get(at("return two"))).toBe(6);
  });
});
