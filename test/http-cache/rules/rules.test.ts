import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endToEnd, type Field, Fields } from "../../../src/http-cache/message/fields.js";
import { directivesOf } from "../../../src/http-cache/parse/directives.js";
import { isNotModified, validatorsOf } from "../../../src/http-cache/rules/conditional.js";
import { freshened } from "../../../src/http-cache/rules/freshen.js";
import { cacheControlOf, initialAgeMs, lifetimeOf } from "../../../src/http-cache/rules/freshness.js";
import { rangeOf } from "../../../src/http-cache/rules/range.js";
import { mayStandIn, requestDirectives, reuseOf } from "../../../src/http-cache/rules/reuse.js";
import { notStoredBecause } from "../../../src/http-cache/rules/storing.js";
import { isSelected, varyNames, varyValues } from "../../../src/http-cache/rules/vary.js";

const fields = (...pairs: Field[]) => new Fields(pairs);
const NOW_MS = Date.UTC(2026, 0, 1);
const date = (ms: number) => new Date(ms).toUTCString();

describe("rangeOf", () => {
  test.each([
    ["bytes=0-1", { first: 0, last: 1 }],
    ["bytes=8-", { first: 8, last: 9 }],
    ["bytes=8-99", { first: 8, last: 9 }],
    ["bytes=-3", { first: 7, last: 9 }],
    ["bytes=-99", { first: 0, last: 9 }],
    ["bytes=10-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=99999999999999999999999-", "unsatisfiable"],
    ["bytes=5-2", "whole"],
    ["bytes=-", "whole"],
    ["bytes=0-1,3-4", "whole"],
    ["items=0-1", "whole"],
    ["bytes=a-b", "whole"],
    ["bytes=+1-2", "whole"],
  ])("%s of ten bytes", (range, expected) => {
    expect(rangeOf(fields(["Range", range]), fields(), 10)).toEqual(expected);
  });

  test("is always within the body", () => {
    const end = fc.oneof(
      fc.constant(""),
      fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
      fc.nat(30).map(String),
    );
    fc.assert(
      fc.property(end, end, fc.nat(20), (from, to, length) => {
        const range = rangeOf(fields(["Range", `bytes=${from}-${to}`]), fields(), length);
        if (typeof range === "string") return;
        expect(range.first).toBeGreaterThanOrEqual(0);
        expect(range.last).toBeGreaterThanOrEqual(range.first);
        expect(range.last).toBeLessThan(length);
      }),
    );
  });

  test.each([
    ['"1"', '"1"', true],
    ['W/"1"', 'W/"1"', false],
    ['"2"', '"1"', false],
    [date(NOW_MS), '"1"', true],
    [date(NOW_MS - 1_000), '"1"', false],
    ["", '"1"', false],
  ])("If-Range %s with the tag %s", (ifRange, etag, isPart) => {
    const stored = fields(["ETag", etag], ["Last-Modified", date(NOW_MS)]);
    const range = rangeOf(fields(["Range", "bytes=0-1"], ["If-Range", ifRange]), stored, 10);
    expect(range !== "whole").toBe(isPart);
  });
});

describe("isNotModified", () => {
  test.each<[Field, boolean]>([
    [["If-None-Match", '"1"'], true],
    [["If-None-Match", 'W/"1"'], true],
    [["If-None-Match", '"0", "1"'], true],
    [["If-None-Match", '"0,1"'], false],
    [["If-None-Match", "1"], false],
    [["If-None-Match", "*"], true],
    [["If-Modified-Since", date(NOW_MS)], true],
    [["If-Modified-Since", date(NOW_MS - 1_000)], false],
    [["If-Modified-Since", "yesterday"], false],
  ])("%j", (field, expected) => {
    expect(
      isNotModified(fields(field), fields(["ETag", '"1"'], ["Last-Modified", date(NOW_MS)]), NOW_MS),
    ).toBe(expected);
  });

  test("If-None-Match counts alone", () => {
    const request = fields(["If-None-Match", '"0"'], ["If-Modified-Since", date(NOW_MS)]);
    expect(isNotModified(request, fields(["ETag", '"1"'], ["Last-Modified", date(NOW_MS)]), NOW_MS)).toBe(
      false,
    );
  });

  test("validators of several variants are their tags", () => {
    const one = fields(["ETag", '"1"'], ["Last-Modified", date(NOW_MS)]);
    expect([...validatorsOf([one])].map(([name]) => name)).toEqual(["if-none-match", "if-modified-since"]);
    expect([...validatorsOf([one, fields(["ETag", '"2"']), fields()])]).toEqual([
      ["if-none-match", '"1", "2"'],
    ]);
  });
});

