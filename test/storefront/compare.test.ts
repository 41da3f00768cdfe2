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
    sales: 3,
    salesMinor: 6_000,
    orders: 2,
    paidLate: 1,
    withCoupon: 2,
    returns: 1,
    priceEvents: 2,
    duplicates: 2,
    replies: { views: { all: 4, new: 3 }, orders: { all: 3, new: 2 } },
    priceSales: { planned: 3, ended: 1 },
    carts: { cancelled: 2, abandoned: 1 },
    offers: { made: 9, expiring: 3, extended: 1, cancelled: 2 },
    retries: 0,
    limited: 0,
    quantities: new Map([["10001", 22]]),
    prices: new Map([["10001", { amountMinor: 255 }]]),
    productViews: new Map([["10001", 3]]),
  },
  totals: {
    sales: 3,
    returns: 1,
    refusedSales: 1,
    refusedUnits: 20,
    priceEvents: 2,
    viewsInDatabase: 3,
    duplicatesDelivered: 0,
    duplicatesIgnored: 0,
  },
  pageViews: { statements: 2, rows: 3 },
  orders: {
    open: 0,
    sold: 1,
    refused: 1,
    lines: 3,
    reservations: 1,
    soldMinor: 1_000,
    refusedMinor: 5_000,
    discountMinor: 50,
  },
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
  redis: new Map([["10001", { available: 8, held: 0, lastPrice: 255, priceNow: 250 }]]),
  coupons: [{ coupon: "TEN", limit: 3, customerLimit: 2, orders: 1, ordersOfOne: 1, redeemed: 1 }],
  carts: { held: 0, released: 2, expired: 1 },
  priceSales: { planned: 3, ended: 1, now: new Map([["10001", 250]]) },
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

function withReplies(replies: Partial<Findings["sent"]["replies"]>): Findings {
  return { ...balanced, sent: { ...balanced.sent, replies: { ...balanced.sent.replies, ...replies } } };
}

function withCoupon(coupon: Partial<Findings["coupons"][number]>): Findings {
  return { ...balanced, coupons: balanced.coupons.map((one) => ({ ...one, ...coupon })) };
}

function withOrders(orders: Partial<Findings["orders"]>): Findings {
  return { ...balanced, orders: { ...balanced.orders, ...orders } };
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
    sales: 3,
    returns: 1,
    refusedSales: 1,
    refusedUnits: 20,
    priceEvents: 2,
    duplicatesDelivered: 2,
    duplicatesIgnored: 2,
    views: 3,
    viewsInDatabase: 3,
    viewWrites: 2,
    viewRows: 3,
    orders: {
      sold: 1,
      refused: 1,
      paidLate: 1,
      linesAnOrder: 1.5,
      revenueMinor: 950,
      discountMinor: 50,
      discounted: 1,
      limited: 0,
      refusedMinor: 5_000,
    },
    reservations: { committed: 1, released: 2, expired: 1, held: 0 },
    offers: { tracked: 9, extended: 1, cancelled: 2, expired: 3, orphansCleaned: 3 },
    priceSales: { planned: 3, ended: 1 },
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
        sent: {
          ...balanced.sent,
          replies: { ...balanced.sent.replies, views: { all: 5, new: 4 } },
        },
      },
    ],
    ["sale lines: 3 by the invoices, 1 in the books", withTotals({ sales: 1 })],
    [
      "orders: 2 by the invoices, 3 in the books",
      {
        ...withOrders({ sold: 2 }),
        sent: { ...balanced.sent, replies: { ...balanced.sent.replies, orders: { all: 4, new: 3 } } },
      },
    ],
    ["coupon TEN: 2 redemptions in Redis, 1 orders in the books", withCoupon({ redeemed: 2 })],
    ["coupon TEN: no redemptions in Redis, 1 orders in the books", withCoupon({ redeemed: undefined })],
    ["coupon TEN: 4 orders, and the limit is 3", withCoupon({ orders: 4, redeemed: 4 })],
    ["coupon TEN: 3 orders of one customer, and the limit is 2", withCoupon({ ordersOfOne: 3 })],
    ["orders: 1 have not ended in the books", withOrders({ open: 1 })],
    ["pence of all sale lines: 6000 by the invoices, 5999 in the books", withOrders({ soldMinor: 999 })],
    [
      "planned sales: 3 by the invoices, 2 in the books",
      { ...balanced, priceSales: { ...balanced.priceSales, planned: 2 } },
    ],
    [
      "planned sales that were ended: 1 by the invoices, 0 in the books",
      { ...balanced, priceSales: { ...balanced.priceSales, ended: 0 } },
    ],
    [
      "10001: price with sales 250 in Redis, 255 by the books",
      { ...balanced, priceSales: { ...balanced.priceSales, now: new Map() } },
    ],
    ["returns: 1 by the invoices, 0 in the books", withTotals({ returns: 0 })],
    ["price events: 2 by the invoices, 3 in the books", withTotals({ priceEvents: 3 })],
    ["duplicates: 2 sent, 3 in the books", withTotals({ duplicatesDelivered: 1, duplicatesIgnored: 1 })],
    ["duplicates: 2 delivered, 1 ignored", withTotals({ duplicatesIgnored: -1 })],
    ["duplicates: 2 delivered, 1 ignored", withReplies({ views: { all: 4, new: 4 } })],
    ["duplicates: 2 delivered, 1 ignored", withReplies({ orders: { all: 3, new: 3 } })],
    [
      "10001: opened with 12 units instead of 10",
      {
        ...withProduct({ opening: 12 }),
        redis: new Map([["10001", { available: 10, held: 0, lastPrice: 255, priceNow: 250 }]]),
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
      { ...balanced, redis: new Map([["10001", { available: 8, held: 3, lastPrice: 255, priceNow: 250 }]]) },
    ],
    ["10001: unknown to Redis", { ...balanced, redis: new Map() }],
    [
      "10001: price 254 in Redis, 255 in the books",
      { ...balanced, redis: new Map([["10001", { available: 8, held: 0, lastPrice: 254, priceNow: 250 }]]) },
    ],
    [
      "10001: price 255 by the invoices, 510 in the books",
      {
        ...withProduct({ lastPrice: 510 }),
        redis: new Map([["10001", { available: 8, held: 0, lastPrice: 510, priceNow: 250 }]]),
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

  test("finds no difference if the first reply to a view or an order was lost", () => {
    expect(compare(withReplies({ views: { all: 4, new: 2 } }))).toEqual([]);
    expect(compare(withReplies({ orders: { all: 3, new: 1 } }))).toEqual([]);
  });

  test("finds no difference if a retried delivery is one duplicate more", () => {
    const findings = withTotals({ duplicatesDelivered: 1, duplicatesIgnored: 1 });
    expect(compare({ ...findings, sent: { ...findings.sent, retries: 1 } })).toEqual([]);
  });
});
