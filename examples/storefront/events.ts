/** What the replay delivers to the shop. An event delivered twice carries the same `event` id both times. */
export type ShopEvent = OpeningEvent | MovementEvent | PriceEvent | ViewEvent;

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

/** What the books take down one by one. Views come there in batches. */
export type BookedEvent = Exclude<ShopEvent, ViewEvent>;

/** Somebody looked at a product's page. */
export interface ViewEvent {
  readonly kind: "view";
  readonly event: string;
  readonly product: string;
}

/** A stock code or an event's id: printable ASCII without braces, so that it fits keys, paths and tables alike. */
export const NAME = { pattern: "^[ -z|~]+$", mostCharacters: 63 } as const;

/** The two warehouses of the demo. */
export const WAREHOUSES = ["north", "south"] as const;

/** The shop's only currency; the invoices are in pounds. */
export const CURRENCY = "GBP";
