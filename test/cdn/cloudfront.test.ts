import type {
  CachePolicyConfig,
  CreateDistributionCommandInput,
  DistributionConfig,
} from "@aws-sdk/client-cloudfront";
import { describe, expect, test } from "vitest";
import { type CdnRoute, cloudFrontConfig, fileRoutes } from "../../src/cdn/index.js";

const routes: readonly CdnRoute[] = [
  ...fileRoutes,
  { path: "/api/v1/products/:product", freshMs: 60_000, staleMs: 30_000, query: ["currency"] },
  { path: "/api/v1/categories/:category", freshMs: 60_000, staleMs: 30_000, query: ["currency"] },
  {
    path: "/api/v1/products/:product/reviews",
    freshMs: 60_000,
    headers: ["Accept-Language", "Accept-Encoding"],
  },
  { path: "/", freshMs: 3_600_000 },
  { path: "/search", freshMs: 60_000, query: "all" },
  { path: "/orders/:order", freshMs: 60_000, key: () => "user" },
];
const origins = [
  { id: "api", domainName: "origin.shop.example" },
  {
    id: "files",
    domainName: "shop.s3.amazonaws.com",
    paths: ["/static/*", "/images/*"],
    s3: { originAccessControlId: "E2QWRUHAPOMQZL" },
  },
];
const config = cloudFrontConfig({ name: "shop", routes, origins });
const idOf = (name: string) => `id-of-${name}`;

/** The first behavior whose pattern matches, as CloudFront chooses it. */
function behaviorOf(path: string) {
  const { CacheBehaviors, DefaultCacheBehavior } = config.distribution(idOf);
  const found = CacheBehaviors.Items.find(({ PathPattern }) => {
    const pattern = PathPattern.replace(/[.+^$()[\]{}|\\]/g, "\\$&").replaceAll("*", ".*");
    return new RegExp(`^${pattern}$`).test(path);
  });
  return found ?? DefaultCacheBehavior;
}

const DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

describe("a CloudFront configuration", () => {
  test("has the types of @aws-sdk/client-cloudfront", () => {
    const policies: CachePolicyConfig[] = [...config.cachePolicies];
    const distribution: DistributionConfig = config.distribution(idOf);
    const input: CreateDistributionCommandInput = { DistributionConfig: distribution };
    expect(policies.length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(input))).toEqual(input);
  });

  test("has a cache policy for each distinct choice of names and times", () => {
    expect(config.cachePolicies).toHaveLength(6);
    expect(new Set(config.cachePolicies.map(({ Name }) => Name)).size).toBe(6);
    const ofProducts = config.cachePolicies.find(
      ({ Name }) => idOf(Name) === behaviorOf("/api/v1/products/a").CachePolicyId,
    );
    expect(ofProducts).toEqual({
      Name: expect.stringMatching(/^shop-90s-[0-9a-f]{12}$/),
      Comment: "query: currency; headers: none",
      MinTTL: 0,
      DefaultTTL: 0,
      MaxTTL: 90,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: true,
        EnableAcceptEncodingBrotli: true,
        HeadersConfig: { HeaderBehavior: "none" },
        QueryStringsConfig: {
          QueryStringBehavior: "whitelist",
          QueryStrings: { Quantity: 1, Items: ["currency"] },
        },
        CookiesConfig: { CookieBehavior: "none" },
      },
    });
    expect(behaviorOf("/api/v1/categories/a").CachePolicyId).toBe(
      behaviorOf("/api/v1/products/a").CachePolicyId,
    );
  });

  test("has all of the query in the key if all of it counts", () => {
    const { CachePolicyId } = behaviorOf("/search");
    const policy = config.cachePolicies.find(({ Name }) => idOf(Name) === CachePolicyId);
    expect(policy).toMatchObject({
      Comment: "query: all; headers: none",
      ParametersInCacheKeyAndForwardedToOrigin: { QueryStringsConfig: { QueryStringBehavior: "all" } },
    });
  });

  test("leaves Accept-Encoding to CloudFront", () => {
    const { CachePolicyId } = behaviorOf("/api/v1/products/a/reviews");
    const policy = config.cachePolicies.find(({ Name }) => idOf(Name) === CachePolicyId);
    expect(policy?.ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig).toEqual({
      HeaderBehavior: "whitelist",
      Headers: { Quantity: 1, Items: ["accept-language"] },
    });
  });

  test.each([
    "/account",
    "/api/v1/orders",
    "/orders/17",
    "/api/v1/products/lamp/stock",
    "/api/v1/products/lamp/reviews/17",
    "/api/v1/products/lamp/parts/reviews",
    "/api/v1/categories/a/b",
    "/api/v1/products",
  ])("caches nothing of %s, which no route names, and passes cookies on", (path) => {
    expect(behaviorOf(path)).toMatchObject({
      CachePolicyId: DISABLED,
      OriginRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      TargetOriginId: "api",
    });
  });

  test.each([
    { path: "/static/fonts/a.woff2", origin: "files", methods: 3 },
    { path: "/images/lamp.jpg", origin: "files", methods: 3 },
    { path: "/api/v1/products/lamp", origin: "api", methods: 7 },
    { path: "/", origin: "api", methods: 7 },
  ])("caches $path of the origin $origin over HTTPS", ({ path, origin, methods }) => {
    const behavior = behaviorOf(path);
    expect(behavior.CachePolicyId).toMatch(/^id-of-shop-/);
    expect(behavior).toMatchObject({
      TargetOriginId: origin,
      ViewerProtocolPolicy: "redirect-to-https",
      Compress: true,
      AllowedMethods: { Quantity: methods, CachedMethods: { Quantity: 2, Items: ["GET", "HEAD"] } },
    });
    expect(behavior).not.toHaveProperty("OriginRequestPolicyId");
  });

  test.each([
    { name: "a header", row: { headers: ["Cookie"] } },
    { name: "so many names", row: { query: Array.from({ length: 11 }, (_, index) => `q${index}`) } },
  ])("refuses $name that CloudFront does not take", ({ row }) => {
    const make = () =>
      cloudFrontConfig({
        name: "shop",
        routes: [{ path: "/a", freshMs: 1, ...row }],
        origins: origins.slice(0, 1),
      });
    expect(make).toThrow("argument routes: ");
  });

  test("refuses more behaviors or policies than CloudFront has", () => {
    const paths = Array.from({ length: 40 }, (_, index) => `/a${index}/:b`);
    const same = paths.map((path) => ({ path, freshMs: 1_000 }));
    const only = [{ id: "api", domainName: "origin.shop.example" }];
    expect(() => cloudFrontConfig({ name: "shop", routes: same, origins: only })).toThrow(
      "80 cache behaviors",
    );
    const distinct = same.slice(0, 21).map((row, index) => ({ ...row, freshMs: 1_000 * (index + 1) }));
    expect(() => cloudFrontConfig({ name: "shop", routes: distinct, origins: only })).toThrow(
      "21 cache policies",
    );
  });

  test("refuses a policy without an id, and a path that no route has", () => {
    expect(() => config.distribution(() => undefined)).toThrow(/argument idOf: an id of the policy shop-/);
    const wrong = [{ id: "a", domainName: "a.example", paths: ["/assets/*"] }];
    expect(() => cloudFrontConfig({ name: "shop", routes, origins: wrong })).toThrow("/assets/*");
    expect(() => cloudFrontConfig({ name: "shop", routes, origins: [] })).toThrow("argument origins: ");
    expect(() => cloudFrontConfig({ name: "a shop", routes, origins })).toThrow("argument name: ");
  });
});
