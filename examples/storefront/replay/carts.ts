import type { ProductLine } from "../invoices/line.js";
import { Random } from "../random.js";
import type { Delivery } from "./delivery.js";

/** Carts that never become a sale, as shares of all lines. */
export const CARTS = {
  /** Given up by whoever filled them. */
  cancelled: 0.01,
  /** Left alone until their lease is over. */
  abandoned: 0.005,
  /** Of both, delivered twice at the same moment. */
  twice: 0.1,
} as const;

/** Long enough that a cancelled cart is given up in time, however busy the machine is. */
const LONG_LEASE_MS = 600_000;
const SHORT_LEASE_MS = 200;

/**
 * Makes carts that come to nothing between a product's sales. Their units are back before the
 * product's next sale, which has to wait for its turn, so that no sale is refused because of them.
 * The seed decides, apart from what else it decides.
 */
export class Carts {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed ^ 0x2c1b_3c6d);
  }

  *after({ number, product }: ProductLine): Generator<Delivery> {
    const fate = this.#random.next();
    const units = this.#random.between(1, 3);
    const copies = this.#random.chance(CARTS.twice) ? 2 : 1;
    const event = `line-${number}:cart`;
    const cart = { kind: "cart", event, product, units } as const;
    if (fate < CARTS.cancelled) {
      yield { event: { ...cart, leaseMs: LONG_LEASE_MS }, copies, again: false };
      yield { event: { kind: "cart-cancel", event, product }, copies, again: false };
    } else if (fate < CARTS.cancelled + CARTS.abandoned) {
      const restMs = SHORT_LEASE_MS + 1;
      yield { event: { ...cart, leaseMs: SHORT_LEASE_MS }, copies, again: false, restMs };
    }
  }
}
