import { expect } from "vitest";
import { generate } from "../../../tools/codegen/src/generate.js";
import type { Model } from "../../../tools/codegen/src/model/model.js";
import { luaOf, readCases } from "./golden-cases.js";

const [base] = readCases([]).filter((one) => one.name === "modules-of-modules");

/** A good folder of one script, `stock.read` 1.0.0, with some of its text changed. */
export function folder(...changes: readonly { readonly from: string; readonly to: string }[]): {
  readonly model: Model;
  readonly fingerprints: ReadonlyMap<string, string>;
} {
  if (base === undefined) throw new Error("the golden folder modules-of-modules is gone");
  const files = new Map(luaOf(base));
  for (const { from, to } of changes) {
    const text = files.get("stock/read.lua") ?? "";
    expect(text).toContain(from);
    files.set("stock/read.lua", text.replace(from, to));
  }
  const { model, lua, problems } = generate(files, {
    client: "moonpath/client",
    namespace: "shop",
    sourceRoot: "lua",
  });
  expect(problems).toEqual([]);
  return { model, fingerprints: new Map([...lua].map(([name, { fingerprint }]) => [name, fingerprint])) };
}
