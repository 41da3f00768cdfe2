import { createHash } from "node:crypto";

/** A search for products. */
export interface SearchRequest {
  /** The words, as the visitor wrote them. */
  readonly query: string;
  /** Empty: all categories. */
  readonly category: string;
  readonly page: number;
}

/**
 * The hash in the key of a search: 22 characters of a SHA-256. Requests that find the same have the
 * same hash, whatever their letters' case and spaces are.
 */
export function hashOf({ query, category, page }: SearchRequest): string {
  const text = JSON.stringify([query.toLowerCase().trim().split(/\s+/).join(" "), category, page]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
