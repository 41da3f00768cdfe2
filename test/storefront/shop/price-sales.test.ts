import { afterAll, expect, test } from "vitest";
import { PriceSaleBook } from "../../../examples/storefront/books/price-sales.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const { pool, schema, get, post, open, close } = await openTestShop();
afterAll(close);

const DAY_MS = 86_400_000;

/** A product with 5 units and a base price of 5.00. */
async function openProduct(product: string): Promise<void> {
  await open(product, 5);
  await post("/events/price", { event: "p1", product, amountMinor: 500, sequence: 1 });
}

async function priceOf(product: string): Promise<unknown> {
  return Object(await get(`/products/${product}`)).body.price;
}

async function calendarOf(product: string): Promise<unknown[]> {
  return Object(await get(`/products/${product}/sales`)).body.sales;
}

test("the product page shows the price of the sale that is on, and the calendar shows all sales", async () => {
  const product = "10801";
  await openProduct(product);
  const week = { sale: "week", product, amountMinor: 400, startsInMs: 0, lastsMs: DAY_MS, sequence: 1 };
  const flash = { ...week, sale: "flash", amountMinor: 300, startsInMs: DAY_MS, sequence: 2 };
  expect(await post("/price-sales", week)).toMatchObject({ status: 200, body: { outcome: "applied" } });
  expect(await post("/price-sales", flash)).toMatchObject({ status: 200, body: { outcome: "applied" } });
  expect(await priceOf(product)).toEqual({ currency: "GBP", baseMinor: 500, effectiveMinor: 400 });
  expect(await calendarOf(product)).toMatchObject([
    { sale: "week", amountMinor: 400 },
    { sale: "flash", amountMinor: 300 },
  ]);
});

test("a sale that is ended and planned again late stays ended", async () => {
  const product = "10802";
  await openProduct(product);
  const sale = { sale: "ended", product, amountMinor: 400, startsInMs: 0, lastsMs: DAY_MS, sequence: 1 };
  await post("/price-sales", sale);
  const end = { sale: "ended", product, sequence: 2 };
  for (let delivery = 0; delivery < 2; delivery += 1) {
    expect(await post("/price-sales/end", end)).toMatchObject({ status: 200 });
    expect(await post("/price-sales", sale)).toMatchObject({ status: 200, body: { outcome: "stale" } });
    expect(await priceOf(product)).toMatchObject({ effectiveMinor: 500 });
    expect(await calendarOf(product)).toEqual([]);
  }
});

test("the second delivery of a sale completes it with the first times, if the shop died before Redis", async () => {
  const product = "10803";
  await openProduct(product);
  const sale = { sale: "died", product, amountMinor: 400, startsInMs: 0, lastsMs: DAY_MS, sequence: 1 };
  const times = await new PriceSaleBook(pool, schema).plan(sale);
  expect(await post("/price-sales", sale)).toMatchObject({ body: { outcome: "applied", ...Object(times) } });
  expect(await post("/price-sales", sale)).toMatchObject({ body: { outcome: "repeated", ...Object(times) } });
});

test("a sale of an unknown product, and the end of an unknown sale, get 404", async () => {
  const sale = { sale: "none", product: "none", amountMinor: 4, startsInMs: 0, lastsMs: 1_000, sequence: 1 };
  expect(await post("/price-sales", sale)).toMatchObject({ status: 404, body: { code: "UNKNOWN_PRODUCT" } });
  const end = { sale: "none", product: "none", sequence: 2 };
  expect(await post("/price-sales/end", end)).toMatchObject({ status: 404, body: { code: "UNKNOWN_SALE" } });
});

test("the 51st sale of a product gets 409", async () => {
  const product = "10804";
  await openProduct(product);
  const plan = (n: number) =>
    post("/price-sales", {
      sale: `s${n}`,
      product,
      amountMinor: 4,
      startsInMs: 0,
      lastsMs: DAY_MS,
      sequence: n,
    });
  for (let n = 1; n <= 50; n += 1) await plan(n);
  expect(await plan(51)).toMatchObject({ status: 409, body: { code: "TOO_MANY_SALES" } });
});
