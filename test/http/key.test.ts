import fc from "fast-check";
import { expect, test } from "vitest";
import { keyOf, requestName } from "../../src/http/key.js";

test.each([
  ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"],
  ["8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"],
  ['  "a b"  ', "a b"],
  ['"a\\"b\\\\c"', 'a"b\\c'],
  ["a+/=", "a+/="],
  [`"${"k".repeat(255)}"`, "k".repeat(255)],
])("%s is the key %s", (header, key) => {
  expect(keyOf(header)).toEqual({ kind: "key", key });
});

test.each([
  "",
  '""',
  '"',
  '"a',
  'a"',
  '"a"b"',
  '"a\\b"',
  '"ä"',
  "a b",
  "a, b",
  '"a", "b"',
  '"a";q=1',
  "a\tb",
  `"${"k".repeat(256)}"`,
])("%j is no key", (header) => {
  expect(keyOf(header)).toEqual({ kind: "malformed" });
});

test("no header is missing, several are malformed", () => {
  expect(keyOf(undefined)).toEqual({ kind: "missing" });
  expect(keyOf(['"a"', '"b"'])).toEqual({ kind: "malformed" });
});

test("every printable text comes out of its quotes as it went in", () => {
  const printable = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 255,
  });
  fc.assert(
    fc.property(printable, (key) => {
      expect(keyOf(`"${key.replace(/["\\]/g, "\\$&")}"`)).toEqual({ kind: "key", key });
    }),
  );
});

test("a name tells callers and keys apart, wherever one ends", () => {
  const names = [requestName("a", "b"), requestName("ab", ""), requestName("", "ab"), requestName("a,b", "")];
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(/^http-[\w-]{43}$/);
});
