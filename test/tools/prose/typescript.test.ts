import { describe, expect, test } from "vitest";
import { readTypeScript } from "../../../tools/prose/read/typescript.js";
import { placed, sentence, told } from "../../support/prose.js";

const read = (source: string) => readTypeScript(source, "file.ts");

describe("readTypeScript", () => {
  test("does not read the text of strings, templates and regular expressions", () => {
    const source = [
      'const a = "// mend";',
      "const b = `/* mend */` + /\\/\\/ mend/.source;",
      "export { a, b };",
    ];
    expect(read(source.join("\n"))).toEqual({ paragraphs: [], commentLines: [] });
  });

  test("joins the lines of one comment and separates comments behind code", () => {
    const source = [
      "// first",
      "// goes on",
      "const a = 1; // behind",
      "// alone",
      "",
      "// later",
      "  // inner",
    ];
    expect(placed(read(source.join("\n")))).toEqual([
      "1:4 first goes on",
      "3:17 behind",
      "4:4 alone",
      "6:4 later",
      "7:6 inner",
    ]);
  });

  test("reads block comments without their delimiters", () => {
    const source = [
      "/* one line */",
      "  /**",
      "   * Purpose",
      "   * goes on.",
      "   *",
      "   * - item",
      "   */",
      "const a = 1;",
    ];
    expect(placed(read(source.join("\n")))).toEqual(["1:4 one line", "3:6 Purpose goes on.", "6:8 item"]);
  });

  test("reads each JSDoc tag as a separate text without the tag and the parameter's name", () => {
    const source = [
      "/**",
      " * Purpose",
      " * @param name its text",
      " *   goes on",
      " * @returns the result",
      " * @throws Error when it fails",
      " * @example",
      " * mend();",
      " */",
    ];
    expect(placed(read(source.join("\n")))).toEqual([
      "2:4 Purpose",
      "3:16 its text goes on",
      "5:13 the result",
      "6:12 Error when it fails",
    ]);
  });

  test("skips code in a docstring", () => {
    expect(told(read("/**\n * Text:\n *\n *     mend()\n *\n * ```ts\n * mend();\n * ```\n */"))).toEqual([]);
  });

  test("refuses a file that does not parse", () => {
    expect(() => read("const = 1; // comment")).toThrow("Unexpected token");
  });
});

describe("the rules for comments of TypeScript", () => {
  test("find a line over 110 columns, at its first column over the limit", () => {
    const fits = `// ${"word ".repeat(21)}ab`;
    expect(fits).toHaveLength(110);
    expect(told(read(`// short\n${fits}`)).filter((line) => line.includes("width"))).toEqual([]);
    expect(told(read(`// short.\n\n${fits}c`))).toEqual([
      "3:111: comment-width: comment line of 111 columns, at most 110; wrap it",
    ]);
  });

  test("find a wide line with a comment behind code, and a wide line of a block comment", () => {
    const wide = "wide ".repeat(5);
    expect(told(read(`const a = "${"a".repeat(90)}"; // ${wide}`))).toEqual([
      "1:111: comment-width: comment line of 132 columns, at most 110; wrap it",
    ]);
    expect(told(read(`/*\n ${"b".repeat(100)} ${wide} */`))).toEqual([
      "2:111: comment-width: comment line of 130 columns, at most 110; wrap it",
    ]);
  });

  test("allow a wide line of code without a comment, and one long word", () => {
    expect(told(read(`const a = "${"a".repeat(120)}";`))).toEqual([]);
    expect(told(read(`// https://example.com/${"a".repeat(120)}`))).toEqual([]);
  });

  test("find a long sentence and report its start", () => {
    expect(told(read(`/**\n * Short. ${sentence(16).slice(0, -1)}\n * ${sentence(15)}\n */`))).toEqual([
      '2:11: sentence-length: sentence of 31 words, at most 30: "Word word word word word …"',
    ]);
  });

  test("find all forms of an old word, but not inside other words", () => {
    expect(told(read("// Mended in\n// hand; amend, mend-it, mend_it and `mend` stay."))).toEqual([
      '1:4: word: "Mended" is not a word of the field; write: fix',
      '1:11: word: "in hand" is not a word of the field; write: in flight',
    ]);
  });
});
