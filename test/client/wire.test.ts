import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  bytesType,
  choiceType,
  flagType,
  integerType,
  listType,
  newOperation,
  optional,
  ReplyError,
  readFields,
  recordType,
  textsOf,
  textType,
} from "../../src/client/index.js";
import { anyCharacter } from "../../tools/fuzz/support/characters.js";

const units = integerType("units", 0, 1e12);
const signed = integerType("change", -1e12, 1e12);
const id = textType("id", 1, 256, "key");
const views = listType(recordType({ product: id, count: units }), 3);

describe("a round trip", () => {
  test("keeps integers, as numbers and as text", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (value) => {
        const wire = signed.encode("change", value);
        expect(wire).toBe(String(value).replace("-0", "0"));
        expect(signed.decode("change", wire)).toBe(Number(wire));
        expect(signed.decode("change", Number(wire))).toBe(Number(wire));
      }),
    );
  });

  test("keeps text", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, minLength: 0, maxLength: 40 }), (value) => {
        const type = textType("text", 0, 40, "any");
        const fits = Buffer.byteLength(value) <= 40;
        if (fits) expect(type.decode("text", type.encode("text", value))).toBe(value);
        else expect(() => type.encode("text", value)).toThrow(ArgumentError);
      }),
    );
  });

  test("keeps raw bytes, without a copy", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (value) => {
        const type = bytesType("body", 0, 30);
        if (value.length > 30) {
          expect(() => type.encode("body", value)).toThrow(ArgumentError);
          return;
        }
        const encoded = type.encode("body", value);
        expect([encoded.buffer, encoded.byteOffset]).toEqual([value.buffer, value.byteOffset]);
        expect(Uint8Array.from(type.decode("body", encoded))).toEqual(value);
      }),
    );
  });

  test("of raw bytes copies a value only if the reply is more than twice as large", () => {
    const type = bytesType("body", 0, 1_000);
    const reply = Buffer.from(new ArrayBuffer(100));
    expect(type.decode("body", reply.subarray(0, 50)).buffer).toBe(reply.buffer);
    expect(type.decode("body", reply.subarray(0, 49)).buffer).not.toBe(reply.buffer);
  });

  test("of raw bytes knows views, parts and absent values", () => {
    const type = bytesType("body", 1, 8);
    const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(9);
    expect([...type.encode("body", shared)]).toEqual([9, 9, 9, 9]);
    expect([...type.encode("body", new Uint8Array([1, 2, 3, 4]).subarray(1, 3))]).toEqual([2, 3]);
    expect(optional(type).encode("body", undefined)).toBe("");
    expect(optional(type).decode("body", null)).toBe(undefined);
    expect(() => optional(bytesType("body", 0, 8)).encode("body", new Uint8Array())).toThrow(
      /absent or not empty/,
    );
  });

  test("of raw bytes trusts no getter of the caller's array", () => {
    const value = Object.defineProperties(Buffer.alloc(4, 1), {
      length: { value: 2 },
      copy: { value: () => 0 },
      toString: { value: () => "secret" },
    });
    const encoded = bytesType("body", 1, 4).encode("body", value);
    expect([encoded.length, String(encoded)]).toEqual([4, "\u0001".repeat(4)]);
  });

  test("of a reply with raw bytes turns its other values to texts", () => {
    const reply = [Buffer.from("é"), 5, null, [Buffer.from("a")]];
    expect(textsOf(reply)).toEqual(["é", 5, null, ["a"]]);
  });

  test("keeps flags, choices, optional values, records and lists", () => {
    const status = choiceType(["in_stock", "low_stock"]);
    expect([flagType.encode("f", true), flagType.encode("f", false)]).toEqual(["1", "0"]);
    expect([flagType.decode("f", 1), flagType.decode("f", 0)]).toEqual([true, false]);
    expect(status.decode("status", status.encode("status", "low_stock"))).toBe("low_stock");
    expect([optional(units).encode("u", undefined), optional(units).encode("u", 7)]).toEqual(["", "7"]);
    expect([optional(units).decode("u", null), optional(units).decode("u", 7)]).toEqual([undefined, 7]);
    expect(
      views.encode("views", [
        { product: "a", count: 1 },
        { product: "b", count: 2 },
      ]),
    ).toEqual(["2", "a", "1", "b", "2"]);
    expect(views.encode("views", [])).toEqual(["0"]);
    expect(views.decode("views", ["a", 1, "b", 2])).toEqual([
      { product: "a", count: 1 },
      { product: "b", count: 2 },
    ]);
    expect(readFields(["a", null], 2)).toEqual(["a", null]);
  });

  test("gives every operation a new name", () => {
    expect(newOperation()).toMatch(/^[0-9a-f-]{36}$/);
    expect(newOperation()).not.toBe(newOperation());
  });
});

