import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { readMarkdown } from "../../tools/prose/read/markdown.js";
import { sentencesOf } from "../../tools/prose/sentences.js";

const source = await readFile(new URL("../../docs/glossary.md", import.meta.url), "utf8");
const entries = [...source.matchAll(/^- (.*)$/gm)].map(([, entry = ""]) => entry);

describe("docs/glossary.md", () => {
  test("has entries of one form: the term, a colon, one sentence", () => {
    for (const entry of entries) {
      expect(entry).toMatch(/^\*\*[^*]+\*\*( of an? [\w ]+| \(.+\))?: (See \*[\w ]+\*|[A-Z].+)\.$/);
      const [paragraph] = readMarkdown(entry).paragraphs;
      expect(sentencesOf(paragraph?.text ?? "")).toHaveLength(1);
    }
  });

  test("is in alphabetical order, with no term twice", () => {
    const terms = entries.map((entry) =>
      entry.slice(0, entry.indexOf(":")).replace(/[*`]/g, "").toLowerCase(),
    );
    expect(terms).toEqual([...new Set(terms)].sort(new Intl.Collator("en").compare));
    expect(terms.length).toBeGreaterThan(80);
  });

  test("refers only to its own entries", () => {
    for (const [, term = ""] of source.matchAll(/See \*([\w ]+)\*/g))
      expect(source).toContain(`\n- **${term}**`);
  });
});
