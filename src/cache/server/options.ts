import type { CredentialsProvider, RedisLike } from "../../client/index.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import { cacheDefaults } from "../defaults.js";
import type { L1Options } from "../l1/values.js";
import { type CacheQuotas, shardQuotaOf } from "../quota/limits.js";

/** The options of all caches of a client. All may be left out. */
export interface CacheOptions {
  /**
   * A connection to a second server, which has the entries, leases and tags of caches. It may evict keys.
   * Default: the connection of the client.
   */
  readonly redis?: RedisLike | undefined;
  /** As the option `credentials` of the client, for `redis`. */
  readonly credentials?: CredentialsProvider | undefined;
  /** `memoryL1()` of `moonpath/l1`: values are also kept in the memory of the process. */
  readonly l1?: L1Options | undefined;
  /**
   * The part of `maxmemory` up to which values are stored, 0.1 to 1, if the server does not evict keys. Above
   * that, values are returned and not stored, because locks and stock need the rest. 1 stores all.
   * Default 0.85.
   */
  readonly memoryShare?: number | undefined;
  /**
   * How much each tenant may store: `{ entries: 10_000 }`, or a function of the tenant. It is counted
   * approximately, on the server of the client. Default: no quota, and nothing is counted.
   */
  readonly quota?: CacheQuotas | undefined;
  /** Receives the errors of invalidations that Redis has not confirmed, and that are repeated. */
  readonly onError?: ((error: Error) => void) | undefined;
}

const optionNames: OptionNames<CacheOptions> = {
  redis: true,
  credentials: true,
  l1: true,
  memoryShare: true,
  quota: true,
  onError: true,
};

/** The options, checked and with their defaults. */
export interface ResolvedOptions extends CacheOptions {
  readonly memoryShare: number;
  /** What errors call the connection. */
  readonly redisName: string;
}

/**
 * The options, read once; of a connection, those with this connection.
 *
 * @throws ArgumentError that names the option
 */
export function cacheOptionsOf(given: RedisLike | CacheOptions = {}): ResolvedOptions {
  return readFrom("cache", () => {
    if (!isOptions(given)) return { redis: given, memoryShare: defaultShare, redisName: "cache" };
    refuseUnknownOptions(given, optionNames, "cache");
    const { redis, credentials, l1, memoryShare = defaultShare, quota, onError } = given;
    if (quota !== undefined && typeof quota !== "function") shardQuotaOf(quota);
    if (onError !== undefined && typeof onError !== "function")
      throw new ArgumentError("cache.onError", "a function");
    if (typeof memoryShare !== "number" || !(memoryShare >= MIN_SHARE && memoryShare <= 1)) {
      throw new ArgumentError("cache.memoryShare", `a number from ${MIN_SHARE} to 1`);
    }
    return { redis, credentials, l1, memoryShare, quota, onError, redisName: "cache.redis" };
  });
}

const defaultShare = cacheDefaults.memoryShare.value;

/** With less, a server that is nearly empty would store nothing. */
const MIN_SHARE = 0.1;

/** What only a connection has, or what a caller in plain JavaScript may take for one. */
const ofConnections = ["on", "call", "sendCommand", "then", "exec"];

function isOptions(given: RedisLike | CacheOptions): given is CacheOptions {
  return typeof given === "object" && given !== null && !ofConnections.some((name) => name in given);
}
