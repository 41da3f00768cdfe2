import type { ShopEvent } from "../events.js";

/** One planned delivery of an event to the shop. */
export interface Delivery {
  readonly event: ShopEvent;
  /** With 2, both copies are sent at the same moment. */
  readonly copies: 1 | 2;
  /** True for the second copy of an event that was delivered before. */
  readonly isRepeat: boolean;
  /** How long after the reply nothing else of the same lane is sent. */
  readonly pauseAfterMs?: number;
}

/** A name under which events are sent one after the other. */
export interface Lane {
  readonly name: string;
  /** The product whose opening comes before. */
  readonly product: string | undefined;
}

/**
 * Events of one lane are sent one after the other, so that runs with the same seed have the same
 * result. An order is in the lanes of all its products, each once, and of its coupon.
 */
export function lanesOf(event: ShopEvent): readonly Lane[] {
  if (event.kind === "coupon") return [couponLane(event.event)];
  if (event.kind !== "order") return [{ name: laneOf(event), product: event.product }];
  const products = new Set(event.lines.map(({ product }) => product));
  const lanes: Lane[] = Array.from(products, (product) => ({ name: `stock:${product}`, product }));
  return event.coupon === undefined ? lanes : [...lanes, couponLane(event.coupon)];
}

function couponLane(coupon: string): Lane {
  return { name: `coupon:${coupon}`, product: undefined };
}

function laneOf(event: Exclude<ShopEvent, { kind: "order" | "coupon" }>): string {
  switch (event.kind) {
    case "opening":
      return `opening:${event.product}:${event.warehouse}`;
    case "price":
      return `price:${event.product}`;
    case "offer":
    case "offer-extend":
    case "offer-cancel":
      return `offer:${event.event}`;
    case "view":
      return `view:${event.product}`;
    case "price-sale":
    case "price-sale-end":
      return `price-sale:${event.product}`;
    case "sale":
    case "return":
    case "cart":
    case "cart-cancel":
      return `stock:${event.product}`;
  }
}
