import type { AnyPolicy } from "./policy.js";

/** The part of a query that counts. */
export interface CountedQuery {
  /** As it is in the key: its names in one order. */
  readonly counted: string;
  readonly query: URLSearchParams;
  /** The policy names all of it. */
  readonly isWhole: boolean;
}

/** Reads the part of a query that counts for a policy. */
export function countedQuery(
  { query: counts = [], ignoredQuery = [] }: Pick<AnyPolicy, "query" | "ignoredQuery">,
  text: string,
): CountedQuery {
  const given = new URLSearchParams(text);
  if (counts === "all") return { counted: text, query: given, isWhole: true };
  if (text === "") return { counted: "", query: given, isWhole: true };
  // Two texts that are not well-formed may have the same values here, and others at the handler.
  if (!isWellFormed(text)) return { counted: `\n${text}`, query: given, isWhole: false };
  const query = new URLSearchParams();
  for (const name of [...counts].sort()) for (const value of given.getAll(name)) query.append(name, value);
  const isWhole = [...given.keys()].every((name) => counts.includes(name) || ignoredQuery.includes(name));
  return { counted: query.toString(), query, isWhole };
}

function isWellFormed(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
