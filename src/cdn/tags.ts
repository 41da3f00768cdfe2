import { createHash } from "node:crypto";

/** Fastly ignores a longer key and all that follow it. Cloudflare refuses to purge it. */
const MAX_TAG_BYTES = 1_024;

/** Fastly ignores the keys behind so many bytes, and Cloudflare the tags. */
const MAX_FIELD_BYTES = 16_384;

/** Cloudflare keeps about so many tags of an answer. */
const MAX_TAGS = 1_000;

/**
 * A tag as CDNs take it: printable ASCII without spaces and commas. All others are percent-encoded. A tag
 * of more than 1,024 bytes becomes its SHA-256.
 *
 * ```ts
 * cdnTag("product:red lamp"); // "product:red%20lamp"
 * ```
 */
export function cdnTag(tag: string): string {
  // A lone surrogate, which encodeURIComponent would refuse, becomes U+FFFD.
  const text = Buffer.from(tag).toString();
  const encoded = encodeURIComponent(text).replace(/%3A|%2F/g, decodeURIComponent);
  if (encoded.length <= MAX_TAG_BYTES) return encoded;
  // No encoded tag begins with these characters.
  return `%~${createHash("sha256").update(text).digest("hex")}`;
}

/** The field in which an answer carries its tags. */
export type TagField = "surrogate-key" | "cache-tag";

/** The value of a field with these tags; undefined if they are too many for it. */
export function tagFieldOf(field: TagField, tags: readonly string[]): string | undefined {
  const encoded = [...new Set(tags.map(cdnTag))];
  const value = encoded.join(field === "surrogate-key" ? " " : ",");
  const fits = value.length <= MAX_FIELD_BYTES && (field === "surrogate-key" || encoded.length <= MAX_TAGS);
  return fits ? value : undefined;
}
