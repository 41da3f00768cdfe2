import fc from "fast-check";
import { checkKeysDiffer } from "../support/field-values.js";
import { SeedFolders } from "../support/folders.js";
import { GeneratorProperties } from "../support/generated.js";
import { hasTexts } from "../support/json.js";
import { mutated } from "../support/mutate.js";
import { defineTarget } from "../target.js";

interface Input {
  readonly types: string;
  readonly keyspace: string;
}

const folders = new SeedFolders().seeds;
const types = [...new Set(folders.filter(({ file }) => file === "types.lua").map(({ text }) => text))];
const keyspaces = [...new Set(folders.filter(({ file }) => file === "keyspace.lua").map(({ text }) => text))];

const seed = fc.record({ types: fc.constantFrom(...types), keyspace: fc.constantFrom(...keyspaces) });
const changed = fc.oneof(
  fc.tuple(seed, mutated(types)).map(([files, change]) => ({ ...files, types: change(files.types) })),
  fc
    .tuple(seed, mutated(keyspaces))
    .map(([files, change]) => ({ ...files, keyspace: change(files.keyspace) })),
);

/** Parts of patterns: fields of several types between texts that make keys alike. */
const piece = fc.constantFrom(
  ..."<tenant> <namespace> <id> <code> <note> <number> <other> : :a :a: a {a} } { - . x :stock replicated".split(
    " ",
  ),
);
const pattern = fc.oneof(
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.array(fc.constantFrom("tenant", "id", "code"), { maxLength: 3 }),
        fc.array(piece, { maxLength: 3 }),
      )
      .map(([fields, rest]) => `<namespace>:{<slot of ${fields.join(", ")}>}:slot-a${rest.join("")}`),
  },
  { weight: 1, arbitrary: fc.array(piece, { maxLength: 8 }).map((parts) => parts.join("")) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.array(piece, { maxLength: 3 }), fc.array(piece, { maxLength: 4 }))
      .map(([tag, rest]) => `<namespace>:{<tenant>:${tag.join("")}}:${rest.join("")}`),
  },
);
const made = fc
  .record({
    ranges: fc.array(fc.tuple(fc.integer({ min: -1, max: 3 }), fc.integer({ min: 0, max: 300 })), {
      minLength: 3,
      maxLength: 3,
    }),
    charsets: fc.array(fc.constantFrom("key", "upper", "digits", "any", "bytes", "hex"), {
      minLength: 3,
      maxLength: 3,
    }),
    keys: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom("a", "b", "c", "d", "constructor"),
        pattern,
        holds: fc.constantFrom("string", "hash", "zset", "json"),
      }),
      { minLength: 1, maxLength: 4, selector: ({ name }) => name },
    ),
  })
  .map(({ ranges, charsets, keys }) => ({
    types: [
      "---@meta",
      "",
      ...["id", "code", "note"].flatMap((name, index) => [
        `--- One ${name}.`,
        `---@alias ${name} string`,
        `---@range ${(ranges[index] ?? [1, 1]).join("..")}`,
        `---@charset ${charsets[index] ?? "key"}`,
        "",
      ]),
      "--- A number.",
      "---@alias number_of integer",
      "---@range 0..10",
      "",
    ].join("\n"),
    keyspace: [
      "---@meta",
      "",
      ...keys.flatMap((key) => [
        "--- A key.",
        `---@alias key.${key.name} string`,
        `---@pattern ${key.pattern}`,
        `---@holds ${key.holds}`,
        "---@ttl none",
        "---@owner stock",
        "",
      ]),
    ].join("\n"),
  }));

/**
 * Tries keyspace and type files. Two keys of a keyspace that the checks accept are never the same.
 */
export const target = defineTarget<Input>({
  inputs: fc.oneof(changed, made),
  isInput: (value): value is Input => hasTexts(value, "types", "keyspace"),
  async open() {
    const properties = await GeneratorProperties.open();
    return {
      async attempt(input) {
        const files = new Map([
          ["keyspace.lua", input.keyspace],
          ["types.lua", input.types],
        ]);
        const { model, problems } = await properties.check(files);
        if (problems.length === 0) checkKeysDiffer(model);
      },
      close: () => properties.close(),
    };
  },
});