describe("the type of an argument", () => {
  test.each([0, 1e12])("takes %s units", (value) =>
    expect(units.encode("quantity", value)).toBe(String(value)),
  );

  test.each([-1, 1e12 + 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", undefined, null, true, {}, 5n])(
    "refuses %s as units",
    (value) => {
      expect(() => Reflect.apply(units.encode, units, ["quantity", value])).toThrow(
        expect.objectContaining({
          argument: "quantity",
          message: "argument quantity: units: a whole number from 0 to 1000000000000",
        }),
      );
    },
  );

  test("counts bytes of UTF-8, not characters", () => {
    expect(id.encode("id", "é".repeat(128))).toHaveLength(128);
    expect(() => id.encode("id", "é".repeat(129))).toThrow(ArgumentError);
    expect(id.encode("id", "😀".repeat(64))).toHaveLength(128);
    expect(() => id.encode("id", "😀".repeat(65))).toThrow(ArgumentError);
    expect(textType("pair", 3, 4, "any").encode("pair", "éé")).toBe("éé");
    expect(() => textType("three", 3, 3, "any").encode("three", "é")).toThrow(/text of 3 bytes/);
  });

  test.each(["", "a\nb", "a\u0000", "a\u007f", "{a", "a}", "a\ud800", "\udc00"])(
    "refuses %j as part of a key",
    (value) => {
      expect(() => id.encode("product", value)).toThrow(ArgumentError);
    },
  );

  test.each(["1", "a:b", "日本", "a b", "😀"])("takes %j as part of a key", (value) => {
    expect(id.encode("product", value)).toBe(value);
  });

  test.each([
    { charset: "upper", good: "EUR", bad: "EUr" },
    { charset: "digits", good: "007", bad: "7:" },
    { charset: "hex", good: "00ff", bad: "00FF" },
    { charset: "any", good: "{a}\u0000\n", bad: "\ud800" },
  ] as const)("knows the charset $charset", ({ charset, good, bad }) => {
    const type = textType("text", 1, 10, charset);
    expect(type.encode("text", good)).toBe(good);
    expect(() => type.encode("text", bad)).toThrow(ArgumentError);
  });

  test.each([
    {
      name: "a list that is too long",
      encode: () =>
        views.encode(
          "views",
          Array.from({ length: 4 }, () => ({ product: "a", count: 1 })),
        ),
      argument: "views",
    },
    {
      name: "no list",
      encode: () => Reflect.apply(views.encode, views, ["views", "abc"]),
      argument: "views",
    },
    {
      name: "a hole in a list",
      encode: () => Reflect.apply(views.encode, views, ["views", new Array(1)]),
      argument: "views[]",
    },
    {
      name: "a wrong field in a list",
      encode: () => views.encode("views", [{ product: "a", count: -1 }]),
      argument: "views[].count",
    },
    {
      name: "an empty text where absent is empty",
      encode: () => optional(textType("t", 0, 9, "any")).encode("t", ""),
      argument: "t",
    },
    ...[
      "a text",
      [1, 2],
      null,
      undefined,
      5,
      new ArrayBuffer(2),
      new Uint16Array(2),
      new DataView(new ArrayBuffer(2)),
    ].map((value) => ({
      name: `${Object.prototype.toString.call(value)} for raw bytes`,
      encode: () => Reflect.apply(bytesType("t", 0, 9).encode, undefined, ["t", value]),
      argument: "t",
    })),
    {
      name: "a proxy of raw bytes",
      encode: () => bytesType("t", 0, 9).encode("t", new Proxy(new Uint8Array(2), {})),
      argument: "t",
    },
    {
      name: "too few bytes",
      encode: () => bytesType("t", 3, 9).encode("t", new Uint8Array(2)),
      argument: "t",
    },
    { name: "no flag", encode: () => Reflect.apply(flagType.encode, flagType, ["f", 1]), argument: "f" },
    {
      name: "an unknown choice",
      encode: () => Reflect.apply(choiceType(["a"]).encode, undefined, ["kind", "b"]),
      argument: "kind",
    },
  ])("refuses $name", ({ encode, argument }) => {
    expect(encode).toThrow(expect.objectContaining({ code: "ARGUMENT", argument }));
  });
});

describe("the error of a wrong reply", () => {
  test.each([
    ["a fraction", () => units.decode("total", 1.5)],
    ["out of bounds", () => units.decode("total", -1)],
    ["text for a number", () => units.decode("total", "12a")],
    ["nil for a number", () => units.decode("total", null)],
    ["a number for a text", () => id.decode("total", 5)],
    ["a text for raw bytes", () => bytesType("body", 0, 9).decode("total", "text")],
    ["nil for raw bytes", () => bytesType("body", 0, 9).decode("total", null)],
    ["an array of bytes that is no buffer", () => bytesType("body", 0, 9).decode("total", new Uint8Array(2))],
    ["an unknown choice", () => choiceType(["a"]).decode("total", "b")],
    ["a flag of 2", () => flagType.decode("total", 2)],
    ["no list", () => views.decode("total", null)],
    ["a list that ends inside of a record", () => views.decode("total", ["a", 1, "b"])],
    ["no fields", () => readFields([], 2, "total")],
    ["too many fields", () => readFields([1, 2, 3], 2, "total")],
  ])("names the field and not the value (%s)", (_, decode) => {
    expect(decode).toThrow(expect.objectContaining({ code: "REPLY", field: "total" }));
    expect(decode).toThrow(ReplyError);
  });
});
