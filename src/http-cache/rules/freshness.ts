import type { Fields } from "../message/fields.js";
import { dateOf } from "../parse/date.js";
import { type Directives, directivesOf } from "../parse/directives.js";
import { targetedDirectives } from "../parse/targeted.js";
import type { CacheRules } from "./rules.js";

/** Statuses whose responses are fresh by a heuristic (RFC 9110, section 15.1). */
const HEURISTIC = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);

export function isHeuristicStatus(status: number): boolean {
  return HEURISTIC.has(status);
}

const HEURISTIC_PART = 0.1;
const MAX_HEURISTIC_MS = 86_400_000;

/** What a response says to this cache. */
export interface CacheControl {
  readonly directives: Directives;
  /** The directives are of a targeted field, so `Expires` does not count. */
  readonly isTargeted: boolean;
}

/** The directives of a response. Without targeted fields in `rules`, those of `Cache-Control`. */
export function cacheControlOf(
  fields: Fields,
  { targetedFields }: Pick<CacheRules, "targetedFields">,
): CacheControl {
  for (const name of targetedFields) {
    const directives = targetedDirectives(fields.get(name));
    if (directives) return { directives, isTargeted: true };
  }
  return { directives: directivesOf(fields.get("cache-control")), isTargeted: false };
}

/** For how long a response is fresh. */
export interface Lifetime {
  readonly ms: number;
  /** The response says so itself. */
  readonly isExplicit: boolean;
}

/** The fresh time of a response (RFC 9111, section 4.2.1). `nowMs` serves if it has no valid `Date`. */
export function lifetimeOf(
  status: number,
  fields: Fields,
  { directives, isTargeted }: CacheControl,
  nowMs: number,
  { heuristics }: Pick<CacheRules, "heuristics">,
): Lifetime {
  for (const name of ["s-maxage", "max-age"]) {
    // A time that is not valid is over.
    if (directives.has(name)) return { ms: (directives.seconds(name) ?? 0) * 1_000, isExplicit: true };
  }
  const dateMs = dateOf(fields.first("date")) ?? nowMs;
  if (!isTargeted && fields.has("expires")) {
    const expiresMs = dateOf(fields.get("expires"));
    return { ms: expiresMs === undefined ? 0 : Math.max(0, expiresMs - dateMs), isExplicit: true };
  }
  const modifiedMs = heuristics ? dateOf(fields.get("last-modified")) : undefined;
  const mayGuess = HEURISTIC.has(status) || directives.has("public");
  if (modifiedMs === undefined || !mayGuess || modifiedMs >= dateMs) return { ms: 0, isExplicit: false };
  return { ms: Math.min((dateMs - modifiedMs) * HEURISTIC_PART, MAX_HEURISTIC_MS), isExplicit: false };
}

/** Larger ages count as this one. */
const MAX_AGE_SECONDS = 2 ** 31;

/**
 * The age of a response when it arrived (RFC 9111, section 4.2.3). All times are in epoch milliseconds of
 * one clock.
 */
export function initialAgeMs(fields: Fields, sentMs: number, receivedMs: number): number {
  const dateMs = dateOf(fields.first("date"));
  const apparentMs = dateMs === undefined ? 0 : Math.max(0, receivedMs - dateMs);
  const [first = ""] = (fields.first("age") ?? "").split(",");
  const seconds = /^\d+$/.test(first.trim()) ? Math.min(Number(first), MAX_AGE_SECONDS) : 0;
  const correctedMs = seconds * 1_000 + (receivedMs - sentMs);
  // `Date` has whole seconds, so less than one says nothing.
  return Math.max(apparentMs >= 1_000 ? apparentMs : 0, correctedMs);
}
