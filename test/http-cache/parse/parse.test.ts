import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dateOf } from "../../../src/http-cache/parse/date.js";
import { directivesOf } from "../../../src/http-cache/parse/directives.js";
import { membersOf } from "../../../src/http-cache/parse/list.js";
import { targetedDirectives } from "../../../src/http-cache/parse/targeted.js";

describe("membersOf", () => {
  test.each([
    [undefined, []],
    ["", []],
    [" , ,", []],
    ["a", ["a"]],
    [" a , b,c ", ["a", "b", "c"]],
    ['a="x,y", b', ['a="x,y"', "b"]],
    ['"a\\",b", c', ['"a\\",b"', "c"]],
    ['a, "b, c', ["a", '"b, c']],
    ['W/"1,2", "3"', ['W/"1,2"', '"3"']],
  ])("%j", (text, members) => {
    expect(membersOf(text)).toEqual(members);
  });

  test("never splits inside quotes, and loses no member", () => {
    const quoted = fc.string({ unit: fc.constantFrom("a", ",", " ", "=") }).map((text) => `"${text}"`);
    const plain = fc.string({ unit: fc.constantFrom("a", "b", "=", "/"), minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.oneof(quoted, plain), { maxLength: 8 }), (members) => {
        expect(membersOf(members.join(" , "))).toEqual(members);
      }),
    );
  });

  test("takes time in proportion to its text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        expect(membersOf(text).join("").length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe("dateOf", () => {
  test("reads what Date writes, in all three forms", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        const date = new Date(seconds * 1_000);
        expect(dateOf(date.toUTCString())).toBe(seconds * 1_000);
        const [, day = "", month, year, time] = date.toUTCString().split(" ");
        expect(dateOf(`Mon ${month} ${day.replace(/^0/, " ")} ${time} ${year}`)).toBe(seconds * 1_000);
      }),
    );
  });

  test.each([
    ["Sunday, 06-Nov-94 08:49:37 GMT", Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["Sun Nov  6 08:49:37 1994", Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["sun, 06 nov 1994 08:49:37 gmt", Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["Sun, 06 Nov 1994 08:49:60 GMT", Date.UTC(1994, 10, 6, 8, 49, 60)],
  ])("%s", (text, ms) => {
    expect(dateOf(text)).toBe(ms);
  });

  test.each([
    "0",
    "-1",
    "",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 31 Feb 2021 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    "1994-11-06T08:49:37Z",
    "784111777",
  ])("%j is no date", (text) => {
    expect(dateOf(text)).toBeUndefined();
  });
});

describe("directivesOf", () => {
  test.each([
    ["max-age=60", 60],
    ["MAX-AGE=60", 60],
    ['max-age="60"', 60],
    ["max-age=1, max-age=2", 1],
    ["max-age=99999999999999999999", 2 ** 31],
    ["max-age=-1", undefined],
    ["max-age=1.5", undefined],
    ["max-age=", undefined],
    ["max-age", undefined],
    ["max-age = 60", undefined],
    ["max-age=60;x", undefined],
    ["x-max-age=60", undefined],
    ['a="max-age=60"', undefined],
    ['a="b, max-age=60"', undefined],
    ["max-age=0x10", undefined],
    ["max-age=1e3", undefined],
  ])("the seconds of %s", (text, seconds) => {
    expect(directivesOf(text).seconds("max-age")).toBe(seconds);
  });

  test.each([
    "Private",
    "no-store",
    'private="a',
    "private a",
    "no-store; max-age=60",
    "no-store=x",
    "max-age=5,no-cache;q",
    'no-cache=""',
    "no-cache=a b",
  ])("%s restricts, also if it cannot be read to its end", (text) => {
    const directives = directivesOf(text);
    expect(directives.has("private") || directives.has("no-store") || directives.isNoCache).toBe(true);
  });

  test.each([
    ['no-cache="Set-Cookie, x-a"', false, ["set-cookie", "x-a"]],
    ["no-cache=set-cookie", false, ["set-cookie"]],
    ["no-cache", true, []],
    ['a="no-cache"', false, []],
  ])("%s", (text, isNoCache, names) => {
    const directives = directivesOf(text);
    expect([directives.isNoCache, directives.namesOf("no-cache")]).toEqual([isNoCache, names]);
  });

  test("reads any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", ",", '"', "\\", "=", " ", ";", "\0", "no-store") }),
        (text) => {
          const seconds = directivesOf(text).seconds("a");
          expect(seconds === undefined || Number.isInteger(seconds)).toBe(true);
        },
      ),
    );
  });
});

describe("targetedDirectives", () => {
  test.each([
    [undefined, undefined],
    ["", undefined],
    ["max-age=60", 60],
    ["max-age=60;x=1", 60],
    ["max-age=1, max-age=2", 2],
    ["max-age=-1", undefined],
    ["max-age=1.5", undefined],
    ['max-age="60"', undefined],
    ["Max-Age=60", undefined],
    ["max-age=60, &", undefined],
  ])("the seconds of %s", (text, seconds) => {
    expect(targetedDirectives(text)?.seconds("max-age")).toBe(seconds);
  });

  test("flags that are false are absent, and others are there", () => {
    const directives = targetedDirectives('private=?0, no-store, no-cache="a"');
    expect(["private", "no-store", "no-cache"].map((name) => directives?.has(name))).toEqual([
      false,
      true,
      true,
    ]);
  });
});
