import fc from "fast-check";
import { type Seed, SeedFolders } from "../support/folders.js";
import { GeneratorProperties } from "../support/generated.js";
import { script } from "../support/grammar.js";
import { hasTexts } from "../support/json.js";
import { mutated } from "../support/mutate.js";
import { defineTarget } from "../target.js";

const folders = new SeedFolders();
const isScript = ({ file }: Seed) => file.includes("/");
const seeds = folders.seeds.filter(isScript);

/** The slowest golden case takes seconds, and our own scripts are slower than a small case. */
const ours = seeds.filter(({ folder }) => folder === "lua");
const small = seeds.filter(({ folder }) => folder !== "lua" && folder !== "bounds-analysis");
const changed = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...small) },
      { weight: 1, arbitrary: fc.constantFrom(...ours) },
    ),
    mutated(seeds.map(({ text }) => text)),
  )
  .map(([seed, change]) => ({ ...seed, text: change(seed.text) }));
const made = script.map((text) => ({ folder: "base", file: "stock/made.lua", text }));
const madeAndChanged = fc
  .tuple(made, mutated(seeds.map(({ text }) => text)))
  .map(([seed, change]) => ({ ...seed, text: change(seed.text) }));

/** Tries script sources: changed seeds, and mostly valid scripts of a small grammar. */
export const target = defineTarget<Seed>({
  inputs: fc.oneof(
    { weight: 4, arbitrary: changed },
    { weight: 4, arbitrary: made },
    { weight: 1, arbitrary: madeAndChanged },
  ),
  isInput: (value): value is Seed => hasTexts(value, "folder", "file", "text") && folders.has(value.folder),
  async open() {
    const properties = await GeneratorProperties.open();
    return {
      attempt: async (seed) => void (await properties.check(folders.with(seed))),
      close: () => properties.close(),
    };
  },
});
