import { createMoonpath } from "moonpath";
import { memoryL1 } from "moonpath/l1";
import { Registry } from "prom-client";
import type { Closing } from "../closing.js";
import { reasonsOf } from "../reasons.js";
import type { Servers } from "../servers.js";
import { ServersError } from "../servers-error.js";
import { warmUp } from "./cache/warm-up.js";
import { createContext, type ShopContext, startBackground, stopBackground } from "./context.js";
import { createPages } from "./http/pages.js";
import { createShop } from "./http/server.js";
import { shopMetrics } from "./metrics.js";

/** Whether the shop has caches, and whether values are also kept in its memory. */
export interface CacheSettings {
  readonly cache: "on" | "off";
  readonly l1: boolean;
  /** Whether the shop also keeps whole responses. Default: as `cache`. */
  readonly pages?: "on" | "off" | undefined;
  /** The time that Redis may take for one reading. Default: that of Moonpath. */
  readonly cacheTimeoutMs?: number | undefined;
}

/** A shop that listens. */
export interface OpenShop extends ShopContext {
  readonly host: string;
  readonly port: number;
}

const HOST = "127.0.0.1";
/** The longest wait for Redis. The replay uses all of a small machine, so replies may be slow. */
const DEADLINE_MS = 5_000;

/**
 * Opens the shop with the given servers and its background work. `warn` receives transient errors.
 */
export async function openShop(
  { redis, pool, namespace, schema, env, lastRedisError }: Servers,
  port: number,
  closing: Closing,
  warn: (message: string) => void,
  { cache, l1, pages = cache, cacheTimeoutMs }: CacheSettings = { cache: "on", l1: false },
): Promise<OpenShop> {
  const registry = new Registry();
  const moonpath = createMoonpath(redis, {
    deadlineMs: DEADLINE_MS,
    ...env?.moonpath,
    namespace,
    ...(l1 && cache === "on" ? { cache: { l1: memoryL1() } } : {}),
    observers: shopMetrics(registry, redis, (error) => warn(`a metric: ${reasonsOf(error)}`)),
  });
  closing.add("Moonpath", () => moonpath.close());
  await moonpath.ready().catch((error: unknown) => {
    const why = [reasonsOf(error), reasonsOf(lastRedisError())].filter(Boolean).join(": ");
    throw new ServersError(`Redis cannot be used: ${why}`, { cause: error });
  });
  const acme = moonpath.tenant("acme");
  const { tenant } = acme.scope;
  const context = createContext({
    moonpath,
    acme,
    pages:
      pages === "on"
        ? createPages({ moonpath, tenant, cacheTimeoutMs }, (error) => warn(`a page: ${reasonsOf(error)}`))
        : undefined,
    pool,
    schema,
    redis,
    hasCaches: cache === "on",
    cacheTimeoutMs,
    webhookSecrets: process.env["WEBHOOK_SECRETS"]?.split(","),
    ping: () => redis.ping(),
    warn,
  });
  closing.add("the background work", () => stopBackground(context));
  startBackground(context);
  if (context.caches.isOn) await warmUp(context.catalogue, context.books, context.ending.signal);
  const shop = createShop(context, registry);
  closing.add("the shop", () => shop.close());
  await shop.listen({ host: HOST, port });
  const [address] = shop.addresses();
  return { ...context, host: HOST, port: typeof address === "object" ? address.port : port };
}
