/**
 * An event that the replay delivers to the shop. Both deliveries of an event have the same `event`
 * id.
 */
export type ShopEvent =
  | BookedEvent
  | OrderEvent
  | CouponEvent
  | ViewEvent
  | CartEvent
  | CartCancelEvent
  | OfferStep
  | PriceSaleStep;

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

/** Units sold at a till or returned, at least 1. The invoices have orders instead of sales at a till. */
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
  /** The event's number among price events; higher is later, in any order of arrival. */
  readonly sequence: number;
}

/** An event that the books record in the table `events`. */
export type BookedEvent = OpeningEvent | MovementEvent | PriceEvent;

export function isBooked({ kind }: ShopEvent): boolean {
  return kind === "opening" || kind === "sale" || kind === "return" || kind === "price";
}

/** One line of an order. An order may have several lines of one product. */
export interface OrderLine {
  readonly product: string;
  /** At least 1. */
  readonly units: number;
  /** The price of one unit that the customer pays, in pence. */
  readonly priceMinor: number;
}

/**
 * A customer orders and pays all lines of an invoice, or none. The event's id is the idempotency key.
 */
export interface OrderEvent {
  readonly kind: "order";
  readonly event: string;
  readonly invoice: string;
  readonly customer: string;
  readonly lines: readonly OrderLine[];
  /** A coupon that the customer has. */
  readonly coupon?: string;
  /** How long the payment takes, and how long the units are held for it. Absent: it is paid at once. */
  readonly payment?: Payment;
}

export interface Payment {
  readonly takesMs: number;
  readonly leaseMs: number;
}

/** The shop sets a coupon: a fixed discount. The event's id is the coupon's name. */
export interface CouponEvent {
  readonly kind: "coupon";
  readonly event: string;
  /** Orders in all, and of each customer. */
  readonly limit: number;
  readonly customerLimit: number;
  readonly discountMinor: number;
}

/** The most lines of one order. A longer invoice becomes several orders. A cart has at most 100 products. */
export const MAX_ORDER_LINES = 100;

/** A visitor viewed a product's page. */
export interface ViewEvent {
  readonly kind: "view";
  readonly event: string;
  readonly product: string;
}

/** A visitor puts units into a cart. The event's id is the cart's name. */
export interface CartEvent {
  readonly kind: "cart";
  readonly event: string;
  readonly product: string;
  readonly units: number;
  /** How long the units are held. */
  readonly leaseMs: number;
}

/** A visitor cancels the cart of this name. */
export interface CartCancelEvent {
  readonly kind: "cart-cancel";
  readonly event: string;
  readonly product: string;
}

/**
 * Steps of an offer, which is another price for a limited time. Each step has the offer's name as
 * `event`.
 */
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
  /** Counted from the start of the offer. */
  readonly endsInMs: number;
}

export interface OfferCancelEvent {
  readonly kind: "offer-cancel";
  readonly event: string;
  readonly product: string;
}

/**
 * Steps of a sale in the calendar of prices: another price of a product for a planned time. Each step
 * has the sale's name as `event`.
 */
export type PriceSaleStep = PriceSaleEvent | PriceSaleEndEvent;

export interface PriceSaleEvent {
  readonly kind: "price-sale";
  readonly event: string;
  readonly product: string;
  readonly amountMinor: number;
  /** Counted from the arrival of the event. */
  readonly startsInMs: number;
  readonly lastsMs: number;
  /** The step's number among the steps of all sales; higher is later. */
  readonly sequence: number;
}

export interface PriceSaleEndEvent {
  readonly kind: "price-sale-end";
  readonly event: string;
  readonly product: string;
  readonly sequence: number;
}

/**
 * A stock code or an event's id. It has only printable ASCII characters without braces, so that
 * keys, paths and tables accept it.
 */
export const NAME = { pattern: "^[ -z|~]+$", maxCharacters: 63 } as const;

/** The two warehouses of the demo. */
export const WAREHOUSES = ["north", "south"] as const;

/** The shop's only currency; the invoices are in pounds. */
export const CURRENCY = "GBP";
