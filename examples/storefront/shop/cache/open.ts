import type { ShopResources } from "../terms.js";
import {
  type CatalogueBooks,
  type CustomerCaches,
  catalogueCaches,
  customerCaches,
  openBooks,
} from "./caches.js";
import { Catalogue } from "./catalogue.js";
import { ProductVersions } from "./product-versions.js";
import { SearchCounter } from "./search-counter.js";
import { ShopCaches } from "./shop-cache.js";
import { StatusChanges } from "./status-changes.js";

/** The catalogue with its caches, and the work behind it. */
export interface CatalogueParts {
  readonly caches: ShopCaches;
  readonly books: CatalogueBooks;
  readonly catalogue: Catalogue;
  readonly versions: ProductVersions;
  readonly customers: CustomerCaches;
  readonly searches: SearchCounter;
  readonly statusChanges: StatusChanges;
}

/** `report` receives what failed in the background, and the error. */
export function openCatalogue(
  resources: ShopResources,
  report: (what: string, error: unknown) => void,
): CatalogueParts {
  const caches = new ShopCaches(resources);
  const books = openBooks(resources);
  const searches = new SearchCounter(resources.acme, (error) => report("the counter of searches", error));
  const versions = new ProductVersions(resources, (error) => report("the versions of products", error));
  const entries = catalogueCaches(caches, books);
  const { pages, cdn } = resources;
  const catalogue = new Catalogue({ caches, books, entries, searches, versions, pages, cdn });
  const statusChanges = new StatusChanges(resources, catalogue, (error) =>
    report("the changes of status", error),
  );
  const customers = customerCaches(caches, books);
  return { caches, books, catalogue, versions, customers, searches, statusChanges };
}
