/** `moonpath/stock`: stock and its reservations, without the scripts of other domains. */
import { type StockOperations, stockScripts } from "../../generated/ts/stock.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * as keys from "../../generated/ts/keys.js";
export * from "../../generated/ts/stock.scripts.js";
export { listenToStock, type StockEvent, type StockEvents, type StockListenOptions } from "../stock/index.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createStockClient` makes. */
export interface StockScripts {
  readonly stock: StockOperations;
}

/** A client with the scripts of `stock`. */
export type StockClient = DomainClient<StockScripts, StockScripts>;

/**
 * Makes a client with the scripts of `stock`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const { stock } = createStockClient(new Redis(), { namespace: "shop" }).tenant("acme");
 * const answer = await stock.read({ product: "lamp", low: 5 });
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createStockClient(redis: RedisLike, options?: ClientOptions): StockClient {
  const client: ScriptClient<StockScripts> = createScriptClient(redis, { stock: stockScripts }, options);
  return domainClient(client, ({ stock }) => ({ stock }));
}
