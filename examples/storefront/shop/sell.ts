import { otherPayload, ShopError, unknownProduct } from "./http/errors.js";
import { REMEMBER_MS, type Tenant } from "./terms.js";

/** The units to sell. Every attempt has the same reservation name. */
export interface Wanted {
  readonly product: string;
  readonly reservation: string;
  readonly units: number;
}

/** `refused`: too few units are available, and none were sold. */
export interface Sold {
  readonly outcome: "sold" | "refused";
  readonly available: number;
  /** True if an earlier attempt sold the units. */
  readonly repeated: boolean;
}

/** If a shop dies between the two steps, its units stay held for this time. */
const LEASE_MS = 10_000;
/** The most leases of one sale that may expire while the shop's process is stopped. */
const MAX_LEASES = 10;

/**
 * Reserves units and commits them. Every step may run twice, so the next attempt completes an
 * interrupted sale. If the lease expires before the commit, nothing is sold, and the function
 * reserves the units again under the next name.
 */
export async function sell(acme: Tenant, { product, reservation, units }: Wanted): Promise<Sold> {
  for (let lease = 1; lease <= MAX_LEASES; lease += 1) {
    const name = lease === 1 ? reservation : `${reservation}·${lease}`;
    const held = await acme.stock.reserve({
      product,
      reservation: name,
      units,
      leaseMs: LEASE_MS,
      rememberMs: REMEMBER_MS,
    });
    switch (held.outcome) {
      case "unknown":
        throw unknownProduct();
      case "mismatch":
        throw otherPayload();
      case "released":
        throw cancelled();
      case "refused":
        return { outcome: "refused", available: held.available, repeated: false };
      case "already_committed":
        return { outcome: "sold", available: await availableOf(acme, product), repeated: true };
      case "again":
      case "expired":
        continue;
      case "reserved":
    }
    const sold = await acme.stock.commit({ product, reservation: name, rememberMs: REMEMBER_MS });
    switch (sold.outcome) {
      case "committed":
        return { outcome: "sold", available: sold.available, repeated: false };
      case "already_committed":
        return { outcome: "sold", available: await availableOf(acme, product), repeated: true };
      case "short":
        // A new count of the warehouse found fewer units than reservations hold.
        await acme.stock.release({ product, reservation: name, rememberMs: REMEMBER_MS });
        return { outcome: "refused", available: await availableOf(acme, product), repeated: false };
      case "released":
        throw cancelled();
      case "expired":
      case "unknown":
    }
  }
  throw new ShopError(503, "TOO_SLOW", "the units could not be sold before their reservation expired");
}

function cancelled(): ShopError {
  return new ShopError(409, "CANCELLED", "the reservation was cancelled before");
}

async function availableOf(acme: Tenant, product: string): Promise<number> {
  const stock = await acme.stock.read({ product, low: 0 });
  return stock.outcome === "known" ? stock.available : 0;
}
