import { describe, expect, test } from "vitest";
import { scripts } from "../../../../generated/ts/index.js";
import type { ManyForm, Script } from "../../../../src/client/index.js";
import { sourceLine } from "../../../../src/client/script/source-line.js";
import { WRAPPER_COMMENT } from "../../../../tools/codegen/src/emit/lua/frame.js";
import { camel } from "../../../../tools/codegen/src/naming.js";
import { formatLua } from "../../../../tools/codegen/src/style.js";
import { ownOutput, ownSources } from "../../../support/codegen/own-scripts.js";

const { lua, model } = ownOutput;

/** A script's line maps by domain and operation. */
const anyScripts: Record<
  string,
  Record<string, Pick<Script<never, unknown>, "lines"> & { readonly many?: ManyForm }>
> = scripts;

/** A text of one or two lines as a formatter may have joined them. */
const brokenLine = (text: string) => text.replace(/\s+/g, " ");

describe.each(model.scripts.map((script) => script.name))("the emitted Lua of %s", (name) => {
  const emitted = lua.get(name);
  const text = emitted?.text.split("\n") ?? [];
  const mapped = [...(emitted?.lines ?? [])].flatMap(([file, lines]) =>
    [...lines].map(([line, original]) => ({ file, line, original })),
  );

  test("maps every line of code to the source line with the same text, unless the generator changes it", () => {
    const wrong = mapped.filter(({ file, line, original }) => {
      const source = (ownSources.get(file) ?? "").split("\n");
      const statement = `${source[original - 1]}${source[original] ?? ""}`;
      // A module that stands inside of another one is indented more, so its lines may break elsewhere.
      const copied = text[line - 1]?.replace(/(\w)_digits\b/g, "$1").trim() ?? "";
      const isCopy = source[original - 1]?.trim() === copied || brokenLine(statement).includes(copied);
      return !isCopy && !/\breturn\b|\bredis\.call\b|^local function /.test(statement);
    });
    expect(wrong).toEqual([]);
  });

  test("maps every line of code outside of the checks of arguments, and no other line", () => {
    const start = text.indexOf(WRAPPER_COMMENT) + 1;
    const end = text.indexOf("", start) + 1;
    expect(start).toBeGreaterThan(3);
    const code = text.flatMap((line, index) => (/^\s*(--|$)/.test(line) || index < 3 ? [] : [index + 1]));
    const expected = code.filter((line) => line < start || line > end);
    expect(mapped.map(({ line }) => line).sort((one, other) => one - other)).toEqual(expected);
  });

  test.each(["single", "many"])("has the same map as runs in TypeScript, in its %s form", (form) => {
    const isMany = form === "many";
    const [domain = "", operation = ""] = name.split(".").map(camel);
    const script = anyScripts[domain]?.[operation];
    const known = isMany ? emitted?.many : emitted;
    const runs = isMany ? script?.many?.lines : script?.lines;
    if (known === undefined) return expect(runs).toBeUndefined();
    const sources = new Map(
      [...known.lines].flatMap(([file, lines]) =>
        [...lines].map(([line, original]) => [line, `lua/${file}:${original}`] as const),
      ),
    );
    expect(sources.size).toBeGreaterThan(2);
    const code = known.text
      .split("\n")
      .flatMap((line, index) => (/^\s*(--|$)/.test(line) ? [] : [index + 1]));
    const wrong = code.filter((line) => sourceLine(runs ?? {}, line) !== sources.get(line));
    expect(wrong).toEqual([]);
  });

  test("is formatted as the sources are, including the generated wrapper", () => {
    const lua = text.slice(1).join("\n");
    expect(formatLua(lua)).toBe(lua);
  });
});
