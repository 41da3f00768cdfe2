import type { ProductLine } from "../invoices/line.js";
import { Random } from "../random.js";
import type { Delivery } from "./delivery.js";

/** Shares of offers among all lines, and of their steps among all offers. */
export const OFFERS = {
  made: 0.01,
  /** Offers that run until their end. */
  expiring: 0.5,
  extended: 0.2,
  cancelled: 0.2,
  // The rest continues to run, and loses its row or its tracking later.
  /** The share of all steps that is delivered twice at the same moment. */
  twice: 0.1,
} as const;

/** Short enough to end during the replay. */
export const SHORT_OFFER_MS = 300;
/** Long enough for the next step to come in time on a busy machine. */
const LONG_OFFER_MS = 600_000;
const EXTENDED_MS = 3_600_000;

/** Plans offers. It has its own random numbers. */
export class OfferPlan {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed ^ 0x71a9_0b45);
  }

  *after({ number, product, priceMinor }: ProductLine): Generator<Delivery> {
    const chosen = this.#random.chance(OFFERS.made);
    const draw = this.#random.next();
    const copies = this.#random.chance(OFFERS.twice) ? 2 : 1;
    if (!chosen) return;
    const event = `line-${number}:offer`;
    const amountMinor = Math.floor(priceMinor / 2);
    const endsInMs = draw < OFFERS.expiring ? SHORT_OFFER_MS : LONG_OFFER_MS;
    yield { event: { kind: "offer", event, product, amountMinor, endsInMs }, copies, isRepeat: false };
    if (draw < OFFERS.expiring) return;
    if (draw < OFFERS.expiring + OFFERS.extended) {
      const extension = { kind: "offer-extend", event, product, endsInMs: EXTENDED_MS } as const;
      yield { event: extension, copies, isRepeat: false };
    } else if (draw < OFFERS.expiring + OFFERS.extended + OFFERS.cancelled) {
      yield { event: { kind: "offer-cancel", event, product }, copies, isRepeat: false };
    }
  }
}
