import { Random } from "../random.js";
import { COLUMNS, type InvoiceLine, parseLine } from "./line.js";

/** The default number of generated lines. They show every feature and take seconds. */
export const SYNTHETIC_LINES = 20_000;

/** The shape of the generated shop, taken from the real December 2010. */
const SHAPE = {
  products: 1_500,
  /**
   * The popularity of rank r is 1 / (r + shift)^exponent: the most sold product has about 1 % of
   * the lines.
   */
  exponent: 0.95,
  shift: 12,
  /** Lines without a product (postage, manual entries). */
  other: 0.005,
  returns: 0.018,
  /** Lines with another price than the product's usual one. */
  otherPrice: 0.3,
  /** Lines without a price, for written-off goods. */
  writeOff: 0.006,
} as const;

const OTHER_CODES = ["POST", "DOT", "M", "D", "C2", "BANK CHARGES"] as const;
const QUANTITIES = [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 6, 6, 8, 12, 12, 24, 48] as const;
const FIRST_DAY = Date.UTC(2010, 11, 1, 8, 0, 0);
const LINE_EVERY_MS = 45_000;

/**
 * Generates invoices in the Online Retail format, with the header first. They have popular and rare
 * products, several prices for a product, returns, and lines without a product. The same seed
 * generates the same text.
 */
export function* syntheticText(seed: number, lines: number): Generator<string> {
  const random = new Random(seed);
  const codes = stockCodes(random);
  const popularity = cumulativePopularity(codes.length);
  const usual = codes.map(() => random.between(29, 1_495));

  yield COLUMNS.join(",");
  let invoice = 536_365;
  let left = 0;
  for (let n = 0; n < lines; n += 1) {
    if (left === 0) {
      invoice += 1;
      left = random.between(1, 40);
    }
    left -= 1;
    const date = new Date(FIRST_DAY + n * LINE_EVERY_MS).toISOString().slice(0, 19).replace("T", " ");
    const rank = pick(popularity, random.next());
    const isReturn = random.chance(SHAPE.returns);
    const units = QUANTITIES[random.between(0, QUANTITIES.length - 1)] ?? 1;
    const pence = priceOf(random, usual[rank] ?? 100);
    const isOther = random.chance(SHAPE.other);
    const code = isOther ? (OTHER_CODES[random.between(0, OTHER_CODES.length - 1)] ?? "POST") : codes[rank];
    const description = isOther ? "CARRIAGE" : rank % 25 === 0 ? `"LAMP, No ${rank}"` : `LAMP No ${rank}`;
    const number = isReturn ? `C${invoice}` : `${invoice}`;
    yield `${number},${code},${description},${isReturn ? -units : units},${date},${pounds(pence)},${customerOf(invoice)}.0,France`;
  }
}

/** Some customers have several invoices. */
function customerOf(invoice: number): number {
  return 12_346 + ((invoice * 7_919) % 700);
}

/**
 * The same invoices as parsed lines. Line numbers are those of the text, whose header is line 1.
 */
export function* syntheticInvoices(seed: number, lines: number): Generator<InvoiceLine> {
  let number = 0;
  for (const text of syntheticText(seed, lines)) {
    number += 1;
    if (number > 1) yield parseLine(text, number);
  }
}

function stockCodes(random: Random): string[] {
  const codes = new Set<string>();
  while (codes.size < SHAPE.products) {
    const letter = random.chance(0.2) ? String.fromCharCode(random.between(65, 71)) : "";
    codes.add(`${random.between(10_000, 90_999)}${letter}`);
  }
  return [...codes];
}

function cumulativePopularity(products: number): number[] {
  const weights = Array.from({ length: products }, (_, rank) => (rank + SHAPE.shift) ** -SHAPE.exponent);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => {
    sum += weight / whole;
    return sum;
  });
}

/** Finds the rank of the first product whose cumulative share reaches `share`, by binary search. */
function pick(cumulative: readonly number[], share: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 1) < share) low = middle + 1;
    else high = middle;
  }
  return low;
}

function priceOf(random: Random, usual: number): number {
  if (random.chance(SHAPE.writeOff)) return 0;
  if (!random.chance(SHAPE.otherPrice)) return usual;
  return random.chance(0.7) ? usual * 2 - 5 : Math.max(1, Math.round(usual * 0.85));
}

function pounds(pence: number): string {
  return `${Math.floor(pence / 100)}.${String(pence % 100).padStart(2, "0")}`;
}
