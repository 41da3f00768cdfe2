import { expect, test } from "vitest";
import { syntheticInvoices, syntheticText } from "../../../examples/storefront/invoices/synthetic.js";

test("the same seed gives the same invoices, and another seed gives others", () => {
  expect([...syntheticText(7, 500)]).toEqual([...syntheticText(7, 500)]);
  expect([...syntheticText(8, 500)]).not.toEqual([...syntheticText(7, 500)]);
});

test("a shorter set is the beginning of a longer one", () => {
  expect([...syntheticText(7, 1_000)].slice(0, 501)).toEqual([...syntheticText(7, 500)]);
});

test("the synthetic set has the shape of the real set", () => {
  const lines = [...syntheticInvoices(1, 20_000)];
  const products = lines.flatMap((line) => (line.kind === "product" ? [line] : []));
  expect(lines).toHaveLength(20_000);
  expect(lines.filter(({ kind }) => kind === "bad")).toEqual([]);
  expect(lines.filter(({ kind }) => kind === "other").length).toBeGreaterThan(50);

  const times = new Map<string, number>();
  const prices = new Map<string, Set<number>>();
  for (const { product, priceMinor } of products) {
    times.set(product, (times.get(product) ?? 0) + 1);
    prices.set(product, (prices.get(product) ?? new Set()).add(priceMinor));
  }
  const popular = [...times.values()].sort((one, other) => other - one);
  // The real file's most sold product has 0.6 % of the lines, its thousandth 0.03 %.
  expect(popular[0]).toBeGreaterThan(products.length * 0.005);
  expect(popular[0]).toBeLessThan(products.length * 0.03);
  expect(popular[1_000]).toBeLessThan(10);
  expect([...prices.values()].filter((different) => different.size > 1).length).toBeGreaterThan(1_000);

  const returns = products.filter(({ quantity }) => quantity < 0).length / products.length;
  expect(returns).toBeGreaterThan(0.01);
  expect(returns).toBeLessThan(0.03);
  expect(products.some(({ priceMinor }) => priceMinor === 0)).toBe(true);
});
