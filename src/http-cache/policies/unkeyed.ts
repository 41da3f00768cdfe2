import type { Fields } from "../message/fields.js";

/**
 * Fields that many frameworks use to make URLs and routes, and that no `Vary` names. Whoever sends one could
 * put a response of their choice into the cache.
 */
const UNKEYED = [
  "base-url",
  "forwarded",
  "front-end-https",
  "x-envoy-original-path",
  "x-forwarded-host",
  "x-forwarded-path",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-forwarded-protocol",
  "x-forwarded-scheme",
  "x-forwarded-server",
  "x-forwarded-ssl",
  "x-forwarded-uri",
  "x-host",
  "x-http-method",
  "x-http-method-override",
  "x-matched-path",
  "x-method-override",
  "x-middleware-subrequest",
  "x-original-host",
  "x-original-uri",
  "x-original-url",
  "x-real-host",
  "x-rewrite-url",
  "x-url-scheme",
];

/** Whether a request has none of those fields, besides those that count by its policy. */
export function isKeyed(fields: Fields, counting: readonly string[]): boolean {
  if (forwardedScheme(fields, counting) === undefined) return false;
  return UNKEYED.every((name) => counting.includes(name) || !fields.has(name));
}

/**
 * The scheme that a server before this one has seen, if it says so. Handlers answer with redirections
 * by it, so responses for `http` and `https` are different ones. Undefined: the field has another
 * value.
 */
export function forwardedScheme(
  fields: Fields,
  counting: readonly string[],
): "" | "http" | "https" | undefined {
  const given = fields.get("x-forwarded-proto");
  if (given === undefined || counting.includes("x-forwarded-proto")) return "";
  return given === "http" || given === "https" ? given : undefined;
}
