/** The strings that a template literal makes of missing values and of objects. */
const NO_ACCOUNT: ReadonlySet<string> = new Set([
  "undefined",
  "null",
  "NaN",
  "[object Object]",
  "[object Promise]",
]);

/**
 * Whether the result of `caller`, or of the `key` of rate limits, names an account. Otherwise all
 * requests without an account would share their keys and stored replies, or their counts.
 */
export function isAccount(result: unknown): result is string {
  return typeof result === "string" && result.trim() !== "" && !NO_ACCOUNT.has(result.trim());
}
