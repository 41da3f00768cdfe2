/** `moonpath/cdn`: answers, files and images behind a CDN, and their purges. */
export {
  type AssetManifest,
  type AssetOptions,
  type Assets,
  createAssets,
  type FolderAssets,
  type ReadAssetsOptions,
  readAssets,
} from "./assets.js";
export {
  type CloudFrontConfig,
  type CloudFrontOptions,
  type CloudFrontOrigin,
  cloudFrontConfig,
} from "./cloudfront/distribution.js";
export type {
  CacheBehavior,
  CachePolicyConfig,
  CountedList,
  DefaultCacheBehavior,
  DistributionConfig,
  Origin,
} from "./cloudfront/types.js";
export { type AnswerFacts, type Cdn, type CdnHeaders, type CdnOptions, createCdn } from "./headers.js";
export {
  type ImageSet,
  type ImageSize,
  imageSets,
  type ResponsiveImage,
  responsiveImage,
} from "./image-sets.js";
export { type CloudflareOptions, cloudflarePurger } from "./purge/cloudflare.js";
export { type FastlyOptions, fastlyPurger } from "./purge/fastly.js";
export type { PurgerOptions } from "./purge/options.js";
export {
  type CdnPurger,
  PurgeError,
  type PurgeFailure,
  type PurgeOptions,
  type PurgeOutcome,
} from "./purge/types.js";
export { type CdnRoute, fileRoutes } from "./routes.js";
export { cdnTag, type TagField } from "./tags.js";
