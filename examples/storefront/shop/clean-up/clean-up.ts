import { forgetRequests } from "moonpath/postgres";
import { inSchema } from "../../books/in-schema.js";
import { CustomerBook } from "../../catalogue/customer-book.js";
import { ProductBook } from "../../catalogue/product-book.js";
import { DAY_MS } from "../cache/pattern-row.js";
import type { Offers } from "../offers.js";
import { REMEMBER_MS, type ShopResources } from "../terms.js";
import { forgetProducts } from "./forgotten-products.js";
import { removePersistentEntries } from "./persistent-entries.js";

/** A cart that nobody has changed for so long is removed. */
const CART_DAYS = 90;

/** What the daily clean-up has removed or repaired, because no TTL reaches it. */
export interface Cleaned {
  /** Offers that lost their row or their tracking. */
  readonly offers: number;
  /** Requests that PostgreSQL remembered. */
  readonly requests: number;
  /** Rows of sessions that have ended, and of carts that nobody has changed for long. */
  readonly sessions: number;
  readonly carts: number;
  /** Products whose row was deleted, and that had stock or prices in Redis. */
  readonly products: number;
  /** Keys of the cache without a TTL. All of them have one, unless somebody has removed it. */
  readonly cacheKeys: number;
}

/** Removes what no TTL reaches. Each step may run again. */
export async function cleanUp(
  resources: ShopResources,
  offers: Pick<Offers, "cleanUp">,
  signal?: AbortSignal,
): Promise<Cleaned> {
  const { pool, schema, redis } = resources;
  const repaired = await offers.cleanUp(signal);
  const requests = await inSchema(pool, schema, (tx) => forgetRequests(tx, { olderThanMs: 2 * REMEMBER_MS }));
  const rows = await new CustomerBook(pool, schema).cleanUp(CART_DAYS * DAY_MS);
  const products =
    redis === undefined
      ? 0
      : await forgetProducts({ ...resources, redis }, new ProductBook(pool, schema), signal);
  const cacheKeys = redis === undefined ? 0 : await removePersistentEntries({ ...resources, redis }, signal);
  return { offers: repaired, requests, ...rows, products, cacheKeys };
}

/** One line for people: `3 offers, 12 requests, …`. */
export function describeCleaned({ offers, requests, sessions, carts, products, cacheKeys }: Cleaned): string {
  return [
    `${offers} offers`,
    `${requests} requests`,
    `${sessions} sessions`,
    `${carts} carts`,
    `stock of ${products} deleted products`,
    `${cacheKeys} cache keys without a TTL`,
  ].join(", ");
}
