import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import { bySpecificity, type CdnRoute, type ParsedRoute, parseRoutes, type StoredRoute } from "../routes.js";
import { cachePolicyOf } from "./cache-policy.js";
import {
  type CacheBehavior,
  type CachePolicyConfig,
  counted,
  type DefaultCacheBehavior,
  type DistributionConfig,
  type Origin,
} from "./types.js";

/** A server behind CloudFront. */
export interface CloudFrontOrigin {
  readonly id: string;
  readonly domainName: string;
  /** The routes that it answers, such as `/static/*`. The first origin answers all others. */
  readonly paths?: readonly string[] | undefined;
  /** Whether it is a bucket of S3, with the id of its origin access control. Default: a server with HTTPS. */
  readonly s3?: { readonly originAccessControlId: string } | undefined;
}

/** The options of `cloudFrontConfig`. */
export interface CloudFrontOptions {
  /** Begins the names of the policies, and is the caller's reference of the distribution. */
  readonly name: string;
  /** The paths that may be cached, as those of `createCdn`. */
  readonly routes: readonly CdnRoute[];
  /** At least one. */
  readonly origins: readonly CloudFrontOrigin[];
}

const cloudFrontOptions: OptionNames<CloudFrontOptions> = { name: true, routes: true, origins: true };

/** The configuration of a distribution, for `@aws-sdk/client-cloudfront` or as JSON. */
export interface CloudFrontConfig {
  /** One for each distinct choice of query, headers and times. Create them first. */
  readonly cachePolicies: readonly CachePolicyConfig[];
  /**
   * @param idOf the id of a created policy by its name
   * @throws ArgumentError if a policy has no id
   */
  distribution(idOf: (policyName: string) => string | undefined): DistributionConfig;
}

/** Managed policies of CloudFront: nothing is cached, and the origin gets all but the field `Host`. */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** Quotas of CloudFront. */
const MAX_BEHAVIORS = 75;
const MAX_POLICIES = 20;

/** A pattern, and the route that it caches; undefined if it caches nothing. */
interface Pattern {
  readonly segments: readonly string[];
  readonly stored: StoredRoute | undefined;
}

/**
 * Makes a distribution of CloudFront from routes. What no route names is not cached, and reaches the origin
 * with its cookies.
 *
 * ```ts
 * const config = cloudFrontConfig({
 *   name: "shop",
 *   routes: [...fileRoutes, { path: "/api/v1/products/:product", freshMs: 60_000, query: ["currency"] }],
 *   origins: [{ id: "api", domainName: "origin.shop.example" }],
 * });
 * const ids = new Map(config.cachePolicies.map(({ Name }) => [Name, "the id that CloudFront returned"]));
 * const distribution = config.distribution((name) => ids.get(name));
 * ```
 *
 * @throws ArgumentError for routes that CloudFront cannot have, or too many of them
 */
export function cloudFrontConfig(options: CloudFrontOptions): CloudFrontConfig {
  const { name, routes, origins } = readFrom("options", () => {
    refuseUnknownOptions(options, cloudFrontOptions);
    return { ...options, routes: parseRoutes(options.routes) };
  });
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
    throw new ArgumentError("name", "1 to 64 letters, digits, _ and -");
  const [first] = origins;
  if (first === undefined) throw new ArgumentError("origins", "at least one");
  const originOf = originsByPath(origins, first, routes);
  const patterns = patternsOf(routes);
  const policies = new Map<StoredRoute, CachePolicyConfig>();
  for (const { stored } of routes) if (stored) policies.set(stored, cachePolicyOf(stored, name));
  const distinct = [...new Map([...policies.values()].map((policy) => [policy.Name, policy])).values()];
  checkQuotas(patterns.length, distinct.length);
  return {
    cachePolicies: distinct,
    distribution(idOf) {
      const behaviors = patterns.map(({ segments, stored }): CacheBehavior => {
        const PathPattern = patternOf(segments);
        if (stored === undefined) return { PathPattern, ...uncached(originOf(segments)) };
        const policy = policies.get(stored)?.Name ?? "";
        const id = idOf(policy);
        if (!id) throw new ArgumentError("idOf", `an id of the policy ${policy}`);
        return { PathPattern, ...cached(originOf(segments), id, stored) };
      });
      return {
        CallerReference: name,
        Comment: `${name}: ${routes.length} routes`,
        Enabled: true,
        HttpVersion: "http2and3",
        IsIPV6Enabled: true,
        Origins: counted(origins.map(originConfig)),
        DefaultCacheBehavior: uncached(first.id),
        CacheBehaviors: counted(behaviors),
      };
    },
  };
}

