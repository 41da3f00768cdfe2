import type { ProductLine } from "../invoices/line.js";
import { Random } from "../random.js";
import type { Delivery } from "./delivery.js";

/** Carts without an order, as shares of all lines. */
export const CARTS = {
  /** Carts that their visitor cancels. */
  cancelled: 0.01,
  /** Carts that are abandoned until their lease ends. */
  abandoned: 0.005,
  /** The share of both that is delivered twice at the same moment. */
  twice: 0.1,
} as const;

/** Long enough to cancel a cart in time on a busy machine. */
const LONG_LEASE_MS = 600_000;
const SHORT_LEASE_MS = 200;

/**
 * Plans carts without an order between the orders of a product. Their units return before the
 * product's next order, which waits for its turn. So no order is refused because of a cart. It has
 * its own random numbers.
 */
export class Carts {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed ^ 0x2c1b_3c6d);
  }

  *after({ number, product }: ProductLine): Generator<Delivery> {
    const draw = this.#random.next();
    const units = this.#random.between(1, 3);
    const copies = this.#random.chance(CARTS.twice) ? 2 : 1;
    const event = `line-${number}:cart`;
    const cart = { kind: "cart", event, product, units } as const;
    if (draw < CARTS.cancelled) {
      yield { event: { ...cart, leaseMs: LONG_LEASE_MS }, copies, isRepeat: false };
      yield { event: { kind: "cart-cancel", event, product }, copies, isRepeat: false };
    } else if (draw < CARTS.cancelled + CARTS.abandoned) {
      const pauseAfterMs = SHORT_LEASE_MS + 1;
      yield { event: { ...cart, leaseMs: SHORT_LEASE_MS }, copies, isRepeat: false, pauseAfterMs };
    }
  }
}
