import { createHash } from "node:crypto";

/** The value of a request's header as Node gives it. */
export type HeaderValue = string | readonly string[] | undefined;

export type IdempotencyKey =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "missing" }
  | { readonly kind: "malformed" };

/** The longest key, in characters. */
const LONGEST = 255;
/** A string of RFC 8941: printable ASCII in quotes, with quote and backslash escaped. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** As many clients send it, without quotes: a token, with neither space nor comma. */
const BARE = /^[\x21\x23-\x2b\x2d-\x7e]+$/;

/**
 * Reads an `Idempotency-Key` header: a quoted string, as the IETF draft says, or a bare token, as many clients send it. Both
 * spell the same key. The draft has no parameters: they are refused. So is a list of values.
 */
export function keyOf(header: HeaderValue): IdempotencyKey {
  if (header === undefined) return { kind: "missing" };
  if (typeof header !== "string") return { kind: "malformed" };
  const text = header.trim();
  const key = QUOTED.exec(text)?.[1]?.replace(/\\(.)/g, "$1") ?? BARE.exec(text)?.[0];
  if (key === undefined || key === "" || key.length > LONGEST) return { kind: "malformed" };
  return { kind: "key", key };
}

/**
 * Whether a request has a header more than once. Node joins the values with ", ", so that two halves of a string make one.
 * `rawHeaders` are names and values in turn, as they came.
 */
export function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  const names = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  return names.length > 1;
}

/** A request's name in Redis. Callers choose their keys by themselves: the same key of two of them names two requests. */
export function requestName(caller: string, key: string): string {
  return `http-${createHash("sha256")
    .update(JSON.stringify([caller, key]))
    .digest("base64url")}`;
}
