/** The messages of an error and of its causes, each once. */
export function reasonsOf(error: unknown): string {
  return [...new Set(listOf(error))].join(": ");
}

function listOf(error: unknown): string[] {
  if (!(error instanceof Error)) return error === undefined ? [] : [String(error)];
  // Node.js tries all addresses of a name. Its error then has no message of its own.
  const parts: unknown[] = error instanceof AggregateError && error.message === "" ? error.errors : [];
  const own = parts.length > 0 ? parts.map((part) => reasonsOf(part)).join(", ") : error.message;
  return [own, ...listOf(error.cause)].filter((text) => text !== "");
}
