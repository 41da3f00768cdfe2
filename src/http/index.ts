/** `moonpath/fastify`: the `Idempotency-Key` header for Fastify. */
export type { IdempotencyKeyOptions, KeyedTenant, KeyUse } from "./options.js";
export { idempotencyKeys } from "./plugin.js";
