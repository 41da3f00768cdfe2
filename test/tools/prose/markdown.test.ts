import { describe, expect, test } from "vitest";
import { readMarkdown } from "../../../tools/prose/read/markdown.js";
import { placed, sentence, told } from "../../support/prose.js";

describe("readMarkdown", () => {
  test("reads headings, paragraphs, list items, quotes and table cells separately", () => {
    const source = [
      "# Title",
      "",
      "First line",
      "second line.",
      "",
      "- item one",
      "  goes on",
      "  1. inner item",
      "",
      "> quoted",
      "> text",
      "",
      "| Head | Other |",
      "| --- | --- |",
      "| cell one | cell *two* |",
    ].join("\n");
    expect(placed(readMarkdown(source))).toEqual([
      "1:3 Title",
      "3:1 First line second line.",
      "6:3 item one goes on",
      "8:6 inner item",
      "10:3 quoted text",
      "13:3 Head",
      "13:10 Other",
      "15:3 cell one",
      "15:14 cell two",
    ]);
  });

  test("skips code blocks, HTML blocks, destinations of links, and images", () => {
    const source = [
      "<!-- mend -->",
      "",
      "```ts",
      "// mend",
      "```",
      "",
      "    mend",
      "",
      "See [the guide](mend.md), ![mend](mend.png) and `mend`.",
      "",
      "[guide]: https://example.com/mend",
    ].join("\n");
    expect(placed(readMarkdown(source))).toEqual(["9:1 See the guide,  and X."]);
    expect(told(readMarkdown(source))).toEqual([]);
  });

  test("counts a code span as one word", () => {
    const span = "`a b c d e f g h i j`";
    expect(told(readMarkdown(`${span} ${sentence(29)}`))).toEqual([]);
    expect(told(readMarkdown(`${span} ${sentence(30)}`))).toEqual([
      '1:1: sentence-length: sentence of 31 words, at most 30: "X Word word word word …"',
    ]);
  });

  test("returns the position after escapes, character references and indentation", () => {
    expect(told(readMarkdown("\\*a\\* &lt;b&gt; mend"))).toEqual([
      '1:17: word: "mend" is not a word of the field; write: fix',
    ]);
    expect(told(readMarkdown("- first\n  second\n  > third\n  > **mend**"))).toEqual([
      '4:7: word: "mend" is not a word of the field; write: fix',
    ]);
  });
});

describe("the length of a sentence in Markdown", () => {
  test("is at most 30 words", () => {
    expect(told(readMarkdown(sentence(30)))).toEqual([]);
    expect(told(readMarkdown(`Short. ${sentence(31)} Short.`))).toEqual([
      '1:8: sentence-length: sentence of 31 words, at most 30: "Word word word word word …"',
    ]);
  });

  test("is counted across lines", () => {
    const source = `${"word ".repeat(16)}\n${"word ".repeat(15)}`;
    expect(told(readMarkdown(source))).toEqual([
      '1:1: sentence-length: sentence of 31 words, at most 30: "word word word word word …"',
    ]);
  });

  test("is counted for each table cell and list item separately", () => {
    const half = "word ".repeat(20).trim();
    expect(told(readMarkdown(`| ${half} | ${half} |\n| --- | --- |\n\n- ${half}\n- ${half}\n`))).toEqual([]);
  });
});
