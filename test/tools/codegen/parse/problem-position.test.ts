import { expect, test } from "vitest";
import { Problems } from "../../../../tools/codegen/src/parse/problem.js";

test("a problem at a missing word points behind the text", () => {
  const problems = new Problems();
  const position = { file: "types.lua", line: 2, column: 4 };
  const tag = {
    name: "alias",
    text: "o",
    position,
    textPosition: { ...position, column: 11 },
    continued: [],
  };
  problems.atText(tag, "", "types/base", "the type is missing", "add it");
  expect(problems.all[0]?.position).toEqual({ file: "types.lua", line: 2, column: 12 });
});
