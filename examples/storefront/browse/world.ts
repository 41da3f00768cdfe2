import type { NewProduct } from "../catalogue/product-book.js";
import { Random } from "../random.js";

/** The sizes of the browsed shop. */
export const SIZES = {
  products: 1_500,
  organisations: 20,
  schemas: 6,
  customers: 500,
  orders: 2_000,
} as const;

/** A small shop has fewer customers and orders. */
export const customersOf = (products: number) => Math.min(SIZES.customers, products);
export const ordersOf = (products: number) => Math.min(SIZES.orders, 4 * products);

const ADJECTIVES = ["red", "oak", "small", "vintage", "glass", "woven", "silver", "garden", "paper", "round"];
const NOUNS = ["lamp", "vase", "clock", "candle", "cushion", "basket", "frame", "mug", "lantern", "tray"];
const MATERIALS = ["cotton", "metal", "wood", "ceramic", "wool", "linen"];
const COLOURS = ["red", "blue", "green", "white", "black", "grey"];

/** A category with its parent. */
export interface CategoryRow {
  readonly category: string;
  readonly parent: string | null;
  readonly name: string;
}

/** A product with the rows of its page. */
export interface BrowsedProduct extends NewProduct {
  readonly units: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly images: readonly string[];
}

export const organisations = Array.from({ length: SIZES.organisations }, (_, index) => `org-${index}`);

/** Two groups of five categories. */
export const leafCategories = NOUNS.map((noun) => `${noun}s`);
export const categories: readonly CategoryRow[] = [
  { category: "home", parent: null, name: "Home" },
  { category: "garden", parent: null, name: "Garden" },
  ...leafCategories.map((category, index) => ({
    category,
    parent: index % 2 === 0 ? "home" : "garden",
    name: category,
  })),
];

/** What visitors search for: one word or two, the most frequent ones first. */
export const searchQueries = [
  ...NOUNS,
  ...ADJECTIVES,
  ...ADJECTIVES.flatMap((adjective) => NOUNS.map((noun) => `${adjective} ${noun}`)),
];

export const productOf = (index: number) => `item-${String(index).padStart(4, "0")}`;
export const customerOf = (index: number) => `customer-${index}`;
export const sessionOf = (index: number) => `session-${index}`;
export const orderOf = (index: number) => `browsed-order-${index}`;

/** The products of a seed. The same seed gives the same ones. */
export function productsOf(seed: number, count: number): BrowsedProduct[] {
  const random = new Random(seed);
  const oneOf = (list: readonly string[]) => list[random.between(0, list.length - 1)] ?? "";
  return Array.from({ length: count }, (_, index) => {
    const noun = NOUNS[index % NOUNS.length] ?? "";
    const name = `${oneOf(ADJECTIVES)} ${noun} No ${index}`;
    const material = oneOf(MATERIALS);
    return {
      product: productOf(index),
      organisation: organisations[random.between(0, organisations.length - 1)] ?? "",
      category: `${noun}s`,
      schema: `schema-${index % SIZES.schemas}`,
      name,
      description: `${name}. Made of ${material} by hand. `.repeat(10).trim(),
      priceMinor: random.between(100, 9_900),
      // Some products are nearly low, so that sales change their status. Every hundredth is sold out.
      units: index % 100 === 99 ? 0 : index % 10 === 3 ? random.between(11, 14) : 10_000,
      fields: { material, colour: oneOf(COLOURS), width: `${random.between(5, 80)} cm`, origin: "Portugal" },
      images: [1, 2, 3].map((position) => `/images/${productOf(index)}/${position}.webp`),
    };
  });
}
