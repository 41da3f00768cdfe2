import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { cacheFastify } from "moonpath/http-cache";
import type { Registry } from "prom-client";
import { NAME } from "../../events.js";
import { customerRoutes } from "../api/customer-routes.js";
import { countSearches, listRoutes } from "../api/list-routes.js";
import { productRoutes as catalogueProductRoutes } from "../api/product-routes.js";
import { statsRoutes } from "../api/stats-routes.js";
import type { ShopContext } from "../context.js";
import { couponRoutes } from "../coupons.js";
import { eventRoutes } from "../events.js";
import { type ConnectionLimits, LIMITS } from "../limits.js";
import { orderRoutes } from "../orders.js";
import { priceSaleRoutes } from "../price-sales.js";
import { productRoutes } from "../products.js";
import { replyToBadUrl, replyToParseError } from "./bad-requests.js";
import { cartRoutes } from "./cart-routes.js";
import { addCdnHeaders } from "./cdn.js";
import { replyWithErrors, ShopError } from "./errors.js";
import { jobRoutes } from "./job-routes.js";
import { offerRoutes } from "./offer-routes.js";
import { recordRoutes, routesOf } from "./routes.js";
import { supplierRoutes } from "./supplier.js";

/** A server that has not replied within this time counts as unavailable. */
const HEALTH_LIMIT_MS = 1_000;

/**
 * Creates the shop's HTTP server, which does not listen yet.
 *
 * `GET /` lists the routes. Error replies are `{ code, message }`; those of `Idempotency-Key` are
 * problem details (RFC 9457). From 500 up, both have an `id`, and `context.warn` gets a line of
 * JSON with the same `id` and the error.
 */
export function createShop(
  context: ShopContext,
  registry: Registry,
  limits: ConnectionLimits = LIMITS,
): FastifyInstance {
  const { warn } = context;
  const shop = Fastify({
    logger: warn ? { level: "warn", stream: { write: (line) => warn(line.trimEnd()) } } : false,
    // A wrong type is an error of the sender, so the reply is an error too.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionTimeout: limits.stalledMs,
    maxRequestsPerSocket: limits.requestsPerConnection,
    http: {
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
    },
    forceCloseConnections: true,
    // The longest name, with each character escaped.
    routerOptions: { maxParamLength: 3 * NAME.maxCharacters },
    frameworkErrors: replyToBadUrl,
    clientErrorHandler: replyToParseError(limits.lingerMs),
  });
  shop.server.maxConnections = limits.connections;
  replyWithErrors(shop, context.ending.signal);
  recordRoutes(shop);
  countSearches(shop, context);
  if (context.pages) shop.register(cacheFastify, { cache: context.pages });
  if (context.cdn) addCdnHeaders(shop);
  shop.get("/", async () => ({
    shop: "Moonpath's storefront",
    routes: routesOf(shop).flatMap(({ method, url }) => (method === "HEAD" ? [] : [`${method} ${url}`])),
  }));
  productRoutes(shop, context);
  eventRoutes(shop, context);
  cartRoutes(shop, context);
  offerRoutes(shop, context);
  priceSaleRoutes(shop, context);
  couponRoutes(shop, context);
  orderRoutes(shop, context, limits);
  jobRoutes(shop, context.scheduler);
  catalogueProductRoutes(shop, context);
  listRoutes(shop, context);
  customerRoutes(shop, context);
  statsRoutes(shop, context);
  if (context.webhookSecrets) supplierRoutes(shop, context, context.webhookSecrets);
  shop.get("/health", async () => {
    const answers = Promise.all([context.pool.query("select 1"), context.ping()]).then(() => true);
    const late = new AbortController();
    const limit = sleep(HEALTH_LIMIT_MS, false, { signal: late.signal }).catch(() => false);
    const healthy = await Promise.race([answers, limit]).catch(() => false);
    late.abort();
    if (!healthy) throw new ShopError(503, "UNHEALTHY", "the shop cannot serve at the moment");
    return { status: "ok" };
  });
  shop.get("/metrics", async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  return shop;
}
