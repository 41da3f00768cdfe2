import { createHash } from "node:crypto";

/** The header's name in lower case. */
export const KEY_HEADER = "idempotency-key";

/** The value of a request header in Node. */
export type HeaderValue = string | readonly string[] | undefined;

/** The result of `keyOf`. */
export type IdempotencyKey =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "missing" }
  | { readonly kind: "malformed" };

export const MALFORMED_KEY: IdempotencyKey = { kind: "malformed" };

/** The longest key, in characters. */
const MAX_KEY_LENGTH = 255;
/** A string of RFC 8941: printable ASCII in quotes, with escaped quotes and backslashes. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** A token without quotes, spaces and commas, which many clients send. */
const BARE = /^[\x21\x23-\x2b\x2d-\x7e]+$/;

/**
 * Parses an `Idempotency-Key` header: a quoted string as in the IETF draft, or a token without
 * quotes. Both forms name the same key. Parameters and lists are malformed.
 */
export function keyOf(header: HeaderValue): IdempotencyKey {
  if (header === undefined) return { kind: "missing" };
  if (typeof header !== "string") return MALFORMED_KEY;
  const text = header.trim();
  const key = QUOTED.exec(text)?.[1]?.replace(/\\(.)/g, "$1") ?? BARE.exec(text)?.[0];
  if (key === undefined || key === "" || key.length > MAX_KEY_LENGTH) return MALFORMED_KEY;
  return { kind: "key", key };
}

/**
 * Whether a request has a header more than once. Node joins the values with ", ", so two malformed
 * values could form one valid string. `rawHeaders` alternates names and values.
 */
export function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  const names = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  return names.length > 1;
}

/** The request's name in Redis. The same key of two accounts gives two names. */
export function requestName(caller: string, key: string): string {
  return `http-${createHash("sha256")
    .update(JSON.stringify([caller, key]))
    .digest("base64url")}`;
}
