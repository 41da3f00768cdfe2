import type { Fields } from "../message/fields.js";
import type { PathValues } from "./path.js";

/** What a policy's functions know of a URL. */
export interface PolicyUrl<Values> {
  /** The values in the path. */
  readonly path: Values;
  /** The query as far as it counts. */
  readonly query: URLSearchParams;
}

/** What they know of a request. */
export interface PolicyRequest<Values> extends PolicyUrl<Values> {
  readonly fields: Fields;
}

/** How the responses of one kind of endpoint are cached. All but `path` may be left out. */
export interface Policy<Path extends string = string> {
  /** Segments of plain text or `:name`; a star at the end stands for the rest: `/reports/*`. */
  readonly path: Path;
  /** Milliseconds for which a response is fresh that does not say it itself. Default: it is not stored. */
  readonly freshMs?: number | undefined;
  /** Milliseconds after that in which it is served while one request refreshes it. Default 0. */
  readonly staleMs?: number | undefined;
  /**
   * The names of the query that count; `"all"` takes the query as it is. Default: none. A request with
   * other names is answered from the cache, and its response is not stored.
   */
  readonly query?: readonly string[] | "all" | undefined;
  /** Names of the query that change nothing, such as `utm_source`. The handler must not use them. */
  readonly ignoredQuery?: readonly string[] | undefined;
  /** Names of request fields that count, in lower case, besides those of `Vary`. */
  readonly headers?: readonly string[] | undefined;
  /** Another part of the key, such as the user of a session. */
  readonly key?: ((request: PolicyRequest<PathValues<Path>>) => string) | undefined;
  /** The tenant of a request. Default: that of the cache. */
  readonly tenant?: ((request: PolicyRequest<PathValues<Path>>) => string) | undefined;
  /** The tags of a response, shared with caches of data. They depend on the URL alone. */
  readonly tags?: ((url: PolicyUrl<PathValues<Path>>) => readonly string[]) | undefined;
  /**
   * Events that make responses old. If the path or the query has names of the event's payload, only responses
   * with the same values.
   */
  readonly invalidateOn?: readonly string[] | undefined;
}

/** The values of any path, by name. */
export type AnyValues = Readonly<Record<string, string>>;

/** A policy of any path. Its functions get the values that its own path has. */
export interface AnyPolicy extends Omit<Policy, "key" | "tenant" | "tags"> {
  readonly key?: ((request: PolicyRequest<AnyValues>) => string) | undefined;
  readonly tenant?: ((request: PolicyRequest<AnyValues>) => string) | undefined;
  readonly tags?: ((url: PolicyUrl<AnyValues>) => readonly string[]) | undefined;
}

/**
 * Types the values in a policy's path: `policy({ path: "/products/:product", tags: ({ path }) =>
 * [path.product] })`.
 */
export function policy<const Path extends string>(definition: Policy<Path>): AnyPolicy;
export function policy(definition: AnyPolicy): AnyPolicy {
  return definition;
}
