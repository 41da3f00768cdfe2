import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { type MemoryL1Options, memoryL1 } from "../../src/cache/l1/memory-l1.js";
import { openMoonpath, thrownBy } from "../support/cache/kit.js";

const load = async () => "value";
const good = { pattern: "product:<product>", freshMs: 1_000, load };
const SEGMENTS = "segments between colons, each plain text or one field, as in list:<organisation>:<page>";

describe("a wrong definition is an ARGUMENT error that names the option", () => {
  for (const [name, definition, message] of [
    ["nothing", undefined, "argument definition: an object"],
    ["null", null, "argument definition: an object"],
    [
      "an unknown option",
      { ...good, freshms: 1 },
      "argument freshms: this option does not exist; the nearest is freshMs",
    ],
    ["no pattern", { freshMs: 1_000 }, `argument pattern: ${SEGMENTS}, of at most 120 characters`],
    ["an empty pattern", { ...good, pattern: "" }, `argument pattern: ${SEGMENTS}`],
    [
      "a field first",
      { ...good, pattern: "<product>:x" },
      "argument pattern: plain text in the first segment",
    ],
    ["half a field", { ...good, pattern: "product:<product" }, `argument pattern: ${SEGMENTS}`],
    ["a field in a segment", { ...good, pattern: "product:p-<product>" }, `argument pattern: ${SEGMENTS}`],
    ["a star", { ...good, pattern: "product:*" }, `argument pattern: ${SEGMENTS}`],
    ["two fields of one name", { ...good, pattern: "p:<a>:<a>" }, "argument pattern: each field once"],
    [
      "nine fields",
      { ...good, pattern: `p:${[..."abcdefghi"].map((a) => `<${a}>`).join(":")}` },
      "argument pattern: at most 8 fields",
    ],
    ["no freshMs", { pattern: "p:<a>" }, "argument freshMs: a whole number from 1 to 31622400000"],
    [
      "a negative staleMs",
      { ...good, staleMs: -1 },
      "argument staleMs: a whole number from 0 to 31622400000",
    ],
    ["a jitter of 1", { ...good, jitter: 1 }, "argument jitter: a number from 0 to 0.5"],
    [
      "earlyRefresh that is no number",
      { ...good, earlyRefresh: Number.NaN },
      "argument earlyRefresh: a number from 0 to 100",
    ],
    ["maxLoads 0", { ...good, maxLoads: 0 }, "argument maxLoads: a whole number from 1 to 100000"],
    ["a loader that is none", { ...good, load: "product" }, "argument load: a function"],
    ["a loadMany that is none", { ...good, loadMany: {} }, "argument loadMany: a function"],
    [
      "a loadMany whose loader should add tags",
      { ...good, loaderTags: true, loadMany: async () => [] },
      "argument loadMany: no loadMany with loaderTags, because it cannot add tags",
    ],
    ["an onError that is none", { ...good, onError: true }, "argument onError: a function"],
    [
      "tags that are a text",
      { ...good, tags: "brand" },
      "argument tags: a list of names, or a function that returns one",
    ],
    [
      "a tag that is no text",
      { ...good, tags: [7] },
      "argument tags: a list of names, or a function that returns one",
    ],
    ["a tag in braces", { ...good, tags: ["{a}"] }, /^argument tags: /],
    ["a tag with a tab", { ...good, tags: ["a\tb"] }, /^argument tags: /],
    ["an empty tag", { ...good, tags: [""] }, /^argument tags: /],
    ["the tag of all entries", { ...good, tags: ["*"] }, "argument tags: no *, which each entry has already"],
    ["loaderTags that is a text", { ...good, loaderTags: "yes" }, "argument loaderTags: true or false"],
    [
      "a codec without functions",
      { ...good, codec: { id: "x" } },
      "argument codec: an object with an id, encode and decode",
    ],
    ["a codec of null", { ...good, codec: null }, "argument codec: an object with an id, encode and decode"],
    [
      "the id of a value that is none",
      { ...good, codec: { id: "0", encode: load, decode: load } },
      "argument codec: an id of one letter, or 1 to 9",
    ],
    [
      "a long id",
      { ...good, codec: { id: "json", encode: load, decode: load } },
      "argument codec: an id of one letter, or 1 to 9",
    ],
  ] as const) {
    test(name, async () => {
      const moonpath = await openMoonpath();
      const wrong = definition as Parameters<typeof moonpath.cache>[0];
      const thrown = await thrownBy(async () => moonpath.cache(wrong));
      expect(thrown).toMatchObject({
        code: "ARGUMENT",
        message: typeof message === "string" ? message : expect.stringMatching(message),
      });
    });
  }

  test("a getter that throws: its error is not shown", async () => {
    const moonpath = await openMoonpath();
    const definition = {
      ...good,
      get staleMs(): number {
        throw new Error("a secret");
      },
    };
    const thrown = await thrownBy(async () => moonpath.cache(definition));
    expect(thrown).toMatchObject({ code: "ARGUMENT", argument: "definition" });
    expect(String(thrown)).not.toContain("secret");
  });
});

