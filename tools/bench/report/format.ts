/** A number with at most three digits that count, such as `61,200`. */
export function count(value: number): string {
  return value.toLocaleString("en-GB", { maximumSignificantDigits: value < 1_000 ? 3 : 4 });
}

/** Microseconds, such as `1.84`. */
export function microseconds(value: number): string {
  return value.toLocaleString("en-GB", { maximumSignificantDigits: 3 });
}
