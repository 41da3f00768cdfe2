import { describe, expect, test } from "vitest";
import { compare } from "../../examples/storefront/compare.js";
import { type Findings, toResult } from "../../examples/storefront/result.js";

const balanced: Findings = {
  stock: 10,
  elapsedMs: 1_234.5,
  sent: {
    lines: 5,
    bad: 1,
    other: 1,
    views: 3,
    sales: 2,
    returns: 1,
    priceEvents: 2,
    duplicates: 1,
    carts: { cancelled: 2, abandoned: 1 },
    offers: { made: 9, expiring: 3, extended: 1, cancelled: 2 },
    retries: 0,
    quantities: new Map([["10001", 22]]),
    prices: new Map([["10001", { amountMinor: 255 }]]),
    productViews: new Map([["10001", 3]]),
  },
  totals: {
    sales: 2,
    returns: 1,
    refusedSales: 1,
    refusedUnits: 20,
    priceEvents: 2,
    viewsInDatabase: 3,
    duplicatesDelivered: 0,
    duplicatesIgnored: 0,
  },
  pageViews: { delivered: 4, added: 3, statements: 2, rows: 3 },
  products: [
    {
      product: "10001",
      opening: 10,
      sold: 4,
      returned: 2,
      refused: 20,
      lastPrice: 255,
      viewsInDatabase: 3,
    },
  ],
  redis: new Map([["10001", { available: 8, held: 0, lastPrice: 255 }]]),
  carts: { held: 0, released: 2, expired: 1 },
  offers: {
    made: 7,
    extended: 1,
    cancelled: 2,
    expired: 3,
    running: 2,
    inRedis: 2,
    rowsLost: 2,
    trackingLost: 1,
    cleaned: 3,
  },
};

function withTotals(totals: Partial<Findings["totals"]>): Findings {
  return { ...balanced, totals: { ...balanced.totals, ...totals } };
}

function withViews(pageViews: Partial<Findings["pageViews"]>): Findings {
  return { ...balanced, pageViews: { ...balanced.pageViews, ...pageViews } };
}

function withOffers(offers: Partial<Findings["offers"]>): Findings {
  return { ...balanced, offers: { ...balanced.offers, ...offers } };
}

function withProduct(product: Partial<Findings["products"][number]>): Findings {
  return { ...balanced, products: balanced.products.map((one) => ({ ...one, ...product })) };
}

test("compare finds no differences in books that balance", () => {
  expect(compare(balanced)).toEqual([]);
});

test("toResult takes its sums from the books and from Redis", () => {
  expect(toResult(balanced, true)).toEqual({
    lines: 5,
    bad: 1,
    other: 1,
    sales: 2,
    returns: 1,
    refusedSales: 1,
    refusedUnits: 20,
    priceEvents: 2,
    duplicatesDelivered: 1,
    duplicatesIgnored: 1,
    views: 3,
    viewsInDatabase: 3,
    viewWrites: 2,
    viewRows: 3,
    reservations: { committed: 1, released: 2, expired: 1, held: 0 },
    offers: { tracked: 9, extended: 1, cancelled: 2, expired: 3, orphansCleaned: 3 },
    elapsedMs: 1_235,
    balanced: true,
    products: { "10001": { sold: 4, returned: 2, refused: 20, available: 8, lastPrice: 255 } },
  });
});

