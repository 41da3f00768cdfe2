import { createHttpCache, event, type HttpCache, policy } from "moonpath/http-cache";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../cache/pattern-row.js";

/** What happens in the shop. The aliases are the names of the document that the shop follows. */
export const shopEvents = {
  product_changed: event({ payload: ["product", "organisation", "category"], aliases: ["product_update"] }),
  /** The status of a product's stock is another one. A unit sold is no event. */
  status_changed: event({ payload: ["product", "organisation", "category"], aliases: ["inventory_change"] }),
  offer_changed: event({ payload: ["product"] }),
  category_changed: event({ payload: [], aliases: ["category_update", "category_tree_change"] }),
  category_assigned: event({ payload: ["category"], aliases: ["category_assignment"] }),
  search_index_changed: event({ payload: [], aliases: ["search_index_update"] }),
  order_changed: event({ payload: [], aliases: ["order_update"] }),
  statistics_made: event({ payload: [], aliases: ["daily_analytics_job"] }),
  report_made: event({ payload: [], aliases: ["report_generation_job"] }),
};

/** The pages of the shop that are the same for all visitors. */
export const pagePolicies = {
  product: policy({
    path: "/api/v1/products/:product",
    freshMs: HOUR_MS,
    invalidateOn: ["product_update", "inventory_change"],
  }),
  details: policy({
    path: "/api/v1/products/:product/details",
    freshMs: HOUR_MS,
    invalidateOn: ["product_update", "inventory_change", "offer_changed"],
  }),
  list: policy({
    path: "/api/v1/products",
    freshMs: 5 * MINUTE_MS,
    query: ["organisation", "page", "limit", "search", "order"],
    invalidateOn: ["product_update", "inventory_change"],
  }),
  categories: policy({
    path: "/api/v1/categories",
    freshMs: 2 * HOUR_MS,
    invalidateOn: ["category_update", "category_tree_change"],
  }),
  categoryProducts: policy({
    path: "/api/v1/categories/:category/products",
    freshMs: 30 * MINUTE_MS,
    query: ["page", "sort"],
    invalidateOn: ["product_update", "inventory_change", "category_assignment"],
  }),
  search: policy({
    path: "/api/v1/search",
    freshMs: 15 * MINUTE_MS,
    query: ["query", "category", "page"],
    invalidateOn: ["product_update", "inventory_change", "search_index_update"],
  }),
  dashboard: policy({
    path: "/api/v1/analytics/dashboard",
    freshMs: HOUR_MS,
    query: ["period"],
    invalidateOn: ["order_update", "daily_analytics_job"],
  }),
  reports: policy({
    path: "/api/v1/analytics/reports/*",
    freshMs: 6 * HOUR_MS,
    query: "all",
    invalidateOn: ["report_generation_job"],
  }),
};

/** The cache of the shop's pages. */
export type ShopPages = HttpCache<typeof shopEvents>;

/** `onError` receives errors that no visitor gets. */
export function createPages(
  {
    moonpath,
    tenant,
    cacheTimeoutMs,
  }: {
    readonly moonpath: object;
    readonly tenant: string;
    readonly cacheTimeoutMs?: number | undefined;
  },
  onError: (error: Error) => void,
): ShopPages {
  return createHttpCache(moonpath, {
    tenant,
    events: shopEvents,
    policies: pagePolicies,
    cacheTimeoutMs,
    xCache: true,
    rules: { maxKeepMs: DAY_MS },
    onError,
  });
}
