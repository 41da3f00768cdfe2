import { type ShopEvent, WAREHOUSES } from "../events.js";
import type { InvoiceLine, ProductLine } from "../invoices/line.js";
import { Random } from "../random.js";
import { Carts } from "./carts.js";
import { type Delivery, lanesOf } from "./delivery.js";
import { OfferPlan } from "./offers.js";
import { COUPON, OrderPlan } from "./orders.js";
import { PriceSalePlan } from "./price-sales.js";

/** The shares of events that are delivered twice or late on purpose. */
export const DISORDER = {
  /**
   * Events that are delivered twice: half of them at the same moment, half again after newer
   * events.
   */
  twice: 0.05,
  /** Prices, orders and returns that are delivered after a newer event of the same product. */
  late: 0.02,
} as const;

export interface PlanOptions {
  readonly seed: number;
  /** Units of each product at the start, over all warehouses. */
  readonly stock: number;
}

/** Receives each line when it is read, so that the caller can count. */
export type LineObserver = (line: InvoiceLine) => void;

/**
 * Turns invoice lines into deliveries, in the order of sending.
 *
 * A product's first line opens its stock in both warehouses. Each line is a page view. It is also a
 * price event if the price differs from the product's line before. It is a return if the quantity is
 * negative, and a line of its invoice's order if it is positive. A quantity of zero moves nothing.
 * The order follows the last line of its invoice. Some lines add an offer, a planned sale, or a cart
 * without an order.
 *
 * The seed decides which events are delivered twice or late. The same lines and the same seed give
 * the same deliveries. The plan stores one price for each product, the open order, and the deliveries
 * that it holds back.
 */
export async function* planDeliveries(
  lines: AsyncIterable<InvoiceLine> | Iterable<InvoiceLine>,
  { seed, stock }: PlanOptions,
  observe: LineObserver = () => {},
): AsyncGenerator<Delivery> {
  const disorder = new Disorder(seed);
  const carts = new Carts(seed);
  const offers = new OfferPlan(seed);
  const priceSales = new PriceSalePlan(seed);
  const orders = new OrderPlan(seed);
  const lastPrice = new Map<string, number>();
  yield { event: COUPON, copies: 2, isRepeat: false };
  for await (const line of lines) {
    observe(line);
    if (line.kind !== "product") continue;
    for (const order of orders.before(line)) yield* disorder.deliver(order);
    const known = lastPrice.get(line.product);
    if (known === undefined) {
      for (const event of openings(line.product, stock)) yield* disorder.deliver(event);
    }
    for (const event of eventsOf(line, known)) yield* disorder.deliver(event);
    yield* carts.after(line);
    yield* offers.after(line);
    yield* priceSales.after(line);
    for (const order of orders.add(line)) yield* disorder.deliver(order);
    lastPrice.set(line.product, line.priceMinor);
  }
  for (const order of orders.end()) yield* disorder.deliver(order);
  yield* disorder.deliverHeld();
}

function openings(product: string, stock: number): ShopEvent[] {
  return WAREHOUSES.map((warehouse, index) => ({
    kind: "opening",
    event: `opening:${warehouse}`,
    product,
    warehouse,
    quantity: index === 0 ? Math.ceil(stock / 2) : Math.floor(stock / 2),
    sequence: 1,
  }));
}

function eventsOf(
  { number, product, quantity, priceMinor }: ProductLine,
  known: number | undefined,
): ShopEvent[] {
  const events: ShopEvent[] = [];
  const event = (kind: string) => `line-${number}:${kind}`;
  if (priceMinor !== known) {
    events.push({ kind: "price", event: event("price"), product, amountMinor: priceMinor, sequence: number });
  }
  events.push({ kind: "view", event: event("view"), product });
  if (quantity < 0) events.push({ kind: "return", event: event("return"), product, units: -quantity });
  return events;
}

/** Delivers some events twice and some late, after the next event of the same product and kind. */
class Disorder {
  readonly #random: Random;
  readonly #held = new Map<string, Delivery[]>();

  constructor(seed: number) {
    this.#random = new Random(seed ^ 0x5f0e_d21c);
  }

  *deliver(event: ShopEvent): Generator<Delivery> {
    const twice = this.#random.chance(DISORDER.twice);
    const together = this.#random.chance(0.5);
    const late = this.#random.chance(DISORDER.late) && event.kind !== "view" && event.kind !== "opening";
    const lanes = lanesOf(event).map(({ name }) => name);
    // An order is held in the lane of its first product.
    const [lane = ""] = lanes;
    if (late) {
      // No newer event was delivered yet, so all held events stay held.
      this.#hold(lane, { event, copies: twice ? 2 : 1, isRepeat: false });
      return;
    }
    const held = lanes.flatMap((name) => this.#take(name));
    yield { event, copies: twice && together ? 2 : 1, isRepeat: false };
    yield* held;
    if (twice && !together) this.#hold(lane, { event, copies: 1, isRepeat: true });
  }

  /** Delivers all held events when the invoices end. */
  *deliverHeld(): Generator<Delivery> {
    for (const held of this.#held.values()) yield* held;
    this.#held.clear();
  }

  #take(lane: string): readonly Delivery[] {
    const held = this.#held.get(lane) ?? [];
    this.#held.delete(lane);
    return held;
  }

  #hold(lane: string, delivery: Delivery): void {
    const held = this.#held.get(lane);
    if (held === undefined) this.#held.set(lane, [delivery]);
    else held.push(delivery);
  }
}
