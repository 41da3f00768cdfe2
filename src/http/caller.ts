/** The strings that a template literal makes of missing values and of objects. */
const NO_ACCOUNT: ReadonlySet<string> = new Set([
  "undefined",
  "null",
  "NaN",
  "[object Object]",
  "[object Promise]",
]);

/**
 * Whether the result of `caller` names an account. Otherwise all requests without an account would
 * share their keys and stored replies.
 */
export function isAccount(caller: unknown): caller is string {
  return typeof caller === "string" && caller.trim() !== "" && !NO_ACCOUNT.has(caller.trim());
}
