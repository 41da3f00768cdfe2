import { type CatalogueBooks, NO_SEARCH, PAGE_LIMIT } from "./caches.js";
import type { Catalogue } from "./catalogue.js";

/** The most products whose entries are loaded at the start. */
export const WARM_PRODUCTS = 2_000;
/** Products of one query. */
const BATCH = 100;

/**
 * Loads what most visitors ask for, before the first of them comes. These are the category tree, the
 * settings, the statistics, the first page of each list, and the most viewed products with their pages.
 * What is stored already is not loaded. Returns the number of products.
 */
export async function warmUp(
  { entries }: Pick<Catalogue, "entries">,
  { products, lists }: Pick<CatalogueBooks, "products" | "lists">,
  signal: AbortSignal,
): Promise<number> {
  await Promise.all([
    entries.categoryTree.warm([{}]),
    entries.settings.warm([{}]),
    entries.dashboards.warm([{ period: "today" }, { period: "week" }, { period: "month" }]),
  ]);
  const { organisations, categories } = await lists.groups();
  await entries.lists.warm(
    organisations.map((organisation) => ({
      organisation,
      page: 1,
      limit: PAGE_LIMIT,
      search: NO_SEARCH,
      order: "name",
    })),
  );
  await entries.categoryLists.warm(categories.map((category) => ({ category, page: 1, sort: "name" })));
  const popular = await products.popular(WARM_PRODUCTS);
  for (let from = 0; from < popular.length; from += BATCH) {
    signal.throwIfAborted();
    const fields = popular.slice(from, from + BATCH).map((product) => ({ product }));
    await entries.products.warm(fields);
    await entries.details.warm(fields);
  }
  return popular.length;
}
