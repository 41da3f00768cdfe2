import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type EntityTag,
  formatEntityTag,
  ifMatchNames,
  ifNoneMatchNames,
  matchesStrongly,
  matchesWeakly,
  parseEntityTag,
  parseEntityTags,
} from "../../../src/core/http/entity-tags.js";

const strong = (opaque: string): EntityTag => ({ weak: false, opaque });
const weak = (opaque: string): EntityTag => ({ weak: true, opaque });

/** Every text that RFC 9110 allows between the quotes. */
const opaqueTexts = fc
  .array(
    fc.oneof(
      fc.constantFrom(0x21, 0x2c, 0x5c, 0x7e, 0x80, 0xff),
      fc.integer({ min: 0x23, max: 0x7e }),
      fc.integer({ min: 0x80, max: 0xff }),
    ),
    { maxLength: 12 },
  )
  .map((codes) => String.fromCharCode(...codes));
const entityTags: fc.Arbitrary<EntityTag> = fc.record({ weak: fc.boolean(), opaque: opaqueTexts });

describe("parseEntityTag", () => {
  test.each([
    ['"7"', strong("7")],
    ['W/"7"', weak("7")],
    ['""', strong("")],
    [' "a,b" ', strong("a,b")],
    ['"a\\"', strong("a\\")],
    ['"\u00fc"', strong("\u00fc")],
  ])("parses %s", (field, tag) => {
    expect(parseEntityTag(field)).toEqual(tag);
  });

  test.each(["", "7", 'w/"7"', '"7', '7"', '"a b"', '"a"b"', '"7", "8"', '"\u0100"', '"\u007f"', "*"])(
    "refuses %s",
    (field) => {
      expect(parseEntityTag(field)).toBeUndefined();
    },
  );

  test("parses each tag that it has formatted", () => {
    fc.assert(
      fc.property(entityTags, (tag) => {
        expect(parseEntityTag(formatEntityTag(tag))).toEqual(tag);
      }),
    );
  });
});

describe("parseEntityTags", () => {
  test.each([undefined, null])("an absent field: %s", (field) => {
    expect(parseEntityTags(field)).toEqual({ kind: "absent" });
  });

  test.each(["*", " * "])("any: %s", (field) => {
    expect(parseEntityTags(field)).toEqual({ kind: "any" });
  });

  test.each([
    ['"a", W/"b"', [strong("a"), weak("b")]],
    ['"a,b"', [strong("a,b")]],
    [',, "a" , ,\t"b",', [strong("a"), strong("b")]],
    ['"a","b"', [strong("a"), strong("b")]],
  ])("a list: %s", (field, tags) => {
    expect(parseEntityTags(field)).toEqual({ kind: "tags", tags });
  });

  test.each(["", " ", ",", "a", '"a', '"a" "b"', '*, "a"', '"a", *', 'w/"a"', '"a", b', '"a"x'])(
    "a malformed field: %s",
    (field) => {
      expect(parseEntityTags(field)).toEqual({ kind: "malformed" });
    },
  );

  test("parses each list that was joined with commas", () => {
    fc.assert(
      fc.property(
        fc.array(entityTags, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(",", ", ", " ,\t", ",,"),
        (tags, separator) => {
          expect(parseEntityTags(tags.map(formatEntityTag).join(separator))).toEqual({
            kind: "tags",
            tags,
          });
        },
      ),
    );
  });

  test("reads a field of a megabyte in linear time, also if its end is malformed", () => {
    const commas = `${", ".repeat(500_000)}x`;
    const tags = `${'"a",'.repeat(250_000)}x`;
    expect(parseEntityTags(commas)).toEqual({ kind: "malformed" });
    expect(parseEntityTags(tags)).toEqual({ kind: "malformed" });
  });
});

describe("comparisons", () => {
  test("weak ones ignore weakness, strong ones need two strong tags", () => {
    expect(matchesWeakly(weak("7"), strong("7"))).toBe(true);
    expect(matchesWeakly(weak("7"), weak("8"))).toBe(false);
    expect(matchesStrongly(strong("7"), strong("7"))).toBe(true);
    expect(matchesStrongly(weak("7"), strong("7"))).toBe(false);
    expect(matchesStrongly(weak("7"), weak("7"))).toBe(false);
    expect(matchesStrongly(strong("7"), strong("8"))).toBe(false);
  });

  test("If-None-Match compares weakly, If-Match strongly", () => {
    expect(ifNoneMatchNames('"x", W/"7"', strong("7"))).toBe(true);
    expect(ifNoneMatchNames('"7"', weak("7"))).toBe(true);
    expect(ifMatchNames('"x", "7"', strong("7"))).toBe(true);
    expect(ifMatchNames('W/"7"', strong("7"))).toBe(false);
    expect(ifMatchNames('"7"', weak("7"))).toBe(false);
  });

  test("* names what exists, with a tag or without", () => {
    for (const names of [ifNoneMatchNames, ifMatchNames]) {
      expect(names("*", strong("7"))).toBe(true);
      expect(names("*", "untagged")).toBe(true);
      expect(names("*", "none")).toBe(false);
    }
  });

  test("tags name neither what has none nor what does not exist", () => {
    for (const names of [ifNoneMatchNames, ifMatchNames]) {
      expect(names('"none"', "none")).toBe(false);
      expect(names('"untagged"', "untagged")).toBe(false);
    }
  });

  test("absent and malformed fields name nothing", () => {
    for (const names of [ifNoneMatchNames, ifMatchNames]) {
      for (const field of [undefined, null, "", "7", "*, *"]) {
        expect(names(field, strong("7"))).toBe(false);
      }
    }
  });
});
