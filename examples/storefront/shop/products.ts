import type { FastifyInstance } from "fastify";
import { inBooks } from "../books/errors.js";
import { listProducts } from "../books/sums.js";
import { CURRENCY } from "../events.js";
import type { ShopContext } from "./context.js";
import { unknownProduct } from "./http/errors.js";
import { listQuery, productParams, viewQuery } from "./http/schemas.js";
import { statusOf } from "./terms.js";

/** The product page and the list of products. */
export function productRoutes(shop: FastifyInstance, context: ShopContext): void {
  shop.get<{ Querystring: { after?: string; limit: string } }>(
    "/products",
    { schema: { querystring: listQuery } },
    async ({ query }) => {
      const { pool, schema } = context;
      const products = await inBooks(listProducts(pool, schema, query.after ?? "", Number(query.limit)));
      return { products, next: products.at(-1) ?? null };
    },
  );
  shop.get<{ Params: { code: string }; Querystring: { view?: string } }>(
    "/products/:code",
    { schema: { params: productParams, querystring: viewQuery } },
    ({ method, params, query }) => showProduct(context, { product: params.code, view: query.view, method }),
  );
}

interface PageRequest {
  readonly product: string;
  readonly view: string | undefined;
  readonly method: string;
}

/**
 * Reads stock and price, and counts the view. The same view id is counted once, and HEAD counts no
 * view.
 */
async function showProduct({ acme, views }: ShopContext, { product, view, method }: PageRequest) {
  const [stock, price] = await Promise.all([
    acme.stock.levels({ product }),
    acme.price.read({ product, currency: CURRENCY }),
  ]);
  if (stock.outcome === "unknown") throw unknownProduct();
  const repeated = method === "HEAD" ? false : await views.countView(product, view);
  return {
    product,
    available: stock.available,
    status: statusOf(stock.available),
    levels: stock.levels.map(({ warehouse, quantity }) => ({ warehouse, quantity })),
    price:
      price.outcome === "priced"
        ? { currency: CURRENCY, baseMinor: price.baseMinor, effectiveMinor: price.effectiveMinor }
        : null,
    repeated,
  };
}
