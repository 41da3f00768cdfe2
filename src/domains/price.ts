/** `moonpath/price`: prices and their calendar of sales, without the scripts of other domains. */
import { type PriceOperations, priceScripts } from "../../generated/ts/price.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * as keys from "../../generated/ts/keys.js";
export * from "../../generated/ts/price.scripts.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createPriceClient` makes. */
export interface PriceScripts {
  readonly price: PriceOperations;
}

/** A client with the scripts of `price`. */
export type PriceClient = DomainClient<PriceScripts, PriceScripts>;

/**
 * Makes a client with the scripts of `price`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const { price } = createPriceClient(new Redis(), { namespace: "shop" }).tenant("acme");
 * const current = await price.read({ product: "lamp", currency: "GBP" });
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createPriceClient(redis: RedisLike, options?: ClientOptions): PriceClient {
  const client: ScriptClient<PriceScripts> = createScriptClient(redis, { price: priceScripts }, options);
  return domainClient(client, ({ price }) => ({ price }));
}
