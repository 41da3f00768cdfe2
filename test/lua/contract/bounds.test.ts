import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const folder = new URL("../../../lua/", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");

/** The upper bound that types.lua declares for each integer type. */
const declared = new Map(
  [...read("types.lua").matchAll(/^---@alias (\w+) integer\n---@range -?\d+\.\.(\d+)$/gm)].map(
    ([, type = "", max = ""]) => [type, max],
  ),
);

/** Constants of scripts and modules whose comment says that they repeat the upper bound of a type. */
const repeated = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".lua"))
  .sort()
  .flatMap((file) =>
    [...read(file).matchAll(/^ *-- .*upper bound of the type (\w+)\b.*\n *local (\w+) = (.*)$/gm)].map(
      ([, type = "", name = "", value = ""]) => ({ file, name, type, value }),
    ),
  );

describe("the upper bounds that types.lua declares", () => {
  test("are repeated in Lua only by constants whose comment names the type", () => {
    expect(repeated.map(({ name }) => name)).toEqual(expect.arrayContaining(["MAX_TOTAL", "MAX_LEVEL"]));
    const literals = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".lua"))
      .flatMap((file) =>
        [...read(file).matchAll(/^ *local (MAX_\w+) = (\d{12,})$/gm)].map(([, name]) => name),
      );
    expect(repeated.map(({ name }) => name)).toEqual(expect.arrayContaining(literals));
  });

  test.each(repeated)("include $value of $type, which $name of $file repeats", ({ type, value }) => {
    expect(value).toBe(declared.get(type));
  });
});
