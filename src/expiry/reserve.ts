import type { StockReserveArgs, StockReserveReply } from "../../generated/ts/index.js";
import type { CallOptions } from "../client/index.js";
import { ArgumentError } from "../core/errors.js";
import { readFrom } from "../core/read-from.js";
import { reservationDefaults } from "./defaults.js";
import type { ReservationTenant } from "./tenant.js";

/** The queue of products that may have reservations, for `expiry` scripts and status pages. */
export const reservationQueue = "reservations";
/**
 * The queue of products that had no reservation at their last sweep. The sweeper checks them once
 * more.
 */
export const recheckQueue = "reservations-recheck";

/**
 * Milliseconds until the sweeper checks a product without reservations again. It is also the
 * longest time between two sweeps of a product with reservations.
 */
export const recheckMs: number = reservationDefaults.recheckMs.value;

/**
 * Holds units as `stock.reserve` does, and registers the product for the sweeper. Call it instead
 * of `acme.stock.reserve`, which registers nothing, and run `createReservationSweeper`. Without
 * both, units of an expired reservation return only with the next reservation of the product.
 *
 * It registers the product first, so a crash between the two calls only causes an unneeded sweep.
 *
 * ```ts
 * const reply = await reserve(acme, {
 *   product: "lamp",
 *   reservation: "cart-1",
 *   units: 1,
 *   leaseMs: 900_000,
 *   rememberMs: 86_400_000,
 * });
 * ```
 *
 * @throws MoonpathError of `expiry.track` or `stock.reserve`; after an error, call again with the
 *   same reservation
 * @throws ArgumentError if `deadlineMs` is more than 15,000
 */
export async function reserve(
  tenant: Pick<ReservationTenant, "expiry" | "stock">,
  args: StockReserveArgs,
  options: CallOptions = {},
): Promise<StockReserveReply> {
  if ((readFrom("options", () => options.deadlineMs) ?? 0) > recheckMs / 4) {
    throw new ArgumentError("deadlineMs", `at most ${recheckMs / 4}, because the sweeper checks again soon`);
  }
  const product = readFrom("args", () => args.product);
  const track = () => tenant.expiry.track({ queue: reservationQueue, item: product, dueMs: 0 }, options);
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
