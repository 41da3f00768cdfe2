import * as generated from "../generated/ts/index.js";
import {
  type Cache,
  type CacheDefinition,
  CacheHost,
  type CacheOptions,
  type CodecFor,
  cacheServers,
  createCache,
  type FieldsOf,
  type Health,
  healthOf,
  setHostOf,
  type TenantInvalidations,
  tenantInvalidations,
} from "./cache/index.js";
import { type Cart, createCart } from "./cart/index.js";
import type { CallOptions, ClientOptions, RedisLike, Scope, ScriptClient } from "./client/index.js";
import { checkedScope, defaults, nodeOf } from "./client/index.js";
import { type OptionNames, refuseUnknownOptions } from "./core/known-options.js";
import { readFrom } from "./core/read-from.js";
import { SHARED_TENANT } from "./core/shared-tenant.js";
import { createIdempotency, type Idempotency } from "./idempotency/index.js";
import { createLimit, LimitState, type Limits } from "./limit/index.js";
import { createLock, type Lock, WaitQueues } from "./lock/index.js";
import {
  checkedShards,
  createExpiry,
  type Expiry,
  type Queues,
  recheckAfterFailover,
  ShardCounts,
} from "./queues/index.js";

/** The generated functions of one tenant, by domain and operation. */
export type TenantScripts = generated.Tenant;

/** The options of `createMoonpath`. All may be left out. */
export interface MoonpathOptions extends ClientOptions {
  /** Options of expiry queues, by name: `{ offers: { shards: 64 } }`. */
  readonly queues?: Queues | undefined;
  /**
   * Options of caches, or the connection to a second server for them, which may evict keys:
   * `createMoonpath(redis, { cache: otherRedis })`. Without them, caches are on the same server.
   */
  readonly cache?: RedisLike | CacheOptions | undefined;
}

const moonpathOptions: OptionNames<MoonpathOptions> = {
  namespace: true,
  deadlineMs: true,
  retries: true,
  allowEviction: true,
  batching: true,
  order: true,
  credentials: true,
  observers: true,
  queues: true,
  cache: true,
};

/**
 * One tenant. `lock`, `idempotency` and `limit` add guarantees to their scripts, such as renewals.
 * `expiry` finds the shards of items. `cart` sells several products at once. The other domains are
 * the generated functions. `scripts` has the generated functions of all domains.
 */
export interface Tenant extends generated.UnwrappedDomains {
  /** Locks that the client renews: `acme.lock.using("nightly", {}, async ({ fence }) => …)`. */
  readonly lock: Lock;
  /** Runs requests once and replays replies: `acme.idempotency.run("order-17", order, work)`. */
  readonly idempotency: Idempotency;
  /** Items that come due: `acme.expiry.track({ queue: "offers", item: "offer-7", dueMs })`. */
  readonly expiry: Expiry;
  /** Whole carts, all lines or none: `acme.cart.reserve({ cart: "order-7", lines, leaseMs })`. */
  readonly cart: Cart;
  /** Rate limits and permits: `acme.limit.using("labels", { permits: 3 }, print)`. */
  readonly limit: Limits;
  /** Invalidates what caches have stored: `acme.cache.invalidateTags(["brand:oslo"])`. */
  readonly cache: TenantInvalidations;
  /** The generated function of each script: `acme.scripts.lock.acquire({ … })`. */
  readonly scripts: TenantScripts;
  /** Namespace and tenant, for the key builders: `keys.stock(acme.scope, "lamp")`. */
  readonly scope: Scope;
  /** The same function as `Moonpath.listen`. */
  readonly listen: generated.Client["listen"];
}

/** A client of Moonpath's scripts: `moonpath.tenant("acme")` has all functions for one tenant. */
export interface Moonpath extends Omit<ScriptClient<Tenant>, "scriptsOf"> {
  /**
   * The functions for one tenant. The call is cheap.
   *
   * @throws ArgumentError unless the name has 1 to 64 characters of `A-Z a-z 0-9 _ . -`
   */
  tenant(name: string): Tenant;
  /**
   * Makes a cache of one pattern. Make each once, and keep it: its callers share loads.
   *
   * ```ts
   * const products = moonpath.cache({
   *   pattern: "product:<product>",
   *   freshMs: 600_000,
   *   load: ({ product }, { signal }) => database.product(product, signal),
   * });
   * const lamp = await products.tenant("acme").getOrLoad({ product: "lamp" });
   * ```
   *
   * @throws ArgumentError that names the option
   */
  cache<const Pattern extends string, Value>(
    definition: CacheDefinition<Pattern, Value> & CodecFor<Value>,
  ): Cache<FieldsOf<Pattern>, Value>;
  /**
   * Asks the server, and the second one of caches if there is one. It never rejects, and ends after
   * `deadlineMs`, by default 1,000.
   *
   * ```ts
   * const { redis, cache } = await moonpath.health();
   * if (redis.state === "failed") console.error(redis.error.message);
   * ```
   */
  health(options?: CallOptions): Promise<Health>;
  /** The generated functions of one domain for one tenant. It makes fewer objects than `tenant`. */
  scriptsOf<Domain extends keyof TenantScripts>(tenant: string, domain: Domain): TenantScripts[Domain];
  /**
   * The number of shards of an expiry queue, for all tenants; undefined if nobody has tracked an item
   * in it. It stores nothing.
   *
   * @throws ArgumentError if the option `queues` has another number
   */
  shardsOf(queue: string, options?: CallOptions): Promise<number | undefined>;
}

