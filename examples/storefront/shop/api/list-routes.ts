import type { FastifyInstance } from "fastify";
import type { ListOrder } from "../../catalogue/list-book.js";
import type { Settings } from "../../catalogue/shop-book.js";
import type { ShopContext } from "../context.js";
import { customerOf } from "../http/customer.js";
import {
  categoryListQuery,
  dashboardQuery,
  listQuery,
  nameBody,
  paramsOf,
  searchQuery,
  settingsBody,
} from "./schemas.js";

const SEARCH = "/api/v1/search";

/** Counts who searches. Add it before the cache of pages, which answers without the route's handler. */
export function countSearches(shop: FastifyInstance, { catalogue }: ShopContext): void {
  shop.addHook("preHandler", async (request) => {
    if (request.routeOptions.url !== SEARCH || !isSearch(request.query)) return;
    const { query } = request;
    catalogue.noteSearch({ ...query, page: Number(query.page) }, customerOf(request) ?? request.ip);
  });
}

/** The route's schema has checked the query. */
function isSearch(query: unknown): query is { query: string; category: string; page: string } {
  return typeof query === "object" && query !== null && "query" in query;
}

/** Lists of products, searches, categories, statistics and settings. */
export function listRoutes(shop: FastifyInstance, { catalogue }: ShopContext): void {
  const { entries } = catalogue;

  shop.get<{
    Querystring: { organisation: string; page: string; limit: string; search: string; order: ListOrder };
  }>("/api/v1/products", { schema: { querystring: listQuery } }, ({ query }) =>
    catalogue.list({ ...query, page: Number(query.page), limit: Number(query.limit) }),
  );

  shop.get<{ Params: { category: string }; Querystring: { page: string; sort: ListOrder } }>(
    "/api/v1/categories/:category/products",
    { schema: { params: paramsOf.category, querystring: categoryListQuery } },
    ({ params: { category }, query }) => catalogue.categoryList(category, Number(query.page), query.sort),
  );

  shop.get<{ Params: { organisation: string } }>(
    "/api/v1/organisations/:organisation/products",
    { schema: { params: paramsOf.organisation } },
    async ({ params: { organisation } }) => ({
      product_ids: (await entries.organisations.get({ organisation })) ?? [],
    }),
  );

  shop.get<{ Params: { schema: string } }>(
    "/api/v1/schemas/:schema/products",
    { schema: { params: paramsOf.schema } },
    async ({ params: { schema } }) => ({ product_ids: (await entries.schemas.get({ schema })) ?? [] }),
  );

  shop.get<{ Querystring: { query: string; category: string; page: string } }>(
    SEARCH,
    { schema: { querystring: searchQuery } },
    ({ query }) => catalogue.search({ ...query, page: Number(query.page) }),
  );

  shop.get("/api/v1/categories", async () => ({ categories: (await entries.categoryTree.get({})) ?? [] }));

  shop.put<{ Params: { category: string }; Body: { name: string } }>(
    "/api/v1/categories/:category",
    { schema: { params: paramsOf.category, body: nameBody } },
    ({ params: { category }, body }) => catalogue.renameCategory(category, body.name),
  );

  shop.get<{ Querystring: { period: string } }>(
    "/api/v1/analytics/dashboard",
    { schema: { querystring: dashboardQuery } },
    async ({ query: { period } }) => (await entries.dashboards.get({ period })) ?? {},
  );

  shop.get("/api/v1/settings", async () => (await entries.settings.get({})) ?? {});

  shop.put<{ Body: Pick<Settings, "content"> }>(
    "/api/v1/settings",
    { schema: { body: settingsBody } },
    ({ body: { content } }) => catalogue.setSettings(content),
  );
}
