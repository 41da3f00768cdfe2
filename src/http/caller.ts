/** What a template literal makes of a value that is missing, or that is no text. */
const OF_NOBODY: ReadonlySet<string> = new Set([
  "undefined",
  "null",
  "NaN",
  "[object Object]",
  "[object Promise]",
]);

/** Whether `caller` named an account. If it did not, all such requests would be one caller and share their answers. */
export function isAccount(given: unknown): given is string {
  return typeof given === "string" && given.trim() !== "" && !OF_NOBODY.has(given.trim());
}
