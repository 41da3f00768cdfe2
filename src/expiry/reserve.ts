import type { StockReserveArgs, StockReserveReply } from "../../generated/ts/index.js";
import type { CallOptions } from "../client/index.js";
import { ArgumentError } from "../core/errors.js";
import { readFrom } from "../core/read-from.js";
import type { ReservationTenant } from "./tenant.js";

/** The queue of products that may have reservations. */
export const reservationQueue = "reservations";
/** The queue of products that had none at their last sweep, and are checked once more. */
export const recheckQueue = "reservations-recheck";

/**
 * Milliseconds until a product without reservations is checked again, and the longest time between two sweeps of a product
 * that has some. `reserve` writes its reservation well within this time after it has tracked the product.
 */
export const recheckMs = 60_000;

/**
 * Holds units as `stock.reserve` does, and makes sure that the sweeper knows the product. The product is tracked first, so
 * a crash between the two calls only costs an unneeded sweep.
 *
 * ```ts
 * const cart = { product: "lamp", reservation: "cart-1", units: 1, leaseMs: 900_000, rememberMs: 86_400_000 };
 * const reply = await reserve(acme, cart);
 * ```
 *
 * @throws the errors of both calls; after an error, call again with the same reservation
 */
export async function reserve(
  tenant: Pick<ReservationTenant, "expiry" | "stock">,
  args: StockReserveArgs,
  options: CallOptions = {},
): Promise<StockReserveReply> {
  if ((readFrom("options", () => options.deadlineMs) ?? 0) > recheckMs / 4) {
    throw new ArgumentError("deadlineMs", `at most ${recheckMs / 4}, so that the sweeper still watches`);
  }
  const track = () => tenant.expiry.track({ queue: reservationQueue, item: args.product, dueMs: 0 }, options);
  let trackedAt: number;
  do {
    trackedAt = performance.now();
    await track();
    // If the process was paused here, the sweeper may have stopped watching the product.
  } while (performance.now() - trackedAt > recheckMs / 4);
  try {
    return await tenant.stock.reserve(args, options);
  } finally {
    if (performance.now() - trackedAt > recheckMs / 2) await track();
  }
}
