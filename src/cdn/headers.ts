import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { notify, type OnError } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { hasContentHash } from "./content-hash.js";
import { type CdnRoute, parseRoutes, routeOf, type StoredRoute } from "./routes.js";
import { type TagField, tagFieldOf } from "./tags.js";

/** The options of `createCdn`. Only `routes` is required. */
export interface CdnOptions {
  /** The paths that may be cached. Answers of all other paths are not stored. */
  readonly routes: readonly CdnRoute[];
  /** The fields that carry tags. Default: both. Fastly reads `surrogate-key`, Cloudflare `cache-tag`. */
  readonly tagFields?: readonly TagField[] | undefined;
  /**
   * Also sends `CDN-Cache-Control` and `Surrogate-Control`, and forbids browsers to serve stale answers.
   * Caches that read neither then fetch each answer anew. Default false.
   */
  readonly targeted?: boolean | undefined;
  /**
   * Whether the name at the end of a path has a hash of the content. Default: names of `readAssets` have it.
   * Others of the browser mode `immutable` are asked for each time.
   */
  readonly isHashed?: ((path: string) => boolean) | undefined;
  /** Receives an error for each answer whose tags do not fit into a field. It is not stored. */
  readonly onError?: OnError | undefined;
}

const cdnOptions: OptionNames<CdnOptions> = {
  routes: true,
  tagFields: true,
  targeted: true,
  isHashed: true,
  onError: true,
};

/** What is known about an answer. All may be left out. */
export interface AnswerFacts {
  /** Default 200. Answers with other statuses than 200, 301, 304 and 308 are not stored. */
  readonly status?: number | undefined;
  /** The tags by which the answer is purged. */
  readonly tags?: readonly string[] | undefined;
  /** Whether it depends on who asks: it sets a cookie, or the request has `Authorization`. Default false. */
  readonly personal?: boolean | undefined;
  /** The field `Vary` that the answer has. The names of the route are added to it. */
  readonly vary?: string | undefined;
}

/** The fields of an answer, with names in small letters. */
export type CdnHeaders = Readonly<Record<string, string>>;

/** The fields for answers of each path. */
export interface Cdn {
  /**
   * @param path the path of the URL, without its query
   */
  headersFor(path: string, answer?: AnswerFacts): CdnHeaders;
}

const STORED_STATUSES: readonly number[] = [200, 301, 304, 308];
const NOT_STORED: CdnHeaders = { "cache-control": "private, no-store" };

/**
 * Makes the fields by which browsers and CDNs cache answers. What no route names is not stored.
 *
 * ```ts
 * const cdn = createCdn({
 *   routes: [...fileRoutes, { path: "/api/v1/products/:product", freshMs: 60_000, staleMs: 30_000 }],
 * });
 * cdn.headersFor("/api/v1/products/lamp", { tags: ["product:lamp"] });
 * // cache-control: public, max-age=0, s-maxage=60, stale-while-revalidate=30
 * // surrogate-key: product:lamp
 * // cache-tag: product:lamp
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function createCdn(options: CdnOptions): Cdn {
  const { routes, tagFields, targeted, isHashed, onError } = readFrom("options", () => {
    refuseUnknownOptions(options, cdnOptions);
    const {
      tagFields = ["surrogate-key", "cache-tag"],
      targeted = false,
      isHashed = hasContentHash,
    } = options;
    return { routes: parseRoutes(options.routes), tagFields, targeted, isHashed, onError: options.onError };
  });
  return {
    headersFor(path, { status = 200, tags = [], personal = false, vary } = {}) {
      const route = routeOf(routes, path);
      if (route === undefined || personal || !STORED_STATUSES.includes(status)) return NOT_STORED;
      const headers: Record<string, string> = {
        ...controlOf(route, browserOf(route, path, isHashed), targeted),
      };
      const varied = varyOf(vary, route.headers ?? []);
      if (varied !== undefined) headers["vary"] = varied;
      for (const field of tags.length > 0 ? tagFields : []) {
        const value = tagFieldOf(field, tags);
        if (value === undefined) {
          // An answer that lacks one of its tags could not be purged by it.
          notify(onError, new ArgumentError("tags", `fewer tags, because they do not fit into ${field}`));
          return NOT_STORED;
        }
        headers[field] = value;
      }
      return headers;
    },
  };
}

function controlOf(route: StoredRoute, browser: BrowserMode, targeted: boolean): CdnHeaders {
  const freshSeconds = Math.floor(route.freshMs / 1_000);
  const staleSeconds = Math.floor((route.staleMs ?? 0) / 1_000);
  const stale = staleSeconds > 0 ? `, stale-while-revalidate=${staleSeconds}` : "";
  switch (browser) {
    case "immutable":
      return { "cache-control": `public, max-age=${freshSeconds}, immutable` };
    case "fresh":
      return { "cache-control": `public, max-age=${freshSeconds}${stale}` };
    case "none": {
      if (!targeted) {
        return { "cache-control": `public, max-age=0, s-maxage=${freshSeconds}${stale}` };
      }
      const control = `max-age=${freshSeconds}${stale}`;
      return {
        "cache-control": "public, max-age=0, must-revalidate",
        "cdn-cache-control": control,
        "surrogate-control": control,
      };
    }
  }
}

type BrowserMode = Exclude<CdnRoute["browser"], undefined>;

/** A name without a hash keeps its URL when its content changes, so no browser may keep it. */
function browserOf(
  { browser = "none" }: CdnRoute,
  path: string,
  isHashed: (path: string) => boolean,
): BrowserMode {
  return browser === "immutable" && !isHashed(path) ? "none" : browser;
}

function varyOf(present: string | undefined, added: readonly string[]): string | undefined {
  const names = (present ?? "").split(",").map((name) => name.trim());
  const all = [...names, ...added].filter((name) => name !== "");
  if (all.length === 0) return undefined;
  return [...new Map(all.map((name) => [name.toLowerCase(), name])).values()].join(", ");
}
