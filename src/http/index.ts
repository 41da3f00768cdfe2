/** `moonpath/fastify`: the `Idempotency-Key` header and rate limits for Fastify. */
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
