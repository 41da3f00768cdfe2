import type { ProductLine } from "../invoices/line.js";
import { Random } from "../random.js";
import type { Delivery } from "./delivery.js";

/** Shares of planned sales among all lines, and of their kinds among all sales. */
export const PRICE_SALES = {
  planned: 0.004,
  /** Sales that start at once and outlast the replay. */
  running: 0.4,
  /** Sales that start after the replay. */
  later: 0.3,
  // The rest starts at once, and is ended before its time.
  /** The share of all steps that is delivered twice at the same moment. */
  twice: 0.1,
} as const;

const DAY_MS = 86_400_000;

/**
 * Plans sales in the calendar of prices. A sale has half the price of its line. Nothing ends by the
 * clock during the replay, so the books say which price Redis must show. It has its own random numbers.
 */
export class PriceSalePlan {
  readonly #random: Random;
  #sequence = 0;

  constructor(seed: number) {
    this.#random = new Random(seed ^ 0x5ca1_e0d7);
  }

  *after({ number, product, priceMinor }: ProductLine): Generator<Delivery> {
    const chosen = this.#random.chance(PRICE_SALES.planned);
    const draw = this.#random.next();
    const copies = this.#random.chance(PRICE_SALES.twice) ? 2 : 1;
    if (!chosen) return;
    const name = { event: `line-${number}:price-sale`, product };
    const isLater = draw >= PRICE_SALES.running && draw < PRICE_SALES.running + PRICE_SALES.later;
    const sale = {
      kind: "price-sale",
      ...name,
      amountMinor: Math.floor(priceMinor / 2),
      startsInMs: isLater ? DAY_MS : 0,
      lastsMs: DAY_MS,
      sequence: this.#next(),
    } as const;
    yield { event: sale, copies, isRepeat: false };
    if (draw < PRICE_SALES.running || isLater) return;
    const end = { kind: "price-sale-end", ...name, sequence: this.#next() } as const;
    yield { event: end, copies, isRepeat: false };
  }

  /** The numbers of all sales rise, so those of one product rise too. */
  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}
