/**
 * What the replay delivers to the shop. An event delivered twice carries the same `event` id both
 * times.
 */
export type ShopEvent = BookedEvent | ViewEvent | CartEvent | CartCancelEvent | OfferStep;

/** One warehouse's stock of a product at the start. */
export interface OpeningEvent {
  readonly kind: "opening";
  readonly event: string;
  readonly product: string;
  readonly warehouse: string;
  /** Units on hand. */
  readonly quantity: number;
  /** The warehouse's event number; higher is later. */
  readonly sequence: number;
}

/** Units sold or returned; always above zero. */
export interface MovementEvent {
  readonly kind: "sale" | "return";
  readonly event: string;
  readonly product: string;
  readonly units: number;
}

/** The price of a product from now on, in pence. */
export interface PriceEvent {
  readonly kind: "price";
  readonly event: string;
  readonly product: string;
  readonly amountMinor: number;
  /** The event's place in the order of price events; higher is later, whenever it arrives. */
  readonly sequence: number;
}

/** What the books take down in one table. */
export type BookedEvent = OpeningEvent | MovementEvent | PriceEvent;

export function isBooked({ kind }: ShopEvent): boolean {
  return kind === "opening" || kind === "sale" || kind === "return" || kind === "price";
}

/** Somebody looked at a product's page. */
export interface ViewEvent {
  readonly kind: "view";
  readonly event: string;
  readonly product: string;
}

/** Units that somebody puts into a cart, named by the event. */
export interface CartEvent {
  readonly kind: "cart";
  readonly event: string;
  readonly product: string;
  readonly units: number;
  /** How long they are held. */
  readonly leaseMs: number;
}

/** The cart of this name is given up. */
export interface CartCancelEvent {
  readonly kind: "cart-cancel";
  readonly event: string;
  readonly product: string;
}

/** A product at another price for a while; the event names the offer in each of its steps. */
export type OfferStep = OfferEvent | OfferExtendEvent | OfferCancelEvent;

export interface OfferEvent {
  readonly kind: "offer";
  readonly event: string;
  readonly product: string;
  readonly amountMinor: number;
  readonly endsInMs: number;
}

export interface OfferExtendEvent {
  readonly kind: "offer-extend";
  readonly event: string;
  readonly product: string;
  /** From its start on. */
  readonly endsInMs: number;
}

export interface OfferCancelEvent {
  readonly kind: "offer-cancel";
  readonly event: string;
  readonly product: string;
}

/**
 * A stock code or an event's id: printable ASCII without braces, so that it fits keys, paths and
 * tables alike.
 */
export const NAME = { pattern: "^[ -z|~]+$", maxCharacters: 63 } as const;

/** The two warehouses of the demo. */
export const WAREHOUSES = ["north", "south"] as const;

/** The shop's only currency; the invoices are in pounds. */
export const CURRENCY = "GBP";
