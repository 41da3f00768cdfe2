import type { Fields } from "../message/fields.js";
import { dateOf } from "../parse/date.js";
import { membersOf } from "../parse/list.js";

/** Request fields that ask about an entry of the client. */
export const CONDITIONAL_FIELDS: ReadonlySet<string> = new Set([
  "if-none-match",
  "if-modified-since",
  "if-match",
  "if-unmodified-since",
  "if-range",
]);

/** An entity tag without the mark of a weak one. */
function opaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}

/** Whether the client has the stored response already, so that a 304 answers it. */
export function isNotModified(request: Fields, stored: Fields, storedMs: number): boolean {
  const ifNoneMatch = request.get("if-none-match");
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === "*") return true;
    const tag = stored.get("etag");
    return tag !== undefined && membersOf(ifNoneMatch).some((other) => opaque(other) === opaque(tag));
  }
  const sinceMs = dateOf(request.get("if-modified-since"));
  if (sinceMs === undefined) return false;
  const modifiedMs = dateOf(stored.get("last-modified")) ?? dateOf(stored.first("date")) ?? storedMs;
  return modifiedMs <= sinceMs;
}

/**
 * The fields that ask the origin whether stored responses are still valid; empty if they have no validator.
 */
export function validatorsOf(stored: readonly Fields[]): ReadonlyMap<string, string> {
  const conditions = new Map<string, string>();
  const tags = stored.flatMap((fields) => fields.get("etag") ?? []);
  if (tags.length > 0) conditions.set("if-none-match", tags.join(", "));
  const [only] = stored;
  const modified = stored.length === 1 ? only?.get("last-modified") : undefined;
  if (modified !== undefined) conditions.set("if-modified-since", modified);
  return conditions;
}
