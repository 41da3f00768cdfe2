import Fastify, { type FastifyInstance, type FastifyServerOptions, type InjectOptions } from "fastify";
import { type RateLimitOptions, rateLimits } from "../../../src/http/index.js";
import { createMoonpath, type Tenant } from "../../../src/index.js";
import { afterFile, afterTest } from "../cleanup.js";
import { freshNamespace, workerRedis } from "../redis.js";

/** Long enough for a machine that is busy with other tests. */
const timeoutMs = 15_000;

export const two = { quota: 2, periodMs: 60_000 };

/** A tenant without any requests yet. */
export function freshTenant(): Tenant {
  const moonpath = createMoonpath(workerRedis(), { namespace: freshNamespace(), deadlineMs: timeoutMs });
  afterFile(() => moonpath.close());
  return moonpath.tenant("acme");
}

/** A server with the plugin, a route `/` and these. It is closed after the test. */
export async function limitedApp(
  options: Partial<RateLimitOptions>,
  routes: (app: FastifyInstance) => void = () => {},
  fastify: FastifyServerOptions = {},
): Promise<FastifyInstance> {
  const app = Fastify(fastify);
  afterTest(() => app.close());
  await app.register(rateLimits, { tenant: freshTenant(), timeoutMs, ...options });
  app.get("/", async () => "home");
  routes(app);
  await app.ready();
  return app;
}

export const get = (app: FastifyInstance, url = "/", more: InjectOptions = {}) =>
  app.inject({ method: "GET", url, ...more });

/** The status of each reply, one request after the other. */
export async function statuses(app: FastifyInstance, urls: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  for (const url of urls) found.push((await get(app, url)).statusCode);
  return found;
}
