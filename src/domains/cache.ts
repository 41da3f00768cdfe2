/** `moonpath/cache`: caches, without the scripts of other domains. */
import { type CacheOperations, cacheScripts } from "../../generated/ts/cache.scripts.js";
import { type QuotaOperations, quotaScripts } from "../../generated/ts/quota.scripts.js";
import {
  type Cache,
  type CacheDefinition,
  CacheHost,
  type CacheOptions,
  cacheServers,
  createCache,
  type FieldsOf,
  type TenantInvalidations,
  tenantInvalidations,
} from "../cache/index.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { readFrom } from "../core/read-from.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * from "../../generated/ts/cache.scripts.js";
export * as keys from "../../generated/ts/keys.js";
export {
  bytesCodec,
  type Cache,
  type CacheDefinition,
  type CachedFunction,
  type CachedOptions,
  type CacheMaker,
  type CacheOptions,
  type CachePlace,
  type CacheQuota,
  type CacheQuotas,
  type CacheUsage,
  type Codec,
  type CodecFor,
  type CodedBytes,
  type Compression,
  type ConsistencyCheck,
  type ConsistencyObserver,
  type ConsistencyOptions,
  cached,
  type FieldNames,
  type FieldsOf,
  type GetOptions,
  type InvalidateOptions,
  type InvalidationOutcome,
  type Json,
  jsonCodec,
  type L1Options,
  type LoadContext,
  type Loader,
  type LoadMany,
  type LoadManyContext,
  type NamedTarget,
  observeConsistency,
  type SetOptions,
  type TenantCache,
  type TenantInvalidations,
  textCodec,
  UNCHANGED,
  type WriteBehindResult,
  type WriteOptions,
  type WriteResult,
} from "../cache/index.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createCacheClient` makes. */
export interface CacheScripts {
  readonly cache: CacheOperations;
}

/** The options of `createCacheClient`. All may be left out. */
export interface CacheClientOptions extends ClientOptions {
  /** Options of caches, or the connection to a second server. Without them, caches are in Redis only. */
  readonly cache?: RedisLike | CacheOptions | undefined;
}

/** A client with the scripts of `cache`. It makes caches, as `createMoonpath` does. */
export interface CacheDomainClient
  extends DomainClient<CacheScripts, { readonly cache: TenantInvalidations }> {
  /**
   * Makes a cache of one pattern. Make each once, and keep it: its callers share loads.
   *
   * @throws ArgumentError that names the option
   */
  cache<const Pattern extends string, Value>(
    definition: CacheDefinition<Pattern, Value>,
  ): Cache<FieldsOf<Pattern>, Value>;
}

/**
 * Makes a client with the scripts of `cache`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const { cache } = createCacheClient(new Redis(), { namespace: "shop" });
 * const products = cache({
 *   pattern: "product:<product>",
 *   freshMs: 600_000,
 *   load: ({ product }) => database.product(String(product)),
 * });
 * console.log(await products.tenant("acme").getOrLoad({ product: "lamp" }));
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createCacheClient(redis: RedisLike, options: CacheClientOptions = {}): CacheDomainClient {
  const { cacheOptions, rest } = readFrom("options", () => {
    const { cache, ...others } = options;
    return { cacheOptions: cache, rest: others };
  });
  const client: ScriptClient<CacheScripts & { readonly quota: QuotaOperations }> = createScriptClient(
    redis,
    { cache: cacheScripts, quota: quotaScripts },
    rest,
  );
  const servers = cacheServers(client, redis, cacheOptions, rest);
  const host = new CacheHost(servers);
  const domain = domainClient(servers.second ?? client, (_scripts, { tenant }) => ({
    cache: tenantInvalidations(host, tenant),
  }));
  return {
    ...domain,
    ready: servers.ready,
    cache: (definition) => createCache(host, definition),
    close() {
      host.close();
      domain.close();
      client.close();
    },
  };
}