describe("lifetimeOf", () => {
  const rules = { heuristics: true, targetedFields: ["cdn-cache-control"] };
  const of = (status: number, ...pairs: Field[]) =>
    lifetimeOf(status, fields(...pairs), cacheControlOf(fields(...pairs), rules), NOW_MS, rules).ms;

  test.each<[number, number, Field[]]>([
    [200, 60_000, [["Cache-Control", "max-age=60"]]],
    [200, 30_000, [["Cache-Control", "max-age=60, s-maxage=30"]]],
    [200, 0, [["Cache-Control", "max-age=60, s-maxage=x"]]],
    [
      200,
      60_000,
      [
        ["Cache-Control", "max-age=60"],
        ["Expires", "0"],
      ],
    ],
    [200, 60_000, [["Expires", date(NOW_MS + 60_000)]]],
    [200, 0, [["Expires", "0"]]],
    [
      200,
      0,
      [
        ["Expires", date(NOW_MS + 60_000)],
        ["Expires", date(NOW_MS + 90_000)],
      ],
    ],
    [
      200,
      30_000,
      [
        ["Expires", date(NOW_MS + 60_000)],
        ["Date", date(NOW_MS + 30_000)],
      ],
    ],
    [200, 10_000, [["Last-Modified", date(NOW_MS - 100_000)]]],
    [200, 86_400_000, [["Last-Modified", date(0)]]],
    [200, 0, [["Last-Modified", date(NOW_MS + 1_000)]]],
    [500, 0, [["Last-Modified", date(NOW_MS - 100_000)]]],
    [
      200,
      5_000,
      [
        ["CDN-Cache-Control", "max-age=5"],
        ["Cache-Control", "max-age=60"],
      ],
    ],
    [
      200,
      0,
      [
        ["CDN-Cache-Control", "must-revalidate"],
        ["Expires", date(NOW_MS + 60_000)],
      ],
    ],
  ])("%i for %i ms: %j", (status, ms, pairs) => {
    expect(of(status, ...pairs)).toBe(ms);
  });
});

describe("initialAgeMs", () => {
  test.each<[number, Field[]]>([
    [0, []],
    [5_000, [["Age", "5"]]],
    [5_000, [["Age", "5, 9"]]],
    [0, [["Age", "-5"]]],
    [0, [["Age", "5.5"]]],
    [60_000, [["Date", date(NOW_MS - 60_000)]]],
    [0, [["Date", date(NOW_MS + 60_000)]]],
    [
      90_000,
      [
        ["Date", date(NOW_MS - 60_000)],
        ["Age", "90"],
      ],
    ],
    [2 ** 31 * 1_000, [["Age", "9".repeat(30)]]],
  ])("%i ms: %j", (ms, pairs) => {
    expect(initialAgeMs(fields(...pairs), NOW_MS, NOW_MS)).toBe(ms);
  });

  test("the time on the way counts", () => {
    expect(initialAgeMs(fields(["Age", "5"]), NOW_MS - 700, NOW_MS)).toBe(5_700);
  });
});

