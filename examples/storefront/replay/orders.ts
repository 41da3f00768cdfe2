import { type CouponEvent, MAX_ORDER_LINES, type OrderEvent, type Payment } from "../events.js";
import { GUEST, type ProductLine } from "../invoices/line.js";
import { Random } from "../random.js";

/** The share of orders whose payment takes longer than their units are held. */
export const PAID_LATE = 0.02;

/** The coupon of the replay: 5.00 off for the first 50 orders with it, at most two of each customer. */
export const COUPON: CouponEvent = {
  kind: "coupon",
  event: "WELCOME",
  limit: 50,
  customerLimit: 2,
  discountMinor: 500,
};

/** One customer in so many has the coupon, and sends it with each order. */
const COUPON_EVERY = 4;

const LATE_PAYMENT: Payment = { takesMs: 80, leaseMs: 50 };

/**
 * Collects the sale lines of one invoice into orders. An order ends with its invoice, or with
 * `MAX_ORDER_LINES` lines. It has its own random numbers.
 */
export class OrderPlan {
  readonly #random: Random;
  #lines: ProductLine[] = [];

  constructor(seed: number) {
    this.#random = new Random(seed ^ 0x3d84_f7e9);
  }

  /** The order that ends before this line, if it belongs to another invoice. */
  *before({ invoice, customer }: ProductLine): Generator<OrderEvent> {
    const [first] = this.#lines;
    if (first !== undefined && (first.invoice !== invoice || first.customer !== customer)) yield* this.end();
  }

  /** Adds a line, and returns the order that is full with it. An order has only lines of sales. */
  *add(line: ProductLine): Generator<OrderEvent> {
    if (line.quantity <= 0) return;
    this.#lines.push(line);
    if (this.#lines.length === MAX_ORDER_LINES) yield* this.end();
  }

  /** The open order, when the invoices end. */
  *end(): Generator<OrderEvent> {
    const lines = this.#lines;
    const [first] = lines;
    if (first === undefined) return;
    this.#lines = [];
    const isPaidLate = this.#random.chance(PAID_LATE);
    yield {
      kind: "order",
      event: `line-${first.number}:order`,
      invoice: first.invoice,
      customer: first.customer,
      lines: lines.map(({ product, quantity, priceMinor }) => ({ product, units: quantity, priceMinor })),
      ...(hasCoupon(first.customer) ? { coupon: COUPON.event } : {}),
      ...(isPaidLate ? { payment: LATE_PAYMENT } : {}),
    };
  }
}

function hasCoupon(customer: string): boolean {
  return customer !== GUEST && Number(customer) % COUPON_EVERY === 0;
}
