import { sumCarts } from "./books/carts.js";
import { sumOrders } from "./books/orders.js";
import { PriceSaleBook } from "./books/price-sales.js";
import { sumProducts, sumTotals } from "./books/sums.js";
import type { Orphans } from "./orphans.js";
import { type Findings, MAX_LISTED, type Sent } from "./result.js";
import type { ShopContext } from "./shop/context.js";
import { readInventory } from "./shop/inventory.js";
import { withRetries } from "./wait.js";

/** The results of the replay. */
export interface ReplayResult {
  readonly stock: number;
  readonly sent: Sent;
  readonly orphans: Orphans;
  readonly elapsedMs: number;
}

/** The period in which offers end that the check reads from Redis. */
const AHEAD_MS = 366 * 24 * 60 * 60 * 1_000;

/** Reads the sums of PostgreSQL and Redis. */
export async function gatherFindings(
  { acme, pool, schema, views, offers, coupons }: ShopContext,
  { stock, sent, orphans, elapsedMs }: ReplayResult,
): Promise<Findings> {
  const calendar = new PriceSaleBook(pool, schema);
  const [products, totals, orders, couponSums, carts, priceSales, now, offerSums, tracked] =
    await Promise.all([
      withRetries(() => sumProducts(pool, schema)),
      withRetries(() => sumTotals(pool, schema)),
      withRetries(() => sumOrders(pool, schema)),
      withRetries(() => coupons.sums()),
      withRetries(() => sumCarts(pool, schema)),
      withRetries(() => calendar.sums()),
      withRetries(() => calendar.pricesNow()),
      withRetries(() => offers.book.sums()),
      withRetries(() => offers.expiring(AHEAD_MS, MAX_LISTED)),
    ]);
  const codes = products.map(({ product }) => product);
  const { ledger } = views;
  return {
    stock,
    sent,
    totals,
    products,
    redis: await readInventory(acme, codes),
    pageViews: { statements: ledger.statements, rows: ledger.rows },
    orders,
    coupons: await Promise.all(
      couponSums.map(async (sums) => {
        const known = await acme.coupon.read({ coupon: sums.coupon });
        return { ...sums, redeemed: known.outcome === "found" ? known.redeemed : undefined };
      }),
    ),
    carts,
    priceSales: { ...priceSales, now },
    offers: { ...offerSums, ...orphans, inRedis: tracked.length, cleaned: offers.cleaned },
    elapsedMs,
  };
}
