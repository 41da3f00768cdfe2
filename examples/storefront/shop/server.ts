import Fastify, { type FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { ShopContext } from "./context.js";
import { answerErrors } from "./errors.js";
import { eventRoutes } from "./events.js";
import { productRoutes } from "./products.js";

/**
 * The shop's HTTP server, not yet listening.
 *
 * `GET /products`, `GET /products/:code`, `POST /events/opening|sale|return|price`, `GET /health`,
 * `GET /metrics`. Errors answer `{ code, message }`.
 */
export function createShop(context: ShopContext, registry: Registry): FastifyInstance {
  const shop = Fastify({
    // A wrong type is a mistake of the sender and answered as one.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    bodyLimit: 16_384,
    forceCloseConnections: true,
  });
  answerErrors(shop);
  productRoutes(shop, context);
  eventRoutes(shop, context);
  shop.get("/health", async () => {
    await Promise.all([context.pool.query("select 1"), context.ping()]);
    return { status: "ok" };
  });
  shop.get("/metrics", async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  return shop;
}
