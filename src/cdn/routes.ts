import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { cdnDefaults as defaults } from "./defaults.js";

/** Answers of one path, and how long caches keep them. A row of the policy table is one, too. */
export interface CdnRoute {
  /** Segments: text, `:name` for any one, and at the end `*` for any number: `/api/v1/products/:product`. */
  readonly path: string;
  /** Milliseconds for which an answer is fresh. Without it, nothing is stored. */
  readonly freshMs?: number | undefined;
  /**
   * Milliseconds after that for which a cache serves the old answer while it fetches a new one. Default 0.
   */
  readonly staleMs?: number | undefined;
  /** The names of the query that the answer depends on, or all of it. Default: none. */
  readonly query?: readonly string[] | "all" | undefined;
  /** The headers of the request that the answer depends on. Default: none. */
  readonly headers?: readonly string[] | undefined;
  /**
   * What a browser keeps. No purge reaches it. Default `none`: it asks again each time. `fresh`: the answer
   * for
   * `freshMs`. `immutable`: the same without ever asking again, if the name has a content hash.
   */
  readonly browser?: "none" | "fresh" | "immutable" | undefined;
  /** What the answer depends on besides, such as the user. A CDN does not know it, so nothing is stored. */
  readonly key?: unknown;
  /** The tenant of a request. Nothing is stored either: leave it out if the host or the path tells it. */
  readonly tenant?: unknown;
}

/** A route whose answers a CDN may store. */
export interface StoredRoute extends CdnRoute {
  readonly freshMs: number;
}

/** Files with a content hash for a year, and images for a day. */
export const fileRoutes: readonly StoredRoute[] = [
  { path: "/static/*", freshMs: defaults.hashedMs.value, browser: "immutable" },
  {
    path: "/images/*",
    freshMs: defaults.imageMs.value,
    browser: "fresh",
    query: ["width", "height", "fit", "format", "expires", "signature"],
    headers: ["accept"],
  },
];

/** A segment of a path: its text, `:` for any one, or `*` for the rest. */
type Segment = string;

/** A route with the segments of its path. */
export interface ParsedRoute {
  readonly route: CdnRoute;
  readonly segments: readonly Segment[];
  /** The route, if a CDN may store its answers. */
  readonly stored: StoredRoute | undefined;
}

const TEXT = /^[A-Za-z0-9_.~$@+-]+$/;
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const expectedPath = "text, :name, or * at the end between slashes, such as /api/v1/products/:product";

/**
 * The routes, the most specific one first: text before `:name`, and that before `*`.
 *
 * @throws ArgumentError that names the field of a row, such as `routes[2].path`
 */
export function parseRoutes(routes: readonly CdnRoute[]): readonly ParsedRoute[] {
  if (!Array.isArray(routes)) throw new ArgumentError("routes", "a list of routes");
  const parsed = routes.map((route, index) => parsedRoute(route, `routes[${index}]`));
  const seen = new Map<string, number>();
  for (const [index, { segments }] of parsed.entries()) {
    const first = seen.get(segments.join("/"));
    if (first !== undefined) {
      throw new ArgumentError(`routes[${index}].path`, `another path than that of routes[${first}]`);
    }
    seen.set(segments.join("/"), index);
  }
  return parsed.sort((one, other) => bySpecificity(one.segments, other.segments));
}

function parsedRoute(route: CdnRoute, name: string): ParsedRoute {
  const freshMs = checkedInteger(`${name}.freshMs`, route.freshMs ?? 0, 0, MAX_DURATION_MS);
  checkedInteger(`${name}.staleMs`, route.staleMs ?? 0, 0, MAX_DURATION_MS);
  for (const field of ["query", "headers"] as const) {
    const names = route[field] ?? [];
    if (field === "query" && names === "all") continue;
    const areNames =
      Array.isArray(names) && names.every((one) => (field === "headers" ? TOKEN.test(one) : one.length > 0));
    if (!areNames) throw new ArgumentError(`${name}.${field}`, "a list of names");
  }
  const isStored = route.freshMs !== undefined && route.key === undefined && route.tenant === undefined;
  const stored = isStored ? { ...route, freshMs } : undefined;
  return { route, segments: segmentsOf(route.path, `${name}.path`), stored };
}

function segmentsOf(path: string, name: string): readonly Segment[] {
  const parts = typeof path === "string" && path.startsWith("/") ? path.slice(1).split("/") : [];
  const segments = parts.map((part) => (/^:\w+$/.test(part) ? ":" : part));
  const fits = segments.every(
    (part, index) =>
      part === ":" ||
      (part === "*" && index === segments.length - 1) ||
      (part === "" && segments.length === 1) ||
      isPlainText(part),
  );
  if (segments.length === 0 || !fits) throw new ArgumentError(name, expectedPath);
  return segments;
}

function isPlainText(part: string): boolean {
  return TEXT.test(part) && part !== "." && part !== "..";
}

/** Routes with more segments come first: CloudFront's `*` also matches slashes. */
export function bySpecificity(one: readonly Segment[], other: readonly Segment[]): number {
  if (one.length !== other.length) return other.length - one.length;
  const kind = (segment: Segment) => (segment === "*" ? 2 : segment === ":" ? 1 : 0);
  for (const [index, segment] of one.entries()) {
    const difference = kind(segment) - kind(other[index] ?? "");
    if (difference !== 0) return difference;
  }
  return one.join("/") < other.join("/") ? -1 : 1;
}

/** Encoded slashes, backslashes and dots: servers disagree about the path that they stand for. */
const AMBIGUOUS = /%2f|%5c|%2e|\\|%00/i;

/** The route of the path of a URL without its query; undefined if its answers are not stored. */
export function routeOf(parsed: readonly ParsedRoute[], path: string): StoredRoute | undefined {
  if (!path.startsWith("/") || AMBIGUOUS.test(path)) return undefined;
  const parts = path.slice(1).split("/");
  const isPlain = parts.every((part) => part !== "." && part !== ".." && (part !== "" || parts.length === 1));
  if (!isPlain) return undefined;
  return parsed.find(({ segments }) => matches(segments, parts))?.stored;
}

function matches(segments: readonly Segment[], parts: readonly string[]): boolean {
  const hasRest = segments.at(-1) === "*";
  if (hasRest ? parts.length < segments.length : parts.length !== segments.length) return false;
  return segments.every((segment, index) => {
    if (segment === "*") return true;
    return segment === ":" ? parts[index] !== "" : segment === parts[index];
  });
}
