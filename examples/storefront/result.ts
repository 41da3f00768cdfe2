import type { CartSums } from "./books/carts.js";
import type { CouponSums } from "./books/coupons.js";
import type { OfferSums } from "./books/offers.js";
import type { OrderSums } from "./books/orders.js";
import type { PriceSaleSums } from "./books/price-sales.js";
import type { ProductSums, Totals } from "./books/sums.js";

/** The state of one product in Redis. */
export interface ProductInRedis {
  /** Units of both warehouses that are not held. Undefined if Redis does not know the product. */
  readonly available: number | undefined;
  /** Units that reservations hold. */
  readonly held: number;
  /** The base price in pence; null without one. */
  readonly lastPrice: number | null;
  /** The price that is on now: the base price, or that of a sale. */
  readonly priceNow: number | null;
}

/** All figures at the end of a run: of the replay, of PostgreSQL and of Redis. */
export interface Findings {
  readonly stock: number;
  readonly sent: Sent;
  readonly totals: Totals;
  readonly products: readonly ProductSums[];
  readonly redis: ReadonlyMap<string, ProductInRedis>;
  readonly pageViews: PageViewCounts;
  readonly orders: OrderSums;
  readonly coupons: readonly (CouponSums & {
    /** Redemptions that Redis has counted; undefined if it does not know the coupon. */
    readonly redeemed: number | undefined;
  })[];
  readonly carts: CartSums;
  readonly offers: OfferFindings;
  readonly priceSales: PriceSaleSums & {
    /** The lowest price among the sales that are on by the books, by product. */
    readonly now: ReadonlyMap<string, number>;
  };
  readonly elapsedMs: number;
}

/** The writes of page views into the books, by the last process of the shop. */
export interface PageViewCounts {
  /** Statements that wrote views. */
  readonly statements: number;
  /** Rows that these statements wrote. */
  readonly rows: number;
}

/** The most offers that Redis lists in one call. */
export const MAX_LISTED = 100;

/** The counts of offers in the books and in Redis. */
export interface OfferFindings extends OfferSums {
  /** Offers whose end is in Redis, as far as one call lists them. */
  readonly inRedis: number;
  /** Offers that lost their row or their tracking on purpose. */
  readonly rowsLost: number;
  readonly trackingLost: number;
  readonly cleaned: number;
}

/** The counts of the replay. */
export interface Sent {
  readonly lines: number;
  readonly bad: number;
  readonly other: number;
  readonly views: number;
  /** Sale lines of the invoices. */
  readonly sales: number;
  /** The sum of price times units of all sale lines, in pence. */
  readonly salesMinor: number;
  readonly orders: number;
  readonly paidLate: number;
  readonly withCoupon: number;
  readonly returns: number;
  readonly priceEvents: number;
  readonly duplicates: number;
  /** Replies to page views and orders, and those of them that were no repeats. */
  readonly replies: { readonly views: ReplyCounts; readonly orders: ReplyCounts };
  readonly priceSales: { readonly planned: number; readonly ended: number };
  /** Carts that held units and were not sold. */
  readonly carts: { readonly cancelled: number; readonly abandoned: number };
  readonly offers: {
    readonly made: number;
    readonly expiring: number;
    readonly extended: number;
    readonly cancelled: number;
  };
  /** Deliveries that were retried. The shop may have received each of them once more. */
  readonly retries: number;
  /** Those of them that the rate limit of orders had refused. */
  readonly limited: number;
  /** The sum of quantities in the invoices, by product. */
  readonly quantities: ReadonlyMap<string, number>;
  /** The price of the latest price event, by product, in pence. */
  readonly prices: ReadonlyMap<string, { readonly amountMinor: number }>;
  /** Page views, by product. */
  readonly productViews: ReadonlyMap<string, number>;
}

export interface ReplyCounts {
  readonly all: number;
  readonly new: number;
}

/** The result that `--json` writes. Units, pence and milliseconds are whole numbers. */
export interface Result {
  /** Lines after the header, including bad and other ones. */
  readonly lines: number;
  readonly bad: number;
  readonly other: number;
  /** Lines of orders in the books, including refused ones. */
  readonly sales: number;
  readonly returns: number;
  /** Lines of refused orders. */
  readonly refusedSales: number;
  readonly refusedUnits: number;
  readonly priceEvents: number;
  readonly duplicatesDelivered: number;
  readonly duplicatesIgnored: number;
  /** Views according to the replay. */
  readonly views: number;
  readonly viewsInDatabase: number;
  /** SQL statements that wrote views, and their rows. Both depend on the duration of the run. */
  readonly viewWrites: number;
  readonly viewRows: number;
  readonly orders: OrderResult;
  readonly reservations: Reservations;
  readonly offers: OfferResult;
  /** Sales in the calendar of prices, and those that were ended before their time. */
  readonly priceSales: { readonly planned: number; readonly ended: number };
  /** The time from the first line until everything is in the books. */
  readonly elapsedMs: number;
  /** Whether the invoices, PostgreSQL and Redis agree. */
  readonly balanced: boolean;
  readonly products: Readonly<Record<string, ProductResult>>;
}

