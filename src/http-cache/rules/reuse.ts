import type { Fields } from "../message/fields.js";
import { type Directives, directivesOf } from "../parse/directives.js";

/** The directives of a request. `Pragma: no-cache` counts if there is no `Cache-Control`. */
export function requestDirectives(fields: Fields): Directives {
  const control = fields.get("cache-control");
  if (control !== undefined) return directivesOf(control);
  return NO_CACHE.test(fields.get("pragma") ?? "") ? PRAGMA : directivesOf(undefined);
}

const NO_CACHE = /\bno-cache\b/i;
const PRAGMA = directivesOf("no-cache");

/** The part of a stored response that its reuse depends on. */
export interface Reusable {
  readonly directives: Directives;
  readonly lifetimeMs: number;
  /** The product's own time after the fresh one; 0 without. */
  readonly staleMs: number;
}

/**
 * How a stored response may answer a request (RFC 9111, section 4, and RFC 5861). `refresh`: it is served,
 * and refreshed in the background. `validate`: only after the origin has confirmed it.
 */
export type Reuse = "serve" | "refresh" | "validate";

export function reuseOf(request: Directives, stored: Reusable, ageMs: number, isExpired: boolean): Reuse {
  const { directives, lifetimeMs } = stored;
  if (request.has("no-cache") || directives.isNoCache) return "validate";
  const maxAge = request.seconds("max-age");
  const isTooOld = request.has("max-age") && ageMs > (maxAge ?? 0) * 1_000;
  const staleForMs = ageMs - lifetimeMs;
  if (staleForMs < 0 && !isExpired) {
    const minFreshMs = (request.seconds("min-fresh") ?? 0) * 1_000;
    return isTooOld || -staleForMs < minFreshMs ? "validate" : "serve";
  }
  if (isTooOld || request.has("min-fresh")) return "validate";
  if (request.has("max-stale") && !isExpired && !mustValidate(directives)) {
    const maxStale = request.hasWhole("max-stale") ? Number.POSITIVE_INFINITY : request.seconds("max-stale");
    if (maxStale !== undefined && staleForMs <= maxStale * 1_000) return "serve";
  }
  if (mustValidate(directives, "stale-while-revalidate")) return "validate";
  const windowMs = Math.max((directives.seconds("stale-while-revalidate") ?? 0) * 1_000, stored.staleMs);
  // What was invalidated softly has no fresh time left.
  return Math.max(0, staleForMs) < windowMs && !request.has("max-age") ? "refresh" : "validate";
}

/**
 * Whether a response must not be served after its time without the origin's word. `s-maxage` says so too, but
 * not if the response itself has `allowing`.
 */
function mustValidate(directives: Directives, allowing?: string): boolean {
  if (directives.has("must-revalidate") || directives.has("proxy-revalidate")) return true;
  if (directives.isNoCache) return true;
  return directives.has("s-maxage") && !(allowing !== undefined && directives.has(allowing));
}

/** Whether a stored response may stand in for a failed origin (RFC 9111, section 4.2.4, and RFC 5861). */
export function mayStandIn(
  request: Directives,
  { directives, lifetimeMs }: Reusable,
  ageMs: number,
  staleOnFailure: boolean,
): boolean {
  if (mustValidate(directives, "stale-if-error") || request.has("no-cache")) return false;
  if (staleOnFailure) return true;
  const allowed = Math.max(directives.seconds("stale-if-error") ?? 0, request.seconds("stale-if-error") ?? 0);
  return ageMs - lifetimeMs < allowed * 1_000;
}
