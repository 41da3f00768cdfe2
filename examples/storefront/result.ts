import type { CartSums } from "./books/carts.js";
import type { OfferSums } from "./books/offers.js";
import type { ProductSums, Totals } from "./books/sums.js";

/** The state of one product in Redis. */
export interface ProductInRedis {
  /** Units of both warehouses that are not held. Undefined if Redis does not know the product. */
  readonly available: number | undefined;
  /** Units that reservations hold. */
  readonly held: number;
  /** The base price in pence; null without one. */
  readonly lastPrice: number | null;
}

/** All figures at the end of a run: of the replay, of PostgreSQL and of Redis. */
export interface Findings {
  readonly stock: number;
  readonly sent: Sent;
  readonly totals: Totals;
  readonly products: readonly ProductSums[];
  readonly redis: ReadonlyMap<string, ProductInRedis>;
  readonly pageViews: PageViewCounts;
  readonly carts: CartSums;
  readonly offers: OfferFindings;
  readonly elapsedMs: number;
}

/** The counts of page views between the requests and the books. */
export interface PageViewCounts {
  /** Views with a reply; each delivery counts. */
  readonly delivered: number;
  /** Views that Redis counted as new. */
  readonly added: number;
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
  readonly sales: number;
  readonly returns: number;
  readonly priceEvents: number;
  readonly duplicates: number;
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
  /** The sum of quantities in the invoices, by product. */
  readonly quantities: ReadonlyMap<string, number>;
  /** The price of the latest price event, by product, in pence. */
  readonly prices: ReadonlyMap<string, { readonly amountMinor: number }>;
  /** Page views, by product. */
  readonly productViews: ReadonlyMap<string, number>;
}

/** The result that `--json` writes. Units, pence and milliseconds are whole numbers. */
export interface Result {
  /** Lines after the header, including bad and other ones. */
  readonly lines: number;
  readonly bad: number;
  readonly other: number;
  /** Sales in the books, including refused ones. */
  readonly sales: number;
  readonly returns: number;
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
  readonly reservations: Reservations;
  readonly offers: OfferResult;
  /** The time from the first line until everything is in the books. */
  readonly elapsedMs: number;
  /** Whether the invoices, PostgreSQL and Redis agree. */
  readonly balanced: boolean;
  readonly products: Readonly<Record<string, ProductResult>>;
}

/** The numbers of reservations, by their end. */
export interface Reservations {
  /** Reservations that were sold. */
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

/** Deliveries after the first of each event (from the books) and of each view (from the shop). */
export function duplicatesOf({ totals, pageViews }: Pick<Findings, "totals" | "pageViews">): {
  readonly delivered: number;
  readonly ignored: number;
} {
  const { delivered, added } = pageViews;
  const { viewsInDatabase } = totals;
  return {
    delivered: totals.duplicatesDelivered + delivered - viewsInDatabase,
    // If the first reply of Redis for a view was lost, the view is in the books, but no reply
    // called it new.
    ignored: totals.duplicatesIgnored + delivered - Math.max(added, viewsInDatabase),
  };
}

/** The ends of sales and carts come from the books, and held units from Redis. */
export function reservationsOf({ totals, carts, redis }: Findings): Reservations {
  return {
    committed: totals.sales - totals.refusedSales,
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
  const { sent, totals, products, redis, pageViews, elapsedMs } = findings;
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
    reservations: reservationsOf(findings),
    offers: offersOf(findings),
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
