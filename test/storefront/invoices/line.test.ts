import { describe, expect, test } from "vitest";
import { parseLine } from "../../../examples/storefront/invoices/line.js";
import { GOOD_LINE } from "../../support/storefront/invoices.js";

/** The good line with one column replaced. */
function withColumn(column: number, value: string): string {
  return GOOD_LINE.split(",").with(column, value).join(",");
}

describe("a good line", () => {
  test("gives product, quantity and pence", () => {
    expect(parseLine(GOOD_LINE, 2)).toEqual({
      kind: "product",
      number: 2,
      invoice: "536365",
      customer: "17850",
      product: "85123A",
      quantity: 6,
      priceMinor: 255,
    });
  });

  test.each([
    { name: "a return", text: withColumn(3, "-12"), expected: { quantity: -12 } },
    { name: "a quantity of zero", text: withColumn(3, "0"), expected: { quantity: 0 } },
    { name: "a price of zero", text: withColumn(5, "0.0"), expected: { priceMinor: 0 } },
    { name: "a price with one decimal", text: withColumn(5, "2.1"), expected: { priceMinor: 210 } },
    { name: "a price with none", text: withColumn(5, "12"), expected: { priceMinor: 1_200 } },
    {
      name: "a price to be rounded by its digits",
      text: withColumn(5, "1.005"),
      expected: { priceMinor: 101 },
    },
    { name: "the older date format", text: withColumn(4, "12/1/2010 8:26"), expected: { product: "85123A" } },
    {
      name: "an empty description and customer",
      text: "1,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom",
      expected: { invoice: "1", customer: "guest", quantity: 56 },
    },
    { name: "a quoted comma", text: withColumn(2, '"HEART, WHITE"'), expected: { quantity: 6 } },
    { name: "a quoted quote", text: withColumn(2, '"HEART ""BIG"""'), expected: { quantity: 6 } },
    { name: "a lone quote inside a field", text: withColumn(2, 'TIN 5" WIDE'), expected: { quantity: 6 } },
    {
      name: "letters that make another product",
      text: withColumn(1, "85123a"),
      expected: { product: "85123a" },
    },
  ])("may hold $name", ({ text, expected }) => {
    expect(parseLine(text, 2)).toMatchObject({ kind: "product", ...expected });
  });

  test.each(["POST", "M", "BANK CHARGES", "DCGS0076", "1234", "gift_0001_40"])(
    "belongs to no product with code %s",
    (code) => {
      expect(parseLine(withColumn(1, code), 7)).toEqual({ kind: "other", number: 7 });
    },
  );
});

describe("a bad line", () => {
  test.each([
    ["536365,85123A,WHITE HEART", "it has 3 columns instead of 8"],
    ["", "it has 1 column instead of 8"],
    [`${GOOD_LINE},more`, "it has 9 columns instead of 8"],
    [withColumn(2, '"WHITE HEART'), "its quotes do not match"],
    [withColumn(0, ""), "InvoiceNo is missing"],
    [withColumn(1, " "), "StockCode is missing"],
    [withColumn(3, ""), "Quantity is missing"],
    [withColumn(4, ""), "InvoiceDate is missing"],
    [withColumn(5, ""), "UnitPrice is missing"],
    [withColumn(1, "8".repeat(64)), `StockCode cannot be used as a code: "${"8".repeat(40)}…"`],
    [withColumn(1, "85123é"), 'StockCode cannot be used as a code: "85123é"'],
    [withColumn(1, "85123{A}"), 'StockCode cannot be used as a code: "85123{A}"'],
    [withColumn(3, "six"), 'Quantity is no whole number: "six"'],
    [withColumn(3, "6.5"), 'Quantity is no whole number: "6.5"'],
    [withColumn(3, "99999999999"), 'Quantity is out of range: "99999999999"'],
    [withColumn(4, "yesterday"), 'InvoiceDate is no date: "yesterday"'],
    [withColumn(4, "2010-02-30 08:26:00"), 'InvoiceDate is no date: "2010-02-30 08:26:00"'],
    [withColumn(4, "2010-12-01 24:26:00"), 'InvoiceDate is no date: "2010-12-01 24:26:00"'],
    [withColumn(5, "2,55"), "it has 9 columns instead of 8"],
    [withColumn(5, "NaN"), 'UnitPrice is no number: "NaN"'],
    [withColumn(5, "1e3"), 'UnitPrice is no number: "1e3"'],
    [withColumn(5, "99999999999.00"), 'UnitPrice is out of range: "99999999999.00"'],
    [withColumn(5, "-2.55"), 'UnitPrice is below zero: "-2.55"'],
    [withColumn(3, "\u001b[31m"), 'Quantity is no whole number: "\\u001b[31m"'],
    [withColumn(3, "x".repeat(50)), `Quantity is no whole number: "${"x".repeat(40)}…"`],
  ])("gives its reason (%j)", (text, reason) => {
    expect(parseLine(text, 17)).toEqual({ kind: "bad", number: 17, reason });
  });
});
