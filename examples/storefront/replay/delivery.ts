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

/**
 * Events of one lane are sent one after the other, so that runs with the same seed have the same
 * result.
 */
export function laneOf(event: ShopEvent): string {
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
    case "sale":
    case "return":
    case "cart":
    case "cart-cancel":
      return `stock:${event.product}`;
  }
}
