import { type CacheOperations, cacheScripts } from "../../../generated/ts/cache.scripts.js";
import {
  type ByteReads,
  type CallOptions,
  type ClientOptions,
  checkConnection,
  createScriptClient,
  type KeyRead,
  type Listening,
  type RedisLike,
  type ScriptClient,
  type ServerMemory,
  UnavailableError,
} from "../../client/index.js";
import type { QuotaScripts, TenantScripts } from "../scripts.js";
import { type CacheOptions, cacheOptionsOf, type ResolvedOptions } from "./options.js";

/** The part of a client that caches use. */
export interface CacheClient {
  readonly namespace: string;
  scriptsOf(tenant: string, domain: "cache"): TenantScripts;
  listen(channel: string, wake: () => void): Listening;
  readBytes(keys: readonly string[]): Promise<ByteReads | undefined>;
  readKeys(reads: readonly KeyRead[]): Promise<readonly (Buffer | null | undefined)[]>;
  readMemory(key: string): Promise<ServerMemory>;
  ready(options?: CallOptions): Promise<void>;
  close(): void;
}

/** The part of a client that quotas use. */
export interface QuotaClient {
  scriptsOf(tenant: string, domain: "quota"): QuotaScripts;
}

/** Where caches are: on the server of the client, or on a second one. */
export interface CacheServers {
  /** The client of the entries. */
  readonly client: CacheClient;
  /** The client of quotas, on the first server. */
  readonly first: QuotaClient;
  /** The connection to the entries. */
  readonly redis: RedisLike;
  readonly options: ResolvedOptions;
  /** For connections that caches make. */
  readonly clientOptions: ClientOptions;
  /** Undefined if entries are on the server of the client. */
  readonly second: ScriptClient<{ readonly cache: CacheOperations }> | undefined;
  /** Resolves when both servers have their scripts. */
  ready(options?: CallOptions): Promise<void>;
}

/**
 * Makes the client of a second server if the options name one. It has the same namespace. If it cannot be
 * made, the first client is closed.
 *
 * @throws ArgumentError that names `cache`, for an unknown option or a connection that cannot be used
 */
export function cacheServers(
  client: CacheClient & QuotaClient,
  redis: RedisLike,
  given: RedisLike | CacheOptions | undefined,
  clientOptions: ClientOptions,
): CacheServers {
  try {
    const options = cacheOptionsOf(given);
    const { redis: other, credentials, redisName } = options;
    if (other === undefined) {
      const ready = (wait?: CallOptions) => client.ready(wait);
      return { client, first: client, redis, options, clientOptions, second: undefined, ready };
    }
    checkConnection(other, redisName);
    // Its policy is not checked, because no script of caches needs keys that stay.
    const ofSecond = { ...clientOptions, namespace: client.namespace, credentials };
    const second = createScriptClient(other, { cache: cacheScripts }, ofSecond);
    const ready = async (wait?: CallOptions) => {
      await Promise.all([client.ready(wait), second.ready(wait).catch(asCacheError)]);
    };
    return { client: second, first: client, redis: other, options, clientOptions: ofSecond, second, ready };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Of two servers, the error must say which one is meant. */
function asCacheError(error: unknown): never {
  if (!(error instanceof UnavailableError)) throw error;
  throw new UnavailableError(`the server of caches: ${error.message}`, { cause: error });
}
