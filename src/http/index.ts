/** `moonpath/fastify`: the `Idempotency-Key` header, rate limits and entity tags for Fastify. */
export { type EntityTagOptions, type EntityTagRuleOf, entityTags } from "./entity-tags/plugin.js";
export type { IdempotencyKeyOptions, KeyedTenant, KeyUse } from "./options.js";
export { idempotencyKeys } from "./plugin.js";
export { clientAddress } from "./rate-limit/client-address.js";
export type {
  LimitedTenant,
  RateLimitOptions,
  RequestCost,
  RequestFunction,
  RequestLimit,
  RouteLimitOptions,
} from "./rate-limit/options.js";
export { rateLimits } from "./rate-limit/plugin.js";
