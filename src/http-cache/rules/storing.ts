import type { Fields } from "../message/fields.js";
import type { Directives } from "../parse/directives.js";
import { type CacheControl, isHeuristicStatus, type Lifetime } from "./freshness.js";
import type { CacheRules } from "./rules.js";
import { varyNames } from "./vary.js";

/** Final statuses whose caching this cache understands, for `must-understand`. */
const UNDERSTOOD = new Set([
  200, 203, 204, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 500, 501, 502, 503, 504,
]);

/** Fields that are for the next server only, and are not stored (RFC 9111, section 3.1). */
export const UNSTORED_FIELDS: ReadonlySet<string> = new Set([
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
]);

/** More names are no negotiation, and each request would be compared with all of them. */
const MAX_VARY_NAMES = 32;

/**
 * What may be sent in a field (RFC 9110, section 5.5). Another value would break each answer from the
 * cache.
 */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Reasons that lie in a request, and say nothing about the responses to others. */
export const REASONS_OF_REQUEST: ReadonlySet<string> = new Set(["authorization", "request-no-store"]);

/** The response whose storing is decided. */
export interface Candidate {
  readonly status: number;
  readonly fields: Fields;
  readonly control: CacheControl;
  readonly lifetime: Lifetime;
}

/** Why a response is not stored; undefined if it is (RFC 9111, section 3). */
export function notStoredBecause(
  request: { readonly fields: Fields; readonly directives: Directives },
  { status, fields, control: { directives }, lifetime }: Candidate,
  { storesSetCookie, storesErrors }: Pick<CacheRules, "storesSetCookie" | "storesErrors">,
): string | undefined {
  // A 206 is a part, and a 304 a message about an entry.
  if (status < 200 || status === 206 || status === 304) return "status";
  const mustUnderstand = directives.has("must-understand");
  if (mustUnderstand ? !UNDERSTOOD.has(status) : directives.has("no-store")) return "no-store";
  if (request.directives.has("no-store")) return "request-no-store";
  if (directives.has("private")) return "private";
  if (request.fields.has("authorization") && !allowsAuthorized(directives)) return "authorization";
  const vary = varyNames(fields);
  if (vary.includes("*") || vary.length > MAX_VARY_NAMES) return "vary";
  if (!fields.pairs.every(([, value]) => FIELD_VALUE.test(value))) return "fields";
  if (!storesSetCookie && fields.has("set-cookie")) return "set-cookie";
  if (!storesErrors && status >= 400 && !isHeuristicStatus(status)) return "status";
  if (lifetime.isExplicit || directives.has("public")) return undefined;
  const hasValidator = fields.has("etag") || fields.has("last-modified");
  return isHeuristicStatus(status) && (lifetime.ms > 0 || hasValidator) ? undefined : "no-lifetime";
}

function allowsAuthorized(directives: CacheControl["directives"]): boolean {
  return directives.has("public") || directives.has("must-revalidate") || directives.has("s-maxage");
}
