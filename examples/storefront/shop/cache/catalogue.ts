import type { FacetedPage, ListOrder, ProductPage } from "../../catalogue/list-book.js";
import type {
  NewProduct,
  Product,
  ProductChange,
  ProductDetails,
  StockStatus,
} from "../../catalogue/product-book.js";
import type { Category, Settings } from "../../catalogue/shop-book.js";
import { purgeProducts } from "../http/cdn.js";
import { ShopError, unknownProduct } from "../http/errors.js";
import type { ShopPages } from "../http/pages.js";
import type { ShopCdn } from "../terms.js";
import { type CatalogueBooks, type CatalogueCaches, NO_SEARCH, PAGE_LIMIT } from "./caches.js";
import { SECOND_MS } from "./pattern-row.js";
import { shopPatterns } from "./patterns.js";
import type { ProductVersions } from "./product-versions.js";
import { RecentNames } from "./recent-names.js";
import type { SearchCounter } from "./search-counter.js";
import { hashOf, type SearchRequest } from "./search-request.js";
import type { ShopCaches } from "./shop-cache.js";

/** A page with its products. */
export type Shown<Page extends ProductPage> = Omit<Page, "products"> & {
  readonly products: readonly Product[];
};

/** Which page of an organisation's products. An empty search finds all. */
export interface ListRequest {
  readonly organisation: string;
  readonly page: number;
  readonly limit: number;
  readonly search: string;
  readonly order: ListOrder;
}

/** The write of a request, as `entityTags` begins it. */
export interface ExpectedWrite {
  /** The highest version of the row that its client has read; undefined: any. */
  readonly expectedNumber: number | undefined;
  setNumber(number: number): void;
}

interface CatalogueParts {
  readonly caches: ShopCaches;
  readonly books: CatalogueBooks;
  readonly entries: CatalogueCaches;
  readonly searches: SearchCounter;
  readonly versions: ProductVersions;
  readonly pages: ShopPages | undefined;
  readonly cdn: ShopCdn | undefined;
}

/** A process looks for the next page of a list at most once in this time. */
const PREFETCH_EVERY_MS = 5 * SECOND_MS;
const MAX_PREFETCHED = 10_000;

/**
 * Reads and changes of the catalogue. Each change writes to the database first. When it returns, no
 * process is served what was there before.
 */
export class Catalogue {
  readonly entries: CatalogueCaches;
  readonly #caches: ShopCaches;
  readonly #books: CatalogueBooks;
  readonly #searches: SearchCounter;
  readonly #versions: ProductVersions;
  readonly #pages: ShopPages | undefined;
  readonly #cdn: ShopCdn | undefined;
  readonly #prefetched = new RecentNames(PREFETCH_EVERY_MS, MAX_PREFETCHED);

  constructor({ caches, books, entries, searches, versions, pages, cdn }: CatalogueParts) {
    this.#pages = pages;
    this.#cdn = cdn;
    this.entries = entries;
    this.#caches = caches;
    this.#books = books;
    this.#searches = searches;
    this.#versions = versions;
  }

  /** The products of a batch, in their order. One reading, and one query for all that are missing. */
  batch(products: readonly string[]): Promise<(Product | undefined)[]> {
    return this.entries.products.getMany(products.map((product) => ({ product })));
  }

  /** A product's page. An offer that has ended is not on it, also while its entry still has the offer. */
  async details(product: string): Promise<ProductDetails | undefined> {
    const found = await this.entries.details.get({ product });
    if (found?.offer == null || found.offer.endsMs > Date.now()) return found;
    return { ...found, offer: null };
  }