function checkQuotas(behaviors: number, policies: number): void {
  if (behaviors > MAX_BEHAVIORS) {
    throw new ArgumentError(
      "routes",
      `fewer: they need ${behaviors} cache behaviors of CloudFront's ${MAX_BEHAVIORS}`,
    );
  }
  if (policies > MAX_POLICIES) {
    throw new ArgumentError(
      "routes",
      `fewer: they need ${policies} cache policies of CloudFront's ${MAX_POLICIES}`,
    );
  }
}

/**
 * The patterns of all routes, the most specific one first. CloudFront's `*` also matches slashes:
 * `/products/*` has `/products/lamp/reviews`, which may need cookies. So a pattern with one more segment
 * comes before it, and caches nothing.
 */
function patternsOf(routes: readonly ParsedRoute[]): readonly Pattern[] {
  const patterns = new Map<string, Pattern>();
  for (const { segments, stored } of routes) patterns.set(patternOf(segments), { segments, stored });
  for (const { segments } of routes) {
    for (const [index, segment] of segments.entries()) {
      if (segment !== ":") continue;
      const longer = segments.toSpliced(index, 0, ":");
      const key = patternOf(longer);
      if (!patterns.has(key)) patterns.set(key, { segments: longer, stored: undefined });
    }
  }
  return [...patterns.values()].sort((one, other) => bySpecificity(one.segments, other.segments));
}

function patternOf(segments: readonly string[]): string {
  return `/${segments.map((segment) => (segment === ":" ? "*" : segment)).join("/")}`;
}

function cached(origin: string, policyId: string, { browser = "none" }: CdnRoute): DefaultCacheBehavior {
  const isFile = browser !== "none";
  return {
    TargetOriginId: origin,
    ViewerProtocolPolicy: "redirect-to-https",
    Compress: true,
    CachePolicyId: policyId,
    AllowedMethods: methods(isFile ? ["GET", "HEAD", "OPTIONS"] : ALL_METHODS),
  };
}

function uncached(origin: string): DefaultCacheBehavior {
  return {
    TargetOriginId: origin,
    ViewerProtocolPolicy: "redirect-to-https",
    Compress: true,
    CachePolicyId: CACHING_DISABLED,
    OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
    AllowedMethods: methods(ALL_METHODS),
  };
}

type Methods = DefaultCacheBehavior["AllowedMethods"];

const ALL_METHODS: Methods["Items"] = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

function methods(allowed: Methods["Items"]): Methods {
  return { ...counted(allowed), CachedMethods: counted(["GET", "HEAD"]) };
}

function originConfig({ id, domainName, s3 }: CloudFrontOrigin): Origin {
  const common = { Id: id, DomainName: domainName };
  if (s3) {
    const { originAccessControlId } = s3;
    return {
      ...common,
      OriginAccessControlId: originAccessControlId,
      S3OriginConfig: { OriginAccessIdentity: "" },
    };
  }
  return {
    ...common,
    CustomOriginConfig: {
      HTTPPort: 80,
      HTTPSPort: 443,
      OriginProtocolPolicy: "https-only",
      OriginSslProtocols: counted(["TLSv1.2"]),
    },
  };
}

/** @throws ArgumentError if an origin names a path that no route has */
function originsByPath(
  origins: readonly CloudFrontOrigin[],
  first: CloudFrontOrigin,
  routes: readonly ParsedRoute[],
): (segments: readonly string[]) => string {
  const byRoute = new Map<CdnRoute, string>();
  for (const { id, paths = [] } of origins) {
    for (const path of paths) {
      const named = routes.find(({ route }) => route.path === path);
      if (named === undefined)
        throw new ArgumentError("origins", `paths of routes; there is none with ${path}`);
      byRoute.set(named.route, id);
    }
  }
  return (segments) => {
    const route = routes.find((one) => one.segments === segments)?.route;
    return (route && byRoute.get(route)) ?? first.id;
  };
}
