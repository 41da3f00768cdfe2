import { createHash } from "node:crypto";
import { ArgumentError } from "../../core/errors.js";
import type { StoredRoute } from "../routes.js";
import { type CachePolicyConfig, counted } from "./types.js";

/** The names of a kind that a policy may have, as CloudFront's quotas are. */
const MAX_NAMES = 10;

/** Headers that CloudFront does not take into a key, or that would make an entry for each visitor. */
const REFUSED = new Set([
  "cookie",
  "host",
  "connection",
  "user-agent",
  "content-length",
  "transfer-encoding",
]);

/**
 * The policy of a route. Two routes with the same names and times have the same one.
 *
 * @throws ArgumentError for names that CloudFront does not take
 */
export function cachePolicyOf(route: StoredRoute, name: string): CachePolicyConfig {
  const { query = [] } = route;
  const queries = query === "all" ? query : [...new Set(query)].sort();
  const headers = [...new Set((route.headers ?? []).map((header) => header.toLowerCase()))]
    // CloudFront normalises this one by itself.
    .filter((header) => header !== "accept-encoding")
    .sort();
  const refused = headers.find((header) => REFUSED.has(header));
  if (refused !== undefined) {
    throw new ArgumentError("routes", `headers of ${route.path} without ${refused}, which no key may have`);
  }
  if ((queries !== "all" && queries.length > MAX_NAMES) || headers.length > MAX_NAMES) {
    throw new ArgumentError(
      "routes",
      `at most ${MAX_NAMES} names of the query, and of headers, for ${route.path}`,
    );
  }
  const maxSeconds = Math.ceil((route.freshMs + (route.staleMs ?? 0)) / 1_000);
  const digest = createHash("sha256")
    .update(JSON.stringify([maxSeconds, queries, headers]))
    .digest("hex");
  return {
    Name: `${name}-${maxSeconds}s-${digest.slice(0, 12)}`,
    Comment: `query: ${[queries].flat().join(" ") || "none"}; headers: ${headers.join(" ") || "none"}`.slice(
      0,
      128,
    ),
    // The times are those of the answer's Cache-Control. Without it, nothing is stored.
    MinTTL: 0,
    DefaultTTL: 0,
    MaxTTL: maxSeconds,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: true,
      EnableAcceptEncodingBrotli: true,
      HeadersConfig:
        headers.length === 0
          ? { HeaderBehavior: "none" }
          : { HeaderBehavior: "whitelist", Headers: counted(headers) },
      QueryStringsConfig: queryConfig(queries),
      CookiesConfig: { CookieBehavior: "none" },
    },
  };
}

function queryConfig(
  names: readonly string[] | "all",
): CachePolicyConfig["ParametersInCacheKeyAndForwardedToOrigin"]["QueryStringsConfig"] {
  if (names === "all") return { QueryStringBehavior: "all" };
  if (names.length === 0) return { QueryStringBehavior: "none" };
  return { QueryStringBehavior: "whitelist", QueryStrings: counted(names) };
}
