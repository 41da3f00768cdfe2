import type { CartLine } from "../../../src/index.js";

/** Products that the carts of a fault run have. They are in many slots of the cluster. */
export const PRODUCTS: readonly string[] = Array.from({ length: 60 }, (_, index) => `product-${index}`);
export const LEASE_MS = 1_500;
export const PREPARE_LIMIT_MS = 1_000;
export const REMEMBER_MS = 3_600_000;
/** The most lines of a cart. */
const MAX_LINES = 20;

/**
 * The lines of a cart, from its name. So the run knows what a client ordered, also after it has killed
 * the client.
 */
export function linesOf(cart: string): readonly CartLine[] {
  const next = numbersFrom(cart);
  const count = 1 + (next() % MAX_LINES);
  const products = new Set<string>();
  while (products.size < count) products.add(PRODUCTS[next() % PRODUCTS.length] ?? "");
  return Array.from(products, (product) => ({ product, units: 1 + (next() % 3) }));
}

/** Numbers that depend on the text alone: FNV-1a, then xorshift. */
function numbersFrom(text: string): () => number {
  let state = 2_166_136_261;
  for (const letter of text) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