describe("a wrong call", () => {
  for (const wrong of ["", undefined, null, 1.5, Number.NaN, {}, "\ud800"]) {
    test(`a field of ${JSON.stringify(wrong)} is an ARGUMENT error`, async () => {
      const acme = (await openMoonpath()).cache(good).tenant("acme");
      const fields = { product: wrong as string };
      expect(await thrownBy(() => acme.getOrLoad(fields))).toMatchObject({
        code: "ARGUMENT",
        argument: "product",
      });
    });
  }

  test("without a loader in the definition or the options", async () => {
    const acme = (await openMoonpath())
      .cache({ pattern: "product:<product>", freshMs: 1_000 })
      .tenant("acme");
    const expected = { code: "ARGUMENT", argument: "load" };
    expect(await thrownBy(() => acme.getOrLoad({ product: "a" }))).toMatchObject(expected);
    // @ts-expect-error a caller in plain JavaScript
    expect(await thrownBy(() => acme.getOrLoad({ product: "a" }, { load: 7 }))).toMatchObject(expected);
    expect(await acme.getOrLoad({ product: "a" }, { load: async () => "mine" })).toBe("mine");
  });

  test("a tag in a loader without loaderTags", async () => {
    const cache = (await openMoonpath()).cache({
      ...good,
      load: async (_fields, context) => context.tag("brand"),
    });
    expect(await thrownBy(() => cache.tenant("acme").getOrLoad({ product: "a" }))).toMatchObject({
      code: "ARGUMENT",
      argument: "loaderTags",
    });
  });

  test("a wrong name of a tenant", async () => {
    const cache = (await openMoonpath()).cache(good);
    expect(await thrownBy(async () => cache.tenant("no spaces"))).toMatchObject({ code: "ARGUMENT" });
  });

  test("wrong options of memoryL1", async () => {
    for (const [options, argument] of [
      [{ maxbytes: 1 } as object, "maxbytes"],
      [{ maxBytes: 1 }, "maxBytes"],
      [{ sharing: "both" }, "sharing"],
      [{ heartbeatMs: 1 }, "heartbeatMs"],
    ] as const) {
      expect(await thrownBy(async () => memoryL1(options as MemoryL1Options))).toMatchObject({
        code: "ARGUMENT",
        argument,
      });
    }
  });
});

test("an error shows no value, no key and no tag", async () => {
  const moonpath = await openMoonpath();
  const definition = { ...good, load: async () => "secret-value" } as const;
  const acme = moonpath
    .cache({ ...definition, pattern: "product:<product>", tags: ({ product }) => [`{${product}}`] })
    .tenant("acme");
  const errors = await Promise.all([
    thrownBy(async () => moonpath.cache({ ...definition, tags: ["{secret-tag}"] })),
    thrownBy(() => acme.getOrLoad({ product: "secret-name" })),
    thrownBy(() => acme.getOrLoad({ product: "secret-\ud800" })),
    thrownBy(() => acme.set({ product: "secret-name" }, "secret-value")),
  ]);
  for (const error of errors) {
    expect(error).toMatchObject({ code: "ARGUMENT" });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain("secret");
  }
});
