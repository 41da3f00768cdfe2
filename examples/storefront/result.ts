import type { CartSums } from "./books/carts.js";
import type { OfferSums } from "./books/offers.js";
import type { ProductSums, Totals } from "./books/sums.js";

/** What Redis holds of one product. */
export interface ProductInRedis {
  /**
   * Units over both warehouses that are not held; undefined when Redis does not know the product.
   */
  readonly available: number | undefined;
  /** Units that reservations hold. */
  readonly held: number;
  /** Base price in pence; null without one. */
  readonly lastPrice: number | null;
}

/**
 * Everything that the end of a run knows: what the replay sent, what PostgreSQL holds, what Redis
 * holds.
 */
export interface Findings {
  readonly stock: number;
  readonly sent: Sent;
  readonly totals: Totals;
  readonly products: readonly ProductSums[];
  readonly redis: ReadonlyMap<string, ProductInRedis>;
  readonly pageViews: PageViewWay;
  readonly carts: CartSums;
  readonly offers: OfferFindings;
  readonly elapsedMs: number;
}

/** What the shop counted on the way of page views from the requests into the books. */
export interface PageViewWay {
  /** Views that were answered, each as often as it was delivered. */
  readonly delivered: number;
  /** Those that Redis took as new. */
  readonly added: number;
  /** Statements that wrote views. */
  readonly statements: number;
  /** Rows that they wrote. */
  readonly rows: number;
}

/** Redis lists no more offers than that in one go. */
export const MAX_LISTED = 1_000;

/** Offers by the books and by Redis. */
export interface OfferFindings extends OfferSums {
  /** Offers whose end Redis has, as far as it lists them. */
  readonly inRedis: number;
  /** Offers that lost their row, or their tracking, on purpose. */
  readonly rowsLost: number;
  readonly trackingLost: number;
  readonly cleaned: number;
}

/** The replay's own count. */
export interface Sent {
  readonly lines: number;
  readonly bad: number;
  readonly other: number;
  readonly views: number;
  readonly sales: number;
  readonly returns: number;
  readonly priceEvents: number;
  readonly duplicates: number;
  /** Carts that held units and came to nothing. */
  readonly carts: { readonly cancelled: number; readonly abandoned: number };
  readonly offers: {
    readonly made: number;
    readonly expiring: number;
    readonly extended: number;
    readonly cancelled: number;
  };
  /** Deliveries that had to be tried again; the shop may have seen each of them once more. */
  readonly retries: number;
  /** The invoices' own sum of quantities, by product. */
  readonly quantities: ReadonlyMap<string, number>;
  /** The price of the latest price event, by product, in pence. */
  readonly prices: ReadonlyMap<string, { readonly amountMinor: number }>;
  /** Page views, by product. */
  readonly productViews: ReadonlyMap<string, number>;
}

/** The result as `--json` writes it. Units, pence and milliseconds are whole numbers. */
export interface Result {
  /** Lines after the header, bad and other ones included. */
  readonly lines: number;
  readonly bad: number;
  readonly other: number;
  /** Sales in the books, refused ones included. */
  readonly sales: number;
  readonly returns: number;
  readonly refusedSales: number;
  readonly refusedUnits: number;
  readonly priceEvents: number;
  readonly duplicatesDelivered: number;
  readonly duplicatesIgnored: number;
  /** Views by the replay's own count. */
  readonly views: number;
  readonly viewsInDatabase: number;
  /**
   * SQL statements that wrote views, and the rows that they wrote. Both depend on how long the run
   * took.
   */
  readonly viewWrites: number;
  readonly viewRows: number;
  readonly reservations: Reservations;
  readonly offers: OfferResult;
  /** From the first line until everything is in the books. */
  readonly elapsedMs: number;
  /** Whether invoices, PostgreSQL and Redis agree on everything. */
  readonly balanced: boolean;
  readonly products: Readonly<Record<string, ProductResult>>;
}

/** How reservations ended. */
export interface Reservations {
  /** Sold. */
  readonly committed: number;
  readonly released: number;
  readonly expired: number;
  /** Units that are still held. */
  readonly held: number;
}

/** What became of offers. */
export interface OfferResult {
  readonly tracked: number;
  readonly extended: number;
  readonly cancelled: number;
  /** In the database. */
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

/**
 * Deliveries beyond each event's first, by the books, and beyond each view's first, by the shop.
 */
export function duplicatesOf({ totals, pageViews }: Pick<Findings, "totals" | "pageViews">): {
  readonly delivered: number;
  readonly ignored: number;
} {
  const { delivered, added } = pageViews;
  const { viewsInDatabase } = totals;
  return {
    delivered: totals.duplicatesDelivered + delivered - viewsInDatabase,
    // A view whose first answer was lost on the way from Redis is in the books, though no answer
    // called it new.
    ignored: totals.duplicatesIgnored + delivered - Math.max(added, viewsInDatabase),
  };
}

/** Sales and carts by the books, units held by Redis. */
export function reservationsOf({ totals, carts, redis }: Findings): Reservations {
  return {
    committed: totals.sales - totals.refusedSales,
    released: carts.released,
    expired: carts.expired,
    held: [...redis.values()].reduce((sum, { held }) => sum + held, 0),
  };
}

/** Those whose row is gone were made as well. */
export function offersOf({ offers }: Pick<Findings, "offers">): OfferResult {
  const { made, extended, cancelled, expired, rowsLost, cleaned } = offers;
  return { tracked: made + rowsLost, extended, cancelled, expired, orphansCleaned: cleaned };
}

/**
 * `sold`, `returned`, `refused` come out of PostgreSQL, `available` and `lastPrice` out of Redis.
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
