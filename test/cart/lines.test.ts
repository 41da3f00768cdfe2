import { expect, test } from "vitest";
import { summedLines } from "../../src/cart/lines.js";
import { ArgumentError } from "../../src/index.js";

test("lines of one product are added, also from bundles", () => {
  const bundle = [
    { product: "lamp", units: 1 },
    { product: "bulb", units: 2 },
  ];
  expect(
    summedLines([
      { product: "lamp", units: 3 },
      { bundle, units: 2 },
      { product: "bulb", units: 1 },
    ]),
  ).toEqual([
    { product: "lamp", units: 5 },
    { product: "bulb", units: 5 },
  ]);
});

test.each<[string, unknown, string]>([
  ["no list", "lamp", "lines"],
  ["no line", [], "lines"],
  ["a line that is no object", ["lamp"], "lines[0]"],
  ["no units", [{ product: "lamp" }], "lines[0].units"],
  ["half a unit", [{ product: "lamp", units: 0.5 }], "lines[0].units"],
  ["a brace in the name", [{ product: "{lamp", units: 1 }], "lines[0].product"],
  ["a bundle that is no list", [{ bundle: "lamp", units: 1 }], "lines[0].bundle"],
  [
    "a wrong part of a bundle",
    [{ bundle: [{ product: "lamp", units: 0 }], units: 1 }],
    "lines[0].bundle[0].units",
  ],
  ["an empty bundle", [{ bundle: [], units: 1 }], "lines[0].bundle"],
  [
    "a bundle with a product",
    [{ product: "lamp", bundle: [{ product: "vase", units: 1 }], units: 1 }],
    "lines[0]",
  ],
  ["101 products", Array.from({ length: 101 }, (_, index) => ({ product: `p${index}`, units: 1 })), "lines"],
  [
    "a sum out of bounds",
    [
      { product: "lamp", units: 1e12 },
      { product: "lamp", units: 1 },
    ],
    "lines[1].units, with the other lines of the product",
  ],
])("%s is refused, by its place", (_, lines, argument) => {
  const attempt = () => Reflect.apply(summedLines, undefined, [lines]);
  expect(attempt).toThrow(ArgumentError);
  expect(attempt).toThrow(`argument ${argument}: `);
});