describe("reuseOf", () => {
  const stored = (control: string, lifetimeMs: number, staleMs = 0) => ({
    directives: directivesOf(control),
    lifetimeMs,
    staleMs,
  });

  test.each([
    ["", "max-age=60", 59_999, "serve"],
    ["", "max-age=60", 60_000, "validate"],
    ["", "max-age=60, no-cache", 0, "validate"],
    ["no-cache", "max-age=60", 0, "validate"],
    ["max-age=5", "max-age=60", 5_001, "validate"],
    ["max-age=x", "max-age=60", 1, "validate"],
    ["min-fresh=10", "max-age=60", 50_001, "validate"],
    ["max-stale", "max-age=60", 99_000, "serve"],
    ["max-stale=10", "max-age=60", 70_001, "validate"],
    ["max-stale", "max-age=60, must-revalidate", 99_000, "validate"],
    ["max-stale", "max-age=60, no-cache", 99_000, "validate"],
    ["", "max-age=60, stale-while-revalidate=10", 69_999, "refresh"],
    ["", "max-age=60, stale-while-revalidate=10", 70_000, "validate"],
    ["", "max-age=60, stale-while-revalidate=10, must-revalidate", 61_000, "validate"],
    ["", "max-age=60, stale-while-revalidate=10, no-cache", 61_000, "validate"],
  ])("a request with %j, a response with %j of %i ms: %s", (request, control, ageMs, reuse) => {
    expect(reuseOf(directivesOf(request), stored(control, 60_000), ageMs, false)).toBe(reuse);
  });

  test("what was invalidated softly is not served as fresh", () => {
    expect(reuseOf(directivesOf(""), stored("max-age=60", 60_000), 0, true)).toBe("validate");
    expect(reuseOf(directivesOf("max-stale"), stored("max-age=60", 60_000), 0, true)).toBe("validate");
    expect(reuseOf(directivesOf(""), stored("max-age=60", 60_000, 5_000), 0, true)).toBe("refresh");
  });

  test.each([
    ["", "stale-if-error=10", 69_000, true],
    ["", "stale-if-error=10", 70_000, false],
    ["stale-if-error=10", "", 69_000, true],
    ["", "", 61_000, false],
    ["", "stale-if-error=10, must-revalidate", 61_000, false],
    ["", "stale-if-error=10, no-cache", 61_000, false],
    ["no-cache", "stale-if-error=10", 61_000, false],
  ])("stands in: a request with %j, a response with %j of %i ms: %s", (request, control, ageMs, expected) => {
    expect(mayStandIn(directivesOf(request), stored(control, 60_000), ageMs, false)).toBe(expected);
  });

  test.each<[Field[], boolean]>([
    [[["Pragma", "no-cache"]], true],
    [[["Pragma", "x-no-cached"]], false],
    [
      [
        ["Pragma", "no-cache"],
        ["Cache-Control", "max-age=1"],
      ],
      false,
    ],
  ])("%j", (pairs, isNoCache) => {
    expect(requestDirectives(fields(...pairs)).has("no-cache")).toBe(isNoCache);
  });
});

