/** The products that the loads call. */
export const PRODUCTS = 1_000;
/** `redis-benchmark -r` writes a random number with 12 digits in place of this text. */
export const RANDOM_NUMBER = "__rand_int__";

const names = Array.from({ length: PRODUCTS }, (_, number) => productName(String(number).padStart(12, "0")));

/** The product of a call. */
export function productOf(call: number): string {
  return names[call % PRODUCTS] ?? "";
}

/** The name of a product, by its number with 12 digits. */
export function productName(number: string): string {
  return `product-${number}`;
}
