import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { NAME } from "../events.js";
import { cartRoutes } from "./cart-routes.js";
import type { ShopContext } from "./context.js";
import { answerErrors, answerGarbage, answerUnreadable, ShopError } from "./errors.js";
import { eventRoutes } from "./events.js";
import { offerRoutes } from "./offer-routes.js";
import { orderRoutes } from "./orders.js";
import { productRoutes } from "./products.js";

/** A server that has not answered by then counts as gone. */
const HEALTH_LIMIT_MS = 1_000;

const ROUTES = [
  "/products",
  "/products/:code",
  "/offers/expiring",
  "/jobs",
  "/health",
  "/metrics",
  "POST /orders",
  "POST /carts, /carts/cancel",
  "POST /offers, /offers/extend, /offers/cancel",
  "POST /events/opening|sale|return|price",
] as const;

/**
 * The shop's HTTP server, not yet listening.
 *
 * `GET /` lists the routes. Errors answer `{ code, message }`; those of `Idempotency-Key` are problems (RFC 9457).
 */
export function createShop(context: ShopContext, registry: Registry): FastifyInstance {
  const shop = Fastify({
    // A wrong type is a mistake of the sender and answered as one.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    bodyLimit: 16_384,
    forceCloseConnections: true,
    // The longest name, each character of it escaped.
    routerOptions: { maxParamLength: 3 * NAME.mostCharacters },
    frameworkErrors: answerUnreadable,
    clientErrorHandler: answerGarbage,
  });
  answerErrors(shop);
  shop.get("/", async () => ({
    shop: "Moonpath's storefront",
    routes: ROUTES,
  }));
  productRoutes(shop, context);
  eventRoutes(shop, context);
  cartRoutes(shop, context);
  offerRoutes(shop, context.offers);
  orderRoutes(shop, context);
  shop.get("/jobs", () => context.scheduler.status());
  shop.get("/health", async () => {
    const answers = Promise.all([context.pool.query("select 1"), context.ping()]).then(() => true);
    const late = new AbortController();
    const limit = sleep(HEALTH_LIMIT_MS, false, { signal: late.signal }).catch(() => false);
    const healthy = await Promise.race([answers, limit]).catch(() => false);
    late.abort();
    if (!healthy) throw new ShopError(503, "UNHEALTHY", "Redis or PostgreSQL does not answer");
    return { status: "ok" };
  });
  shop.get("/metrics", async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  return shop;
}