/**
 * Makes a client for a connection or a cluster of ioredis, iovalkey or node-redis. The client loads the
 * scripts. You close the connection yourself.
 *
 * ```ts
 * const moonpath = createMoonpath(new Redis(), { namespace: "shop" });
 * const stock = await moonpath.tenant("acme").stock.read({ product: "lamp", low: 5 });
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createMoonpath(redis: RedisLike, options: MoonpathOptions = {}): Moonpath {
  const {
    wanted,
    rest,
    deadlineMs,
    cache: ofCaches,
  } = readFrom("options", () => {
    refuseUnknownOptions(options, moonpathOptions);
    const { queues = {}, cache, ...rest } = options;
    return {
      cache,
      wanted: checkedShards(queues),
      rest,
      deadlineMs: rest.deadlineMs ?? defaults.deadlineMs.value,
    };
  });
  const client = generated.createClient(redis, rest);
  const { listen } = client;
  const waitQueues = new WaitQueues(listen);
  const limits = new LimitState((key) => nodeOf(redis, key), rest.observers);
  const counts = new ShardCounts(
    (args, callOptions) => client.scriptsOf(SHARED_TENANT, "expiry").open(args, callOptions),
    wanted,
  );
  const caches = cacheServers(client, redis, ofCaches, rest);
  const { second, ready } = caches;
  const scriptsOfTenant = (name: string): TenantScripts => {
    const scripts = client.tenant(name);
    return second ? { ...scripts, cache: second.scriptsOf(name, "cache") } : scripts;
  };
  let cacheHost: CacheHost | undefined;
  const hostOfCaches = () => {
    cacheHost ??= new CacheHost(caches);
    return cacheHost;
  };
  const stopRechecks = recheckAfterFailover(redis, counts);
  const moonpath: Moonpath = {
    ...client,
    ready,
    health: (callOptions) => healthOf(client, caches, cacheHost, { deadlineMs, ...callOptions }),
    scriptsOf: (name, domain) =>
      second && domain === "cache" ? scriptsOfTenant(name)[domain] : client.scriptsOf(name, domain),
    shardsOf: (queue, callOptions) => counts.read(queue, false, callOptions),
    close() {
      stopRechecks();
      cacheHost?.close();
      second?.close();
      client.close();
    },
    cache: (definition) => createCache(hostOfCaches(), definition),
    tenant(name) {
      const scripts = scriptsOfTenant(name);
      const scope = checkedScope({ namespace: client.namespace, tenant: name });
      // A tenant is made for each of its calls in many programs, so nothing is made before it is used.
      let lock: Lock | undefined;
      let idempotency: Idempotency | undefined;
      let expiry: Expiry | undefined;
      let cart: Cart | undefined;
      let limit: Limits | undefined;
      let cache: TenantInvalidations | undefined;
      return {
        ...scripts,
        get lock() {
          lock ??= createLock({ scope, scripts: scripts.lock, waitQueues });
          return lock;
        },
        get idempotency() {
          idempotency ??= createIdempotency(scripts.idempotency);
          return idempotency;
        },
        get expiry() {
          expiry ??= createExpiry({ scripts: scripts.expiry, scope, counts, deadlineMs });
          return expiry;
        },
        get cart() {
          cart ??= createCart({ scripts, deadlineMs });
          return cart;
        },
        get limit() {
          limit ??= createLimit({ scope, scripts: scripts.limit, state: limits });
          return limit;
        },
        get cache() {
          cache ??= tenantInvalidations(hostOfCaches(), name);
          return cache;
        },
        scripts,
        scope,
        listen,
      };
    },
  };
  setHostOf(moonpath, hostOfCaches);
  return moonpath;
}
