import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MODELS, SEARCHES } from "../../../tools/models/searches.js";

const FOLDER = new URL("../../models/", import.meta.url);

function textOf(model: string): string {
  return readFileSync(new URL(`${model}.pml`, FOLDER), "utf8");
}

/** The macros that the preprocessor lines of a model ask for. */
function macrosOf(model: string): string[] {
  const conditions = textOf(model).match(/^#(?:ifdef|ifndef|if|elif) .*$/gm) ?? [];
  const names = conditions.flatMap((line) => line.match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []);
  return [...new Set(names)].sort();
}

const names = MODELS.map(({ name }) => name);

describe("the table of searches", () => {
  test("has a row for each model", () => {
    expect(readdirSync(FOLDER).sort()).toEqual(names.map((name) => `${name}.pml`).sort());
  });

  test.each(names)("has each macro of %s, and no other", (model) => {
    const own = SEARCHES.filter((search) => search.model === model);
    const listed = new Set(own.flatMap(({ macros }) => macros));
    expect([...listed].sort()).toEqual(macrosOf(model));
  });

  test.each(names)("searches %s without macros, and expects no violation", (model) => {
    const plain = SEARCHES.filter((search) => search.model === model && search.macros.length === 0);
    expect(plain.map(({ expected }) => expected)).toEqual(["holds"]);
  });

  test("names a model, and different macros, in each row", () => {
    const keys = SEARCHES.map(({ model, macros }) => [model, ...[...macros].sort()].join(" "));
    expect(new Set(keys).size).toBe(keys.length);
    expect(SEARCHES.filter(({ model }) => !names.includes(model))).toEqual([]);
  });
});

test.each(names)("the file of %s says at its top what it checks, and its bounds", (model) => {
  const comment = /^\/\*([\s\S]*?)\*\//.exec(textOf(model))?.[1] ?? "";
  expect(comment).toContain("\n * It checks ");
  expect(comment).toContain("\n * Bounds: ");
});
