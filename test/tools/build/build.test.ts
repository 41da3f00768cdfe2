import { expect, test } from "vitest";
import { packedTexts } from "../../../src/client/script/packed-texts.js";
import { withoutComments } from "../../../tools/build/comments.js";
import { declarationMap, importedModules } from "../../../tools/build/declarations.js";
import { textsOf, withPackedTexts } from "../../../tools/build/scripts.js";
import { textOf } from "../../support/docs.js";

const LUA = new URL("../../../generated/lua/", import.meta.url);

/** The texts that a built module unpacks. */
function unpacked(module: string): readonly string[] {
  const [, packed = ""] = /packedTexts\("([^"]+)"\)/.exec(module) ?? [];
  return packedTexts(packed)();
}

test("a built module has the texts of both forms and their line maps, packed", async () => {
  const texts = await textsOf(LUA, "stock/adjust");
  expect(texts).toHaveLength(2);
  const module = await textOf("generated/ts/stock/adjust.ts");
  const built = withPackedTexts(module, texts);
  expect(built.length).toBeLessThan(module.length / 2);
  const [single, many, lines = "", manyLines = "", ...others] = unpacked(built);
  expect([single, many, others]).toEqual([...texts, []]);
  expect(JSON.parse(lines)).toMatchObject({ "lua/lib/stock/stock_status.lua": "6-14:6" });
  expect(Object.keys(JSON.parse(manyLines)).sort()).toEqual(Object.keys(JSON.parse(lines)).sort());
});

test("a module whose form the build does not know is refused", async () => {
  const texts = await textsOf(LUA, "price/set");
  const module = await textOf("generated/ts/price/set.ts");
  expect(() => withPackedTexts(module.replace("return lua;", "return text;"), texts)).toThrow(/2 texts/);
  expect(() => withPackedTexts(module, [...texts, "another"])).toThrow(/3 texts/);
});

test("a map leads from a declaration to its code, and from others nowhere", () => {
  // Declarations: positions 0 and 5 of line 1, from columns 0 and 5 of the source. Code: only column 5.
  const map = declarationMap("lock.d.ts", { mappings: "AAAA,KAAK" }, { mappings: ";EAAK" });
  expect(JSON.parse(map ?? "")).toEqual({
    version: 3,
    file: "lock.d.ts",
    sources: ["lock.js"],
    names: [],
    mappings: "A,KACE",
  });
  expect(declarationMap("lock.d.ts", { mappings: "AAAA" }, { mappings: ";EAAK" })).toBeUndefined();
});

test("the modules of a declaration file are those of its imports and exports, also of types", () => {
  const text =
    'import type { A } from "./a.js";\nexport * from "./b.js";\ndeclare const c: import("moonpath/client").C;\n';
  expect(importedModules(text)).toEqual(["./a.js", "./b.js", "moonpath/client"]);
});

test("comments on lines of their own are blanks, and positions stay", async () => {
  const source =
    "class A {\n  /** Says what. */\n  #b = 1;\n  // Why.\n  c = '// no comment';\n}\nnew A();\n";
  const blanked = await withoutComments(source, { loader: "ts" });
  expect(blanked).not.toMatch(/Says|Why/);
  expect(blanked).toContain("'// no comment'");
  expect(blanked.indexOf("#b")).toBe(source.indexOf("#b"));
});

test("a source with a text that looks like a comment stays as it is", async () => {
  const source = "export const text = `\n// a line of the text\n`;\n// A comment.\n";
  expect(await withoutComments(source, { loader: "ts" })).toBe(source);
});
