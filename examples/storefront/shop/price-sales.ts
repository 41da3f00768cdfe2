import type { FastifyInstance } from "fastify";
import { type PriceSale, PriceSaleBook } from "../books/price-sales.js";
import { CURRENCY } from "../events.js";
import { otherPayload, ShopError, unknownProduct } from "./http/errors.js";
import { priceSaleBody, priceSaleEndBody, productParams } from "./http/schemas.js";
import type { ShopResources } from "./terms.js";

/**
 * The calendar of sales. A sale is planned, and ended before its time if necessary; each step may be
 * delivered twice. Redis's clock starts and ends it. A product's page shows the price that is on, and
 * an order line without a price pays it.
 */
export function priceSaleRoutes(shop: FastifyInstance, { acme, pool, schema }: ShopResources): void {
  const book = new PriceSaleBook(pool, schema);

  shop.post<{ Body: PriceSale }>("/price-sales", { schema: { body: priceSaleBody } }, async ({ body }) => {
    const { sale, product, amountMinor, startsInMs, sequence } = body;
    const stock = await acme.stock.read({ product, low: 0 });
    if (stock.outcome === "unknown") throw unknownProduct();
    const times = await book.plan(body);
    if (times === "mismatch") throw otherPayload();
    const { outcome } = await acme.price.setSale({
      product,
      currency: CURRENCY,
      sale,
      amountMinor,
      // Without a start it is on at once, also if PostgreSQL's clock is ahead of Redis's.
      ...(startsInMs === 0 ? {} : { startsAtMs: times.startsAtMs }),
      endsAtMs: times.endsAtMs,
      sequence,
    });
    if (outcome === "full") throw new ShopError(409, "TOO_MANY_SALES", "the product has 50 other sales");
    return { outcome, ...times };
  });

  shop.post<{ Body: Pick<PriceSale, "sale" | "product" | "sequence"> }>(
    "/price-sales/end",
    { schema: { body: priceSaleEndBody } },
    async ({ body }) => {
      const { sale, product, sequence } = body;
      if (!(await book.end(sale, product))) throw new ShopError(404, "UNKNOWN_SALE", "there is no such sale");
      const { outcome } = await acme.price.removeSale({ product, currency: CURRENCY, sale, sequence });
      return { outcome };
    },
  );

  shop.get<{ Params: { code: string } }>(
    "/products/:code/sales",
    { schema: { params: productParams } },
    async ({ params: { code: product } }) => ({ product, sales: await book.calendarOf(product) }),
  );
}
