import type { ProductSums } from "./books/sums.js";
import { duplicatesOf, type Findings, MAX_LISTED, type ProductInRedis } from "./result.js";

/**
 * Compares the invoices, PostgreSQL and Redis. Returns one sentence for each difference, and an
 * empty list if the books balance.
 */
export function compare(findings: Findings): string[] {
  return [
    ...compareTotals(findings),
    ...compareOrders(findings),
    ...compareCoupons(findings),
    ...compareOffers(findings),
    ...compareProducts(findings),
  ];
}

function compareTotals(findings: Findings): string[] {
  const { sent, totals, carts } = findings;
  const found: string[] = [];
  const same = (what: string, invoices: number, books: number) => {
    if (invoices !== books) found.push(`${what}: ${invoices} by the invoices, ${books} in the books`);
  };
  same("page views", sent.views, totals.viewsInDatabase);
  same("sale lines", sent.sales, totals.sales);
  same("returns", sent.returns, totals.returns);
  same("price events", sent.priceEvents, totals.priceEvents);
  same("cancelled carts", sent.carts.cancelled, carts.released);
  same("abandoned carts", sent.carts.abandoned, carts.expired);
  if (carts.held > 0) found.push(`carts: ${carts.held} are still held in the books`);
  const { delivered, ignored } = duplicatesOf(findings);
  // The shop may have received a retried delivery before. Each retry can add one duplicate.
  const extra = delivered - sent.duplicates;
  if (extra < 0 || extra > sent.retries) {
    found.push(`duplicates: ${sent.duplicates} sent, ${delivered} in the books`);
  }
  if (ignored !== delivered) found.push(`duplicates: ${delivered} delivered, ${ignored} ignored`);
  return found;
}

function compareOrders({ sent, orders, priceSales }: Findings): string[] {
  const found: string[] = [];
  const same = (what: string, invoices: number, books: number) => {
    if (invoices !== books) found.push(`${what}: ${invoices} by the invoices, ${books} in the books`);
  };
  same("orders", sent.orders, orders.sold + orders.refused);
  if (orders.open > 0) found.push(`orders: ${orders.open} have not ended in the books`);
  same("pence of all sale lines", sent.salesMinor, orders.soldMinor + orders.refusedMinor);
  same("planned sales", sent.priceSales.planned, priceSales.planned);
  same("planned sales that were ended", sent.priceSales.ended, priceSales.ended);
  return found;
}

function compareCoupons({ coupons }: Findings): string[] {
  return coupons.flatMap(({ coupon, limit, customerLimit, orders, ordersOfOne, redeemed }) => {
    const found: string[] = [];
    if (redeemed !== orders)
      found.push(`${redeemed ?? "no"} redemptions in Redis, ${orders} orders in the books`);
    if (orders > limit) found.push(`${orders} orders, and the limit is ${limit}`);
    if (ordersOfOne > customerLimit) {
      found.push(`${ordersOfOne} orders of one customer, and the limit is ${customerLimit}`);
    }
    return found.map((difference) => `coupon ${coupon}: ${difference}`);
  });
}

function compareOffers({ sent, offers }: Findings): string[] {
  const found: string[] = [];
  const same = (what: string, expected: number, books: number) => {
    if (expected !== books) found.push(`offers ${what}: ${expected} expected, ${books} found`);
  };
  const { made, expiring, extended, cancelled } = sent.offers;
  same("made", made, offers.made + offers.rowsLost);
  same("extended", extended, offers.extended);
  same("cancelled", cancelled, offers.cancelled);
  same("expired", expiring, offers.expired);
  same("running", made - expiring - cancelled - offers.rowsLost, offers.running);
  same("tracked in Redis", Math.min(offers.running, MAX_LISTED), offers.inRedis);
  same("cleaned", offers.rowsLost + offers.trackingLost, offers.cleaned);
  return found;
}

function compareProducts({ stock, sent, products, redis, priceSales }: Findings): string[] {
  if (sent.quantities.size === 0) return ["nothing was replayed: no line belongs to a product"];
  const found = products.flatMap((sums) => {
    const { product } = sums;
    const invoiced = {
      quantity: sent.quantities.get(product),
      lastPrice: sent.prices.get(product)?.amountMinor ?? null,
      views: sent.productViews.get(product) ?? 0,
      salePrice: priceSales.now.get(product),
    };
    const differences = compareProduct(sums, stock, invoiced, redis.get(product));
    return differences.map((difference) => `${product}: ${difference}`);
  });
  const inBooks = new Set(products.map(({ product }) => product));
  for (const product of sent.quantities.keys()) {
    if (!inBooks.has(product)) found.push(`${product}: not in the books`);
  }
  return found;
}

/** The figures of a product according to the invoices. */
interface Invoiced {
  readonly quantity: number | undefined;
  readonly lastPrice: number | null;
  readonly views: number;
  /** The lowest price among the sales that are on. */
  readonly salePrice: number | undefined;
}

function compareProduct(
  { opening, sold, returned, refused, lastPrice, viewsInDatabase }: ProductSums,
  stock: number,
  invoiced: Invoiced,
  inRedis: ProductInRedis | undefined,
): string[] {
  const found: string[] = [];
  const { quantity } = invoiced;
  if (quantity === undefined) found.push("in the books, but not in the invoices");
  else if (sold + refused - returned !== quantity) {
    found.push(
      `the quantities add up to ${quantity} in the invoices, ${sold + refused - returned} in the books`,
    );
  }
  if (opening !== stock) found.push(`opened with ${opening} units instead of ${stock}`);
  const expected = opening - sold + returned;
  const available = inRedis?.available;
  if (available === undefined) found.push("unknown to Redis");
  else if (available !== expected) found.push(`${available} units in Redis, ${expected} by the books`);
  if (inRedis !== undefined && inRedis.held !== 0) found.push(`${inRedis.held} units still held in Redis`);
  if (available !== undefined && available < 0) found.push("a negative number of units in Redis");
  if (quantity !== undefined && invoiced.lastPrice !== lastPrice) {
    found.push(`price ${invoiced.lastPrice} by the invoices, ${lastPrice} in the books`);
  }
  if (quantity !== undefined && invoiced.views !== viewsInDatabase) {
    found.push(`${invoiced.views} page views by the invoices, ${viewsInDatabase} in the books`);
  }
  if (inRedis !== undefined && inRedis.lastPrice !== lastPrice) {
    found.push(`price ${inRedis.lastPrice} in Redis, ${lastPrice} in the books`);
  } else if (inRedis !== undefined && lastPrice !== null) {
    const priceNow = Math.min(lastPrice, invoiced.salePrice ?? lastPrice);
    if (inRedis.priceNow !== priceNow) {
      found.push(`price with sales ${inRedis.priceNow} in Redis, ${priceNow} by the books`);
    }
  }
  return found;
}
