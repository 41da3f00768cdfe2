/** `moonpath/quota`: the counts of quotas of caches, without the scripts of other domains. */
import { type QuotaOperations, quotaScripts } from "../../generated/ts/quota.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * as keys from "../../generated/ts/keys.js";
export * from "../../generated/ts/quota.scripts.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createQuotaClient` makes. */
export interface QuotaScripts {
  readonly quota: QuotaOperations;
}

/** A client with the scripts of `quota`. */
export type QuotaClient = DomainClient<QuotaScripts, QuotaScripts>;

/**
 * Makes a client with the scripts of `quota`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const client = createQuotaClient(new Redis(), { namespace: "shop" });
 * await client.ready();
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createQuotaClient(redis: RedisLike, options?: ClientOptions): QuotaClient {
  const client: ScriptClient<QuotaScripts> = createScriptClient(redis, { quota: quotaScripts }, options);
  return domainClient(client, ({ quota }) => ({ quota }));
}
