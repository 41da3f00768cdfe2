/** `moonpath/fastify`: the `Idempotency-Key` header, rate limits and entity tags for Fastify. */
export { type EntityTagOptions, type EntityTagRuleOf, entityTags } from "./entity-tags/plugin.js";
export type { KeyedTenant, KeyUse, Replay, RequestKeyOptions } from "./key-options.js";
export type { IdempotencyKeyOptions } from "./options.js";
export { idempotencyKeys } from "./plugin.js";
export { clientAddress } from "./rate-limit/client-address.js";
export type {
  RateLimitOptions,
  RequestCost,
  RequestFunction,
  RouteLimitOptions,
} from "./rate-limit/options.js";
export { rateLimits } from "./rate-limit/plugin.js";
export type { LimitedTenant, RequestLimit, RequestLimitOptions } from "./rate-limit/request-limits.js";
