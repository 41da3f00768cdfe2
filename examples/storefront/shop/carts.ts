import { setTimeout as sleep } from "node:timers/promises";
import { type Cart, endCart, type FilledCart, openCart, overdueCarts, sumCarts } from "../books/carts.js";
import { inBooks } from "../books/errors.js";
import { otherPayload, ShopError, unknownProduct } from "./http/errors.js";
import { REMEMBER_MS, type ShopResources } from "./terms.js";

/**
 * The dot separates a cart's reservation from a sale's of the same name, because no event's id has
 * it.
 */
const reservationOf = (cart: string) => `cart·${cart}`;

/**
 * Holds a cart's units. The same cart again holds no more units. With other units or another lease,
 * the reply is 422.
 */
export async function fillCart(resources: ShopResources, cart: FilledCart) {
  const { acme, pool, schema } = resources;
  const { product, units, leaseMs } = cart;
  const reservation = reservationOf(cart.cart);
  const held = await acme.stock.reserve({ product, reservation, units, leaseMs, rememberMs: REMEMBER_MS });
  switch (held.outcome) {
    case "unknown":
      throw unknownProduct();
    case "mismatch":
      throw otherPayload();
    case "reserved": {
      const state = await recordCart(resources, cart);
      if (state === "held") return { outcome: "reserved", available: held.available };
      // The books remember a cart for longer than Redis does.
      await acme.stock.release({ product, reservation, rememberMs: REMEMBER_MS });
      return { outcome: state };
    }
    case "refused":
      return { outcome: "refused", available: held.available };
    case "again":
      throw new ShopError(503, "AGAIN", "many carts of the product have expired; send the cart again");
    case "prepared":
      throw new ShopError(503, "AGAIN", "the cart is being paid; send it again");
    case "released":
    case "expired":
      // The books may not have it, because an earlier delivery ended directly after the
      // reservation.
      await recordCart(resources, cart);
      await inBooks(endCart(pool, schema, cart, held.outcome));
      return { outcome: held.outcome };
    case "already_committed":
      return { outcome: "already_committed" };
  }
}

/** Records the cart, and returns its state. Throws if the first delivery had other content. */
async function recordCart({ acme, pool, schema }: ShopResources, cart: FilledCart) {
  const row = await inBooks(openCart(pool, schema, cart));
  if (row.units === cart.units && row.leaseMs === cart.leaseMs) return row.state;
  // Redis compares units while a reservation is held. So these were reserved just now, after Redis
  // forgot the first ones.
  if (row.units !== cart.units) {
    const { product } = cart;
    const reservation = reservationOf(cart.cart);
    await acme.stock.release({ product, reservation, rememberMs: REMEMBER_MS });
  }
  throw otherPayload();
}

/** Releases a cart's units unless its lease has ended, and records which of both happened. */
export async function cancelCart({ acme, pool, schema }: ShopResources, cart: Cart) {
  const { product } = cart;
  const reservation = reservationOf(cart.cart);
  const { outcome } = await acme.stock.release({ product, reservation, rememberMs: REMEMBER_MS });
  if (outcome === "released" || outcome === "expired") await inBooks(endCart(pool, schema, cart, outcome));
  return outcome;
}

/** Carts in one query. */
const PAGE = 500;

/** Records the end of abandoned carts. Returns their number. */
export async function settleCarts(resources: ShopResources, signal?: AbortSignal): Promise<number> {
  const carts = await overdueCarts(resources.pool, resources.schema, PAGE);
  for (const cart of carts) {
    signal?.throwIfAborted();
    await cancelCart(resources, cart);
  }
  return carts.length;
}

const SETTLED_LIMIT_MS = 10_000;
const CHECK_INTERVAL_MS = 50;

/** Waits until no cart with an ended lease holds units in the books. */
export async function flushCarts(resources: ShopResources, signal: AbortSignal): Promise<void> {
  const { pool, schema } = resources;
  const started = performance.now();
  while (performance.now() - started < SETTLED_LIMIT_MS) {
    while ((await settleCarts(resources, signal)) === PAGE);
    const { held } = await sumCarts(pool, schema);
    if (held === 0) break;
    await sleep(CHECK_INTERVAL_MS, undefined, { signal });
  }
}
