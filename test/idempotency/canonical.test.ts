import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, payloadHashOf } from "../../src/idempotency/canonical.js";
import { ArgumentError } from "../../src/index.js";

/** The same value with the keys of all objects in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, shuffled(field)]),
  );
}

test("canonicalJson keeps the value, and does not depend on the order of keys", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: "grapheme" }), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(shuffled(value))).toBe(text);
      expect(payloadHashOf(shuffled(value))).toBe(payloadHashOf(value));
    }),
  );
});

test("canonicalJson agrees with the examples of RFC 8785", () => {
  const payload = {
    numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27],
    "€": "Euro",
    "\r": "CR",
    "1": "One",
  };
  expect(canonicalJson(payload)).toBe(
    '{"\\r":"CR","1":"One","numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"€":"Euro"}',
  );
});

test("canonicalJson leaves out undefined fields, and writes dates as JSON does", () => {
  expect(canonicalJson({ b: undefined, a: new Date(0) })).toBe('{"a":"1970-01-01T00:00:00.000Z"}');
});

const circle: { own?: unknown } = {};
circle.own = circle;

class Money {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
}

class Amount extends Money {
  toJSON(): unknown {
    return { cents: this.cents };
  }
}

test("canonicalJson writes an instance as its toJSON does", () => {
  expect(canonicalJson({ amount: new Amount(5) })).toBe('{"amount":{"cents":5}}');
});

test.each([
  ["none", Object.assign(Object.create(null), { a: 1 })],
  ["an empty one", Object.assign(Object.create(Object.create(null)), { a: 1 })],
  ["that of another realm", runInNewContext("({ a: 1 })")],
])("canonicalJson accepts an object whose prototype is %s", (_, payload) => {
  expect(canonicalJson(payload)).toBe('{"a":1}');
});

test.each([
  ["NaN", Number.NaN],
  ["an invalid date", { at: new Date(Number.NaN) }],
  ["an infinity", [Number.POSITIVE_INFINITY]],
  ["a bigint", { a: 1n }],
  ["a function", () => 1],
  ["undefined", undefined],
  ["a hole in a list", new Array(1)],
  ["a Map", { a: new Map([["b", 1]]) }],
  ["an instance with private state", { amount: new Money(5) }],
  // vega-lite, which other tests of this process load, gives all Sets a toJSON.
  ["a Set", Object.assign(new Set([1]), { toJSON: undefined })],
  ["bytes", new Uint8Array(2)],
  ["a lone surrogate", "\ud800"],
  ["a cycle", circle],
])("canonicalJson refuses %s", (_, payload) => {
  expect(() => canonicalJson(payload)).toThrow(ArgumentError);
});
