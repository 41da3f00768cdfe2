/** A list as CloudFront's API takes it. */
export interface CountedList<Item> {
  Quantity: number;
  Items: Item[];
}

type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "OPTIONS" | "DELETE";

/** What `CreateCachePolicy` of CloudFront takes. Times are in seconds. */
export interface CachePolicyConfig {
  Name: string;
  Comment: string;
  MinTTL: number;
  DefaultTTL: number;
  MaxTTL: number;
  ParametersInCacheKeyAndForwardedToOrigin: {
    EnableAcceptEncodingGzip: boolean;
    EnableAcceptEncodingBrotli: boolean;
    HeadersConfig: { HeaderBehavior: "none" | "whitelist"; Headers?: CountedList<string> };
    QueryStringsConfig: {
      QueryStringBehavior: "none" | "whitelist" | "all";
      QueryStrings?: CountedList<string>;
    };
    CookiesConfig: { CookieBehavior: "none" };
  };
}

/** How CloudFront answers requests whose path no other behavior matches. */
export interface DefaultCacheBehavior {
  TargetOriginId: string;
  ViewerProtocolPolicy: "redirect-to-https";
  Compress: boolean;
  CachePolicyId: string;
  OriginRequestPolicyId?: string;
  AllowedMethods: CountedList<Method> & { CachedMethods: CountedList<Method> };
}

/** How CloudFront answers requests whose path matches a pattern. */
export interface CacheBehavior extends DefaultCacheBehavior {
  PathPattern: string;
}

/** A server, or a bucket of S3. */
export interface Origin {
  Id: string;
  DomainName: string;
  OriginAccessControlId?: string;
  S3OriginConfig?: { OriginAccessIdentity: string };
  CustomOriginConfig?: {
    HTTPPort: number;
    HTTPSPort: number;
    OriginProtocolPolicy: "https-only";
    OriginSslProtocols: CountedList<"TLSv1.2">;
  };
}

/** What `CreateDistribution` of CloudFront takes. */
export interface DistributionConfig {
  CallerReference: string;
  Comment: string;
  Enabled: boolean;
  HttpVersion: "http2and3";
  IsIPV6Enabled: boolean;
  Origins: CountedList<Origin>;
  DefaultCacheBehavior: DefaultCacheBehavior;
  CacheBehaviors: CountedList<CacheBehavior>;
}

/** A list with its length. */
export function counted<Item>(items: readonly Item[]): CountedList<Item> {
  return { Quantity: items.length, Items: [...items] };
}