  /** A page of an organisation's products. It also loads the next page, in the background. */
  async list({ search, ...request }: ListRequest): Promise<Shown<FacetedPage>> {
    const fields = { ...request, search: search === "" ? NO_SEARCH : search };
    const { page, limit } = request;
    const found = await this.entries.lists.get(fields);
    if (found === undefined) throw new Error("a list was not loaded");
    const next = { ...fields, page: page + 1 };
    if (page * limit < found.total && this.#prefetched.isNew(JSON.stringify(next)))
      this.entries.lists.prefetch([next]);
    return this.#shown(found);
  }

  async categoryList(category: string, page: number, sort: ListOrder): Promise<Shown<ProductPage>> {
    const found = await this.entries.categoryLists.get({ category, page, sort });
    if (found === undefined) throw new Error("a list was not loaded");
    const next = { category, page: page + 1, sort };
    if (page * PAGE_LIMIT < found.total && this.#prefetched.isNew(JSON.stringify(next)))
      this.entries.categoryLists.prefetch([next]);
    return this.#shown(found);
  }

  /** Counts a search of one person. */
  noteSearch(request: SearchRequest, person: string): void {
    this.#searches.add(hashOf(request), person);
  }

  /** A search. Those that many people make are fresh for longer. */
  async search(request: SearchRequest): Promise<Shown<ProductPage>> {
    const hash = hashOf(request);
    const { query, category, page } = request;
    const found = await this.entries.searches.get({ hash }, async (_fields, context) => {
      if (this.#caches.isOn && (await this.#searches.isPopular(hash)))
        context.freshMs(shopPatterns.search.longFreshMs ?? shopPatterns.search.freshMs);
      return this.#books.lists.search(query, category, page, PAGE_LIMIT);
    });
    if (found === undefined) throw new Error("a search was not loaded");
    return this.#shown(found);
  }

  async create(made: NewProduct): Promise<Product> {
    const { product } = made;
    const create = () =>
      this.#writeProduct(product, async () => {
        const row = await this.#books.products.create(made);
        if (row === "taken") throw new ShopError(409, "PRODUCT_EXISTS", "the code of the product is taken");
        if (row === "unknown category") throw unknownCategory();
        return row;
      });
    const created = await this.#versions.write([product], create, (row) => row.version);
    await this.#caches.invalidateTags(membershipTags([created]));
    await this.#productsChanged([created]);
    return created;
  }

  /**
   * Changes a product. A new price only ends lists by price, and a new description ends none. `request` is
   * the write of a request, which may expect a version.
   */
  async update(product: string, change: ProductChange, request?: ExpectedWrite): Promise<Product> {
    const update = () =>
      this.#writeProduct(product, async () => {
        const row = await this.#books.products.update(product, change, request?.expectedNumber);
        if (row !== undefined) return row;
        const [present] = await this.#books.products.many([product]);
        if (present === undefined) throw unknownProduct();
        request?.setNumber(present.version);
        throw new ShopError(412, "PRECONDITION_FAILED", "the product has changed since; read it again");
      });
    const updated = await (request
      ? update()
      : this.#versions.write([product], update, (row) => row.version));
    request?.setNumber(updated.version);
    await this.#caches.invalidateTags([
      ...(change.name === undefined ? [] : nameTags(updated)),
      ...(change.priceMinor === undefined ? [] : priceTags(updated)),
    ]);
    await this.#productsChanged([updated]);
    return updated;
  }

  /** Sets the status of the stock. Returns whether it was another one. */
  async setStatus(product: string, status: StockStatus): Promise<boolean> {
    const around = () => this.#writeAround([product], () => this.#books.products.setStatus(product, status));
    const changed = await this.#versions.write([product], around, (row) => row?.version);
    if (changed === undefined) return false;
    // The facets of its organisation count statuses.
    await this.#caches.invalidateTags([`org:${changed.organisation}`]);
    await this.#pages?.changed("status_changed", changed);
    await purgeProducts(this.#cdn, [product]);
    return true;
  }

  /** Deletes products, one or many. Returns those that existed. */
  async remove(products: readonly string[]): Promise<Product[]> {
    const around = () => this.#writeAround(products, () => this.#books.products.remove(products));
    const removed = await this.#versions.write(products, around, () => undefined);
    await this.#versions.forget(products);
    await this.#caches.invalidateTags(membershipTags(removed));
    await this.#productsChanged(removed);
    return removed;
  }

  async renameCategory(category: string, name: string): Promise<Category> {
    const renamed = await this.entries.categoryTree.writeAround([{}], async () => {
      const row = await this.#books.shop.renameCategory(category, name);
      if (row === undefined) throw unknownCategory();
      return row;
    });
    await this.#pages?.changed("category_changed", {});
    return renamed;
  }

  setSettings(content: Settings["content"]): Promise<Settings> {
    return this.entries.settings.write({}, () => this.#books.shop.setSettings(content));
  }

  /** A product's offer has changed, which its page shows. */
  async offerChanged(product: string): Promise<void> {
    await this.entries.details.invalidate({ product });
    await this.#pages?.changed("offer_changed", { product });
    await purgeProducts(this.#cdn, [product]);
  }

  /** Call it after the entries have changed: pages are made of them. */
  async #productsChanged(products: readonly Product[]): Promise<void> {
    if (products.length > 0) await this.#pages?.changed("product_changed", products);
    await purgeProducts(
      this.#cdn,
      products.map(({ product }) => product),
    );
  }

  /** The codes of all products. */
  allProducts(): Promise<string[]> {
    return this.#books.products.all();
  }

  /** The products of a page. One that was deleted meanwhile is left out. */
  async #shown<Page extends ProductPage>({ products, ...page }: Page): Promise<Shown<Page>> {
    const found = await this.batch(products);
    return { ...page, products: found.filter((product) => product !== undefined) };
  }

  /** The product's entry has the new row afterwards, and its page is loaded anew. */
  #writeProduct(product: string, write: () => Promise<Product>): Promise<Product> {
    const { products, details } = this.entries;
    return products.write({ product }, () => details.writeAround([{ product }], write));
  }

  #writeAround<Result>(list: readonly string[], write: () => Promise<Result>): Promise<Result> {
    const { products, details } = this.entries;
    const fields = list.map((product) => ({ product }));
    return products.writeAround(fields, () => details.writeAround(fields, write));
  }
}

function unknownCategory(): ShopError {
  return new ShopError(404, "UNKNOWN_CATEGORY", "there is no such category");
}

/** Lists that have a product, or do not have it any more. */
function membershipTags(products: readonly Product[]): string[] {
  const tags = products.flatMap((product) => [...nameTags(product), `schema:${product.schema}`]);
  return [...new Set(tags)];
}

/** A name decides about searches, and about the place in lists by name. */
function nameTags({ organisation, category }: Product): string[] {
  return [`org:${organisation}`, `category:${category}`, "search"];
}

function priceTags({ organisation, category }: Product): string[] {
  const orders: readonly ListOrder[] = ["price", "-price"];
  return orders.flatMap((order) => [`order:${organisation}:${order}`, `sort:${category}:${order}`]);
}
