import { CustomerBook, type OrderSummary, type Session } from "../../catalogue/customer-book.js";
import { ListBook, listOrderOf, type ProductPage } from "../../catalogue/list-book.js";
import { ProductBook } from "../../catalogue/product-book.js";
import { periodOf, ShopBook } from "../../catalogue/shop-book.js";
import type { ShopResources } from "../terms.js";
import { shopPatterns } from "./patterns.js";
import type { ShopCaches } from "./shop-cache.js";

/** Products of a page of a category or of a search. */
export const PAGE_LIMIT = 20;

/** The field of a list without a search. Fields cannot be empty. */
export const NO_SEARCH = "*";

/** The books behind the caches. */
export interface CatalogueBooks {
  readonly products: ProductBook;
  readonly lists: ListBook;
  readonly shop: ShopBook;
  readonly customers: CustomerBook;
}

export function openBooks({ pool, schema }: Pick<ShopResources, "pool" | "schema">): CatalogueBooks {
  return {
    products: new ProductBook(pool, schema),
    lists: new ListBook(pool, schema),
    shop: new ShopBook(pool, schema),
    customers: new CustomerBook(pool, schema),
  };
}

/** The caches of products, of lists of them, and of the shop itself. */
export function catalogueCaches(caches: ShopCaches, { products, lists, shop }: CatalogueBooks) {
  return {
    products: caches.of(shopPatterns.product, {
      loadMany: (list) => products.many(list.map(({ product }) => String(product))),
    }),
    details: caches.of(shopPatterns.details, {
      loadMany: (list) => products.details(list.map(({ product }) => String(product))),
    }),
    lists: caches.of(shopPatterns.list, {
      load: ({ organisation, page, limit, search, order }) =>
        lists.ofOrganisation(String(organisation), {
          page: Number(page),
          limit: Number(limit),
          search: search === NO_SEARCH ? "" : String(search),
          order: listOrderOf(String(order)),
        }),
    }),
    organisations: caches.of(shopPatterns.organisation, {
      load: ({ organisation }) => lists.allOf("organisation", String(organisation)),
    }),
    schemas: caches.of(shopPatterns.schema, {
      load: ({ schema }) => lists.allOf("schema_id", String(schema)),
    }),
    categoryLists: caches.of(shopPatterns.categoryList, {
      load: ({ category, page, sort }) =>
        lists.ofCategory(String(category), Number(page), PAGE_LIMIT, listOrderOf(String(sort))),
    }),
    // Its key has a hash, so each call says what to load.
    searches: caches.of<typeof shopPatterns.search.pattern, ProductPage>(shopPatterns.search, {}),
    categoryTree: caches.of(shopPatterns.categoryTree, { load: () => shop.categoryTree() }),
    settings: caches.of(shopPatterns.settings, { load: () => shop.settings() }),
    dashboards: caches.of(shopPatterns.dashboard, {
      load: ({ period }) => shop.dashboard(periodOf(String(period))),
    }),
  };
}

/** The caches of customers. */
export function customerCaches(caches: ShopCaches, { customers }: CatalogueBooks) {
  return {
    users: caches.of(shopPatterns.user, {
      loadMany: (list) => customers.users(list.map(({ customer }) => String(customer))),
    }),
    sessions: caches.of(shopPatterns.session, {
      async load({ session }, context): Promise<Omit<Session, "leftMs"> | undefined> {
        const found = await customers.session(String(session));
        if (found === undefined) return undefined;
        const { leftMs, ...rest } = found;
        context.freshMs(Math.max(1, Math.min(leftMs, shopPatterns.session.freshMs)));
        return rest;
      },
    }),
    carts: caches.of(shopPatterns.cart, { load: ({ customer }) => customers.cart(String(customer)) }),
    orders: caches.of(shopPatterns.order, {
      async load({ order }, context): Promise<OrderSummary | undefined> {
        const found = await customers.order(String(order));
        // A placed order may still end as sold or refused.
        if (found?.state === "placed") context.doNotStore();
        return found;
      },
    }),
  };
}

export type CatalogueCaches = ReturnType<typeof catalogueCaches>;
export type CustomerCaches = ReturnType<typeof customerCaches>;