/** The orders in the books. */
export interface OrderResult {
  readonly sold: number;
  readonly refused: number;
  /** Orders whose payment took longer than their units were held. */
  readonly paidLate: number;
  /** Lines of an order on average, sold or refused, with one decimal. */
  readonly linesAnOrder: number;
  /** What the customers paid: price times units of all sold lines, less the discounts. */
  readonly revenueMinor: number;
  readonly discountMinor: number;
  /** Sold orders with a discount. */
  readonly discounted: number;
  /** Replies that a customer sends too many orders. The replay sent each of them again. */
  readonly limited: number;
  /** Price times units of the lines of refused orders. */
  readonly refusedMinor: number;
}

/** The numbers of reservations, by their end. */
export interface Reservations {
  /** Reservations that were sold: one for each product of an order. */
  readonly committed: number;
  readonly released: number;
  readonly expired: number;
  /** Units that are still held. */
  readonly held: number;
}

/** The numbers of offers, by their end. */
export interface OfferResult {
  readonly tracked: number;
  readonly extended: number;
  readonly cancelled: number;
  /** Offers that expired in the database. */
  readonly expired: number;
  readonly orphansCleaned: number;
}

export interface ProductResult {
  readonly sold: number;
  readonly returned: number;
  readonly refused: number;
  readonly available: number;
  readonly lastPrice: number | null;
}

/** Deliveries after the first of each event (from the books), view and order (from the replies). */
export function duplicatesOf({ totals, sent, orders }: Pick<Findings, "totals" | "sent" | "orders">): {
  readonly delivered: number;
  readonly ignored: number;
} {
  const { views, orders: orderReplies } = sent.replies;
  const ended = orders.sold + orders.refused;
  // If the first reply to a view or an order was lost, the books have it, but no reply called it new.
  const ignored = ({ all, new: fresh }: ReplyCounts, inBooks: number) => all - Math.max(fresh, inBooks);
  return {
    delivered: totals.duplicatesDelivered + views.all - totals.viewsInDatabase + orderReplies.all - ended,
    ignored: totals.duplicatesIgnored + ignored(views, totals.viewsInDatabase) + ignored(orderReplies, ended),
  };
}

export function ordersOf({
  orders,
  coupons,
  sent,
}: Pick<Findings, "orders" | "coupons" | "sent">): OrderResult {
  const { sold, refused, lines, soldMinor, refusedMinor, discountMinor } = orders;
  return {
    sold,
    refused,
    paidLate: sent.paidLate,
    linesAnOrder: Math.round((10 * lines) / Math.max(sold + refused, 1)) / 10,
    revenueMinor: soldMinor - discountMinor,
    discountMinor,
    discounted: coupons.reduce((sum, { orders: used }) => sum + used, 0),
    limited: sent.limited,
    refusedMinor,
  };
}

/** The ends of orders and carts come from the books, and held units from Redis. */
export function reservationsOf({ orders, carts, redis }: Findings): Reservations {
  return {
    committed: orders.reservations,
    released: carts.released,
    expired: carts.expired,
    held: [...redis.values()].reduce((sum, { held }) => sum + held, 0),
  };
}

/** Offers that lost their row were made as well. */
export function offersOf({ offers }: Pick<Findings, "offers">): OfferResult {
  const { made, extended, cancelled, expired, rowsLost, cleaned } = offers;
  return { tracked: made + rowsLost, extended, cancelled, expired, orphansCleaned: cleaned };
}

/**
 * `sold`, `returned` and `refused` come from PostgreSQL, `available` and `lastPrice` from Redis.
 */
export function toResult(findings: Findings, balanced: boolean): Result {
  const { sent, totals, products, redis, pageViews, priceSales, elapsedMs } = findings;
  const { lines, bad, other } = sent;
  const duplicates = duplicatesOf(findings);
  return {
    lines,
    bad,
    other,
    sales: totals.sales,
    returns: totals.returns,
    refusedSales: totals.refusedSales,
    refusedUnits: totals.refusedUnits,
    priceEvents: totals.priceEvents,
    duplicatesDelivered: duplicates.delivered,
    duplicatesIgnored: duplicates.ignored,
    views: sent.views,
    viewsInDatabase: totals.viewsInDatabase,
    viewWrites: pageViews.statements,
    viewRows: pageViews.rows,
    orders: ordersOf(findings),
    reservations: reservationsOf(findings),
    offers: offersOf(findings),
    priceSales: { planned: priceSales.planned, ended: priceSales.ended },
    elapsedMs: Math.round(elapsedMs),
    balanced,
    products: Object.fromEntries(
      products.map(({ product, sold, returned, refused }) => {
        const known = redis.get(product);
        return [
          product,
          { sold, returned, refused, available: known?.available ?? 0, lastPrice: known?.lastPrice ?? null },
        ];
      }),
    ),
  };
}
