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
])("the header %s holds the key %s", (header, key) => {
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
])("the header %j holds no key", (header) => {
  expect(keyOf(header)).toEqual({ kind: "malformed" });
});

test("a missing header is a missing key, and two headers are a malformed key", () => {
  expect(keyOf(undefined)).toEqual({ kind: "missing" });
  expect(keyOf(['"a"', '"b"'])).toEqual({ kind: "malformed" });
});

test("keyOf reads back every printable text from its quotes", () => {
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

test("requestName separates caller and key, so that no two pairs share a name", () => {
  const names = [requestName("a", "b"), requestName("ab", ""), requestName("", "ab"), requestName("a,b", "")];
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(/^http-[\w-]{43}$/);
});