describe("compare", () => {
  test.each<[string, Findings]>([
    [
      "page views: 3 by the invoices, 4 in the books",
      {
        ...withTotals({ viewsInDatabase: 4 }),
        pageViews: { ...balanced.pageViews, delivered: 5, added: 4 },
      },
    ],
    ["sales: 2 by the invoices, 1 in the books", withTotals({ sales: 1 })],
    ["returns: 1 by the invoices, 0 in the books", withTotals({ returns: 0 })],
    ["price events: 2 by the invoices, 3 in the books", withTotals({ priceEvents: 3 })],
    ["duplicates: 1 sent, 2 in the books", withTotals({ duplicatesDelivered: 1, duplicatesIgnored: 1 })],
    ["duplicates: 1 delivered, 0 ignored", withTotals({ duplicatesIgnored: -1 })],
    ["duplicates: 1 delivered, 0 ignored", withViews({ added: 4 })],
    [
      "10001: opened with 12 units instead of 10",
      {
        ...withProduct({ opening: 12 }),
        redis: new Map([["10001", { available: 10, held: 0, lastPrice: 255 }]]),
      },
    ],
    ["10001: the quantities add up to 22 in the invoices, 21 in the books", withProduct({ refused: 19 })],
    ["10001: 8 units in Redis, 9 by the books", { ...withProduct({ sold: 3, refused: 21 }) }],
    ["offers made: 9 expected, 8 found", withOffers({ made: 6 })],
    ["offers extended: 1 expected, 0 found", withOffers({ extended: 0 })],
    ["offers cancelled: 2 expected, 1 found", withOffers({ cancelled: 1 })],
    ["offers expired: 3 expected, 2 found", withOffers({ expired: 2 })],
    ["offers running: 2 expected, 3 found", withOffers({ running: 3, inRedis: 3 })],
    ["offers tracked in Redis: 2 expected, 1 found", withOffers({ inRedis: 1 })],
    ["offers cleaned: 3 expected, 2 found", withOffers({ cleaned: 2 })],
    [
      "cancelled carts: 2 by the invoices, 1 in the books",
      { ...balanced, carts: { ...balanced.carts, released: 1 } },
    ],
    [
      "abandoned carts: 1 by the invoices, 2 in the books",
      { ...balanced, carts: { ...balanced.carts, expired: 2 } },
    ],
    ["carts: 1 are still held in the books", { ...balanced, carts: { ...balanced.carts, held: 1 } }],
    [
      "10001: 3 units still held in Redis",
      { ...balanced, redis: new Map([["10001", { available: 8, held: 3, lastPrice: 255 }]]) },
    ],
    ["10001: unknown to Redis", { ...balanced, redis: new Map() }],
    [
      "10001: price 254 in Redis, 255 in the books",
      { ...balanced, redis: new Map([["10001", { available: 8, held: 0, lastPrice: 254 }]]) },
    ],
    [
      "10001: price 255 by the invoices, 510 in the books",
      {
        ...withProduct({ lastPrice: 510 }),
        redis: new Map([["10001", { available: 8, held: 0, lastPrice: 510 }]]),
      },
    ],
    [
      "10001: 2 page views by the invoices, 3 in the books",
      { ...balanced, sent: { ...balanced.sent, productViews: new Map([["10001", 2]]) } },
    ],
    ["10001: 3 page views by the invoices, 2 in the books", withProduct({ viewsInDatabase: 2 })],
    [
      "10002: not in the books",
      {
        ...balanced,
        sent: {
          ...balanced.sent,
          quantities: new Map([
            ["10001", 22],
            ["10002", 1],
          ]),
        },
      },
    ],
    [
      "nothing was replayed: no line belongs to a product",
      { ...balanced, sent: { ...balanced.sent, quantities: new Map() } },
    ],
  ])("names the difference: %s", (difference, findings) => {
    expect(compare(findings)).toEqual([difference]);
  });

  test("names a product that is in the books, but not in the invoices", () => {
    const quantities = new Map([["10002", 0]]);
    expect(compare({ ...balanced, sent: { ...balanced.sent, quantities } })).toEqual([
      "10001: in the books, but not in the invoices",
      "10002: not in the books",
    ]);
  });

  test("finds no difference if the first answer to a view was lost", () => {
    expect(compare(withViews({ added: 2 }))).toEqual([]);
  });

  test("finds no difference if a retried delivery is one duplicate more", () => {
    const findings = withTotals({ duplicatesDelivered: 1, duplicatesIgnored: 1 });
    expect(compare({ ...findings, sent: { ...findings.sent, retries: 1 } })).toEqual([]);
  });
});
