/** `moonpath/cart`: whole carts, and the worker that finishes them, without the scripts of other domains. */
import { type CartOperations, cartScripts } from "../../generated/ts/cart.scripts.js";
import { type SlotOperations, slotScripts } from "../../generated/ts/slot.scripts.js";
import { type StockOperations, stockScripts } from "../../generated/ts/stock.scripts.js";
import { type Cart, createCart } from "../cart/index.js";
import {
  type ClientOptions,
  createScriptClient,
  defaults,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { readFrom } from "../core/read-from.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * from "../../generated/ts/cart.scripts.js";
export * as keys from "../../generated/ts/keys.js";
export {
  type Cart,
  type CartBundle,
  type CartCommitArgs,
  type CartCommitReply,
  type CartEntry,
  type CartExtendArgs,
  type CartExtendReply,
  type CartLine,
  type CartReleaseArgs,
  type CartReleaseReply,
  type CartReserveArgs,
  type CartReserveReply,
  type CartWorker,
  type CartWorkerOptions,
  type CartWorkerStatus,
  createCartWorker,
  type DeadCart,
  type DeadLine,
  type ExtendedLine,
  type Followed,
  type RefusedLine,
  type ReleasedLine,
  type ReplacedCart,
  type ReservedLine,
  type UnsoldLine,
} from "../cart/index.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createCartClient` makes. */
export interface CartScripts {
  readonly cart: CartOperations;
  readonly slot: SlotOperations;
  readonly stock: StockOperations;
}

/** A client with these scripts. Its tenants have `cart`, as those of `createMoonpath`, and `stock`. */
export type CartClient = DomainClient<CartScripts, { readonly cart: Cart; readonly stock: StockOperations }>;

/**
 * Makes a client with the scripts of `cart`, and of `slot` and `stock`, which carts use. It takes the
 * same options as `createMoonpath`, except `queues`.
 *
 * ```ts
 * const client = createCartClient(new Redis(), { namespace: "shop" });
 * const lines = [{ product: "lamp", units: 1 }];
 * const reply = await client.tenant("acme").cart.reserve({ cart: "order-7", lines, leaseMs: 60_000 });
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createCartClient(redis: RedisLike, options: ClientOptions = {}): CartClient {
  const client: ScriptClient<CartScripts> = createScriptClient(
    redis,
    { cart: cartScripts, slot: slotScripts, stock: stockScripts },
    options,
  );
  const deadlineMs = readFrom("options", () => options.deadlineMs) ?? defaults.deadlineMs.value;
  return domainClient(client, (scripts) => ({
    cart: createCart({ scripts, deadlineMs }),
    stock: scripts.stock,
  }));
}