describe("notStoredBecause", () => {
  const rules = { storesSetCookie: false, storesErrors: false, heuristics: false, targetedFields: [] };
  const why = (status: number, pairs: Field[], request: Field[] = []) => {
    const response = fields(...pairs);
    const control = cacheControlOf(response, rules);
    const lifetime = lifetimeOf(status, response, control, NOW_MS, rules);
    const asked = fields(...request);
    return notStoredBecause(
      { fields: asked, directives: requestDirectives(asked) },
      { status, fields: response, control, lifetime },
      rules,
    );
  };
  const FRESH: Field = ["Cache-Control", "max-age=60"];

  test.each<[string | undefined, number, Field[], Field[]]>([
    [undefined, 200, [FRESH], []],
    ["no-lifetime", 200, [], []],
    [undefined, 200, [["ETag", '"1"']], []],
    ["status", 206, [FRESH], []],
    ["status", 304, [FRESH], []],
    ["status", 500, [FRESH], []],
    [undefined, 404, [FRESH], []],
    ["no-store", 200, [["Cache-Control", "max-age=60, No-Store"]], []],
    ["private", 200, [["Cache-Control", 'max-age=60, private="x"']], []],
    ["no-store", 299, [["Cache-Control", "max-age=60, must-understand"]], []],
    [undefined, 200, [["Cache-Control", "max-age=60, must-understand, no-store"]], []],
    ["authorization", 200, [FRESH], [["Authorization", "a"]]],
    [undefined, 200, [["Cache-Control", "s-maxage=60"]], [["Authorization", "a"]]],
    ["vary", 200, [FRESH, ["Vary", "a, *"]], []],
    ["vary", 200, [FRESH, ["Vary", Array.from({ length: 33 }, (_, at) => `a${at}`).join()]], []],
    ["set-cookie", 200, [FRESH, ["Set-Cookie", "a=b"]], []],
    ["fields", 200, [FRESH, ["X-A", "a\r\nb"]], []],
    ["fields", 200, [FRESH, ["X-A", "\u0100"]], []],
    ["request-no-store", 200, [FRESH], [["Cache-Control", "no-store"]]],
  ])("%s: %i %j, asked with %j", (because, status, pairs, request) => {
    expect(why(status, pairs, request)).toBe(because);
  });
});

describe("vary", () => {
  test.each([
    ["accept-language", "en, de;q=0.5", "EN,de; q=0.5", true],
    ["accept-language", "de;q=0.5, en", "en, de;q=0.5", true],
    ["accept-language", "en", "de", false],
    ["accept-encoding", "gzip, br", "br,gzip", true],
    ["accept-encoding", "gzip;q=1.0, br;q=0", "gzip", false],
    ["accept", "a , b", "a,b", true],
    ["accept", "a,b", "b,a", false],
    ["x-a", "x".repeat(300), "x".repeat(300), true],
    ["x-a", "x".repeat(300), "x".repeat(301), false],
    ["x-a", undefined, undefined, true],
    ["x-a", undefined, "", false],
  ])("%s: %j and %j", (name, one, other, isSame) => {
    const request = (value: string | undefined) =>
      fields(...(value === undefined ? [] : ([[name, value]] as const)));
    const stored = varyValues([name], request(one), true);
    expect(isSelected(stored, undefined, request(other), true)).toBe(isSame);
  });

  test("without normalisation, values are compared as they are", () => {
    const stored = varyValues(["accept-encoding"], fields(["Accept-Encoding", "gzip, br"]), false);
    expect(isSelected(stored, undefined, fields(["Accept-Encoding", "br, gzip"]), false)).toBe(false);
  });

  test("the order and the case of names do not count", () => {
    expect(varyNames(fields(["Vary", "B, a"], ["Vary", "b"]))).toEqual(["a", "b"]);
  });
});

describe("fields", () => {
  test("a 304 replaces fields, keeps those of the body, and takes Age away", () => {
    const stored = fields(["A", "1"], ["Content-Length", "5"], ["Age", "9"], ["B", "1"], ["B", "2"]);
    const update = fields(["b", "3"], ["content-length", "0"], ["C", "4"]);
    expect(freshened(stored, update).pairs).toEqual([
      ["A", "1"],
      ["Content-Length", "5"],
      ["b", "3"],
      ["C", "4"],
    ]);
  });

  test("fields of one connection, and those that Connection names, are not sent on", () => {
    const sent = endToEnd(
      fields(
        ["Connection", "close, X-A, Content-Length, host"],
        ["x-a", "1"],
        ["Content-Length", "5"],
        ["Host", "a"],
        ["TE", "trailers"],
        ["Keep-Alive", "1"],
      ),
    );
    expect(sent.pairs).toEqual([
      ["Content-Length", "5"],
      ["Host", "a"],
    ]);
  });
});
