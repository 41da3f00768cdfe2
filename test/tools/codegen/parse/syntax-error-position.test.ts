import { expect, test } from "vitest";
import { parseSource } from "../../../../tools/codegen/src/parse/source/source.js";

// The first of this file: luaparse has read nothing in this process yet.
test("an error in the first token has a position", () => {
  expect(parseSource("stock/set.lua", "\u001b[31mx = 1\n")).toMatchObject({
    rule: "parse/syntax",
    position: { file: "stock/set.lua", line: 1, column: 1 },
  });
});

test("an error in the first token does not depend on text that was read before", () => {
  const text = "\u00e9 = 1\n";
  parseSource("before.lua", "return 1\n");
  const first = parseSource("stock/set.lua", text);
  parseSource("before.lua", "= 1\n");
  const second = parseSource("stock/set.lua", text);
  expect(second).toEqual(first);
  expect(first).toMatchObject({
    rule: "parse/syntax",
    position: { file: "stock/set.lua", line: 1, column: 1 },
  });
});
