import type { ShopEvent } from "../events.js";
import type { InvoiceLine } from "../invoices/line.js";
import type { ShopReply } from "./http.js";
import { SHORT_OFFER_MS } from "./offers.js";

/** The most bad lines whose reasons are printed. */
const MAX_NAMED = 10;

/** The counts of read lines and sent events. The comparison uses them as an independent source. */
export class Tally {
  lines = 0;
  bad = 0;
  other = 0;
  views = 0;
  /** Sale lines of the file. */
  sales = 0;
  /** The sum of price times units of all sale lines of the file, in pence. */
  salesMinor = 0;
  orders = 0;
  /** Orders whose payment takes longer than their units are held. */
  paidLate = 0;
  returns = 0;
  priceEvents = 0;
  /** Planned deliveries after the first of each event. */
  duplicates = 0;
  /** Replies so far, without the deliveries in flight. */
  answered = 0;
  /** Replies that said that the event was known. */
  repeated = 0;
  /** Orders that were refused, without repeats. */
  refused = 0;
  /** Replies to page views and orders, and those of them that were no repeats. */
  readonly replies = { views: { all: 0, new: 0 }, orders: { all: 0, new: 0 } };
  /** Steps of planned sales. */
  readonly priceSales = { planned: 0, ended: 0 };
  /** Steps of offers. */
  readonly offers = { made: 0, expiring: 0, extended: 0, cancelled: 0 };
  /** Carts that held units, by their end. */
  readonly carts = { cancelled: 0, abandoned: 0 };
  /** Deliveries that were retried, and those of them that the rate limit had refused. */
  retries = 0;
  limited = 0;
  /** Orders with a coupon. */
  withCoupon = 0;
  /** The first few bad lines. */
  readonly badLines: { readonly number: number; readonly reason: string }[] = [];
  /** The sum of quantities in the file, by product. */
  readonly quantities = new Map<string, number>();
  /** The price of the latest price event, by product. */
  readonly prices = new Map<string, { readonly sequence: number; readonly amountMinor: number }>();
  /** Page views, by product. */
  readonly productViews = new Map<string, number>();

  /** Counts an event when it is sent for the first time. */
  send(event: ShopEvent): void {
    switch (event.kind) {
      case "view":
        this.views += 1;
        this.productViews.set(event.product, (this.productViews.get(event.product) ?? 0) + 1);
        break;
      case "order":
        this.orders += 1;
        if (event.payment !== undefined) this.paidLate += 1;
        if (event.coupon !== undefined) this.withCoupon += 1;
        break;
      case "price-sale":
        this.priceSales.planned += 1;
        break;
      case "price-sale-end":
        this.priceSales.ended += 1;
        break;
      case "return":
        this.returns += 1;
        break;
      case "price":
        this.priceEvents += 1;
        if (event.sequence > (this.prices.get(event.product)?.sequence ?? -1)) {
          this.prices.set(event.product, event);
        }
        break;
      case "offer":
        this.offers.made += 1;
        if (event.endsInMs === SHORT_OFFER_MS) this.offers.expiring += 1;
        break;
      case "offer-extend":
        this.offers.extended += 1;
        break;
      case "offer-cancel":
        this.offers.cancelled += 1;
        break;
      case "opening":
      case "coupon":
      case "sale":
      case "cart":
      case "cart-cancel":
    }
  }

  /** Counts a reply of the shop. */
  countReply({ kind }: ShopEvent, { repeated, refused }: ShopReply): void {
    this.answered += 1;
    if (repeated) this.repeated += 1;
    else if (refused && kind === "order") this.refused += 1;
    if (kind !== "view" && kind !== "order") return;
    const counts = kind === "view" ? this.replies.views : this.replies.orders;
    counts.all += 1;
    if (!repeated) counts.new += 1;
  }

  /** Counts a cart whose units the shop has held. */
  countCart(end: "cancelled" | "abandoned"): void {
    this.carts[end] += 1;
  }

  /** Counts a line when it is read. */
  count(line: InvoiceLine): void {
    this.lines += 1;
    switch (line.kind) {
      case "bad":
        this.bad += 1;
        if (this.badLines.length < MAX_NAMED)
          this.badLines.push({ number: line.number, reason: line.reason });
        break;
      case "other":
        this.other += 1;
        break;
      case "product":
        this.quantities.set(line.product, (this.quantities.get(line.product) ?? 0) + line.quantity);
        if (line.quantity > 0) {
          this.sales += 1;
          this.salesMinor += line.quantity * line.priceMinor;
        }
    }
  }
}
