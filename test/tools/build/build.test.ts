import { expect, test } from "vitest";
import { packedTexts } from "../../../src/client/script/packed-texts.js";
import { importedModules, withTabs } from "../../../tools/build/declarations.js";
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

test("a declaration file has tabs, and its texts stay", () => {
  const text =
    "interface A {\n    /**\n     * Says  what.\n     */\n    readonly a: {\n        b: 1;\n    };\n}\n";
  expect(withTabs(text)).toBe(
    "interface A {\n\t/**\n\t * Says  what.\n\t */\n\treadonly a: {\n\t\tb: 1;\n\t};\n}\n",
  );
});

test("the modules of a declaration file are those of its imports and exports, also of types", () => {
  const text =
    'import type { A } from "./a.js";\nexport * from "./b.js";\ndeclare const c: import("moonpath/client").C;\n';
  expect(importedModules(text)).toEqual(["./a.js", "./b.js", "moonpath/client"]);
});
