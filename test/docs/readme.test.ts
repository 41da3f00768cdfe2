import { expect, test } from "vitest";
import { blocksOf, textOf } from "../support/docs.js";

/** A line of the README that stands for one or more omitted lines of the file. */
const OMITTED = "\n-- …\n";

/** The first excerpt that does not follow the one before it in the file; undefined if all do. */
function misquoted(block: string, file: string): string | undefined {
  let at = 0;
  return block
    .trimEnd()
    .split(OMITTED)
    .find((excerpt, position) => {
      const found = file.indexOf(`\n${excerpt}\n`, at);
      const omitsLines = position === 0 || found > at;
      // The line break after the excerpt is the one before the next line.
      at = found + excerpt.length + 1;
      return found < 0 || !omitsLines;
    });
}

test("README.md quotes lines of lua/stock/adjust.lua, in their order", async () => {
  const blocks = await blocksOf("README.md", "lua");
  expect(blocks).toHaveLength(1);
  expect(misquoted(blocks[0] ?? "", await textOf("lua/stock/adjust.lua"))).toBeUndefined();
});

test("A changed line, a wrong order, and a mark where no line is omitted are misquotations", () => {
  const file = "\none\ntwo\nthree\nfour\n";
  expect(misquoted("one\ntwo\n-- …\nfour\n", file)).toBeUndefined();
  expect(misquoted("one\n-- …\nthree and more\n", file)).toBe("three and more");
  expect(misquoted("one\nthree\n", file)).toBe("one\nthree");
  expect(misquoted("three\n-- …\none\n", file)).toBe("one");
  expect(misquoted("one\n-- …\ntwo\n", file)).toBe("two");
});
