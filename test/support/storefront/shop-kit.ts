import type { FastifyInstance } from "fastify";
import type { Redis } from "ioredis";
import pg from "pg";
import { Registry } from "prom-client";
import { createSchema } from "../../../examples/storefront/books/schema.js";
import { sumProducts } from "../../../examples/storefront/books/sums.js";
import { createContext, stopBackground } from "../../../examples/storefront/shop/context.js";
import { createPages } from "../../../examples/storefront/shop/http/pages.js";
import { createShop } from "../../../examples/storefront/shop/http/server.js";
import { type ConnectionLimits, LIMITS } from "../../../examples/storefront/shop/limits.js";
import type { ShopResources } from "../../../examples/storefront/shop/terms.js";
import { createMoonpath, type Observer } from "../../../src/index.js";
import { freshDatabase } from "../postgres.js";
import { freshNamespace, sharedRedis } from "../redis.js";

/**
 * A shop of the test's own, over real servers, that is asked without a network. `routes` adds some
 * of the test's own.
 */
export async function openTestShop(
  routes: (shop: FastifyInstance) => void = () => undefined,
  limits: Partial<ConnectionLimits> = {},
  {
    hasPages,
    observersOf = () => [],
    ...more
  }: Pick<ShopResources, "hasCaches" | "cdn" | "webhookSecrets"> & {
    readonly hasPages?: boolean;
    /** Registers what the test wants, and returns the observers of the client. */
    readonly observersOf?: (register: Registry, redis: Redis) => readonly Observer[];
  } = {},
) {
  const databaseUrl = await freshDatabase();
  const pool = new pg.Pool({ connectionString: databaseUrl });
  // `end` does not wait until the connections have ended, and dropping the database ends them.
  pool.on("error", () => undefined);
  const redis = sharedRedis();
  const namespace = freshNamespace();
  const register = new Registry();
  const observers = observersOf(register, redis);
  const moonpath = createMoonpath(redis, { namespace, deadlineMs: 10_000, observers });
  const schema = `shop_${process.pid}_${Date.now()}`;
  await createSchema(pool, schema);
  const acme = moonpath.tenant("acme");
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const context = createContext({
    moonpath,
    acme,
    pool,
    schema,
    redis,
    ping: () => redis.ping(),
    warn,
    pages: hasPages ? createPages({ moonpath, tenant: "acme" }, (error) => warn(error.message)) : undefined,
    ...more,
  });
  // A test sends more orders than a customer.
  const shop = createShop(context, register, { ...LIMITS, ordersASecond: 10_000, ...limits });
  routes(shop);

  async function ask(
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    payload?: Record<string, unknown>,
    headers: Record<string, string> = {},
  ) {
    const response = await shop.inject({ method, url, headers, ...(payload ? { payload } : {}) });
    const body: unknown = response.json();
    return { status: response.statusCode, headers: response.headers, body };
  }
  return {
    shop,
    /** What the shop has logged. */
    warnings,
    acme,
    context,
    pool,
    schema,
    redis,
    namespace,
    ask,
    get: (url: string) => ask("GET", url),
    post: (url: string, payload: Record<string, unknown>) => ask("POST", url, payload),
    /** Opens a product with so many units. */
    async open(product: string, quantity: number): Promise<void> {
      const opening = { event: "opening", product, warehouse: "north", quantity, sequence: 1 };
      await ask("POST", "/events/opening", opening);
    },
    sumsOf: async (product: string) =>
      (await sumProducts(pool, schema)).find((sums) => sums.product === product),
    async close(): Promise<void> {
      await shop.close();
      await stopBackground(context);
      moonpath.close();
      await pool.end();
    },
  };
}
