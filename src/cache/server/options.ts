import type { CredentialsProvider, RedisLike } from "../../client/index.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import type { L1Options } from "../l1/values.js";

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
}

const optionNames: OptionNames<CacheOptions> = { redis: true, credentials: true, l1: true };

/**
 * The options, read once; of a connection, those with this connection.
 *
 * @throws ArgumentError for an unknown option
 */
export function cacheOptionsOf(given: RedisLike | CacheOptions = {}): CacheOptions & {
  /** What errors call the connection. */
  readonly redisName: string;
} {
  return readFrom("cache", () => {
    if (!isOptions(given)) return { redis: given, redisName: "cache" };
    refuseUnknownOptions(given, optionNames, "cache");
    const { redis, credentials, l1 } = given;
    return { redis, credentials, l1, redisName: "cache.redis" };
  });
}

/** What only a connection has, or what a caller in plain JavaScript may take for one. */
const ofConnections = ["on", "call", "sendCommand", "then", "exec"];

function isOptions(given: RedisLike | CacheOptions): given is CacheOptions {
  return typeof given === "object" && given !== null && !ofConnections.some((name) => name in given);
}
