/** `moonpath/http`: the `Idempotency-Key` header and rate limits for fetch, Next, Hono, Express and Node. */
export type { KeyedTenant, Replay, RequestKeyOptions } from "../key-options.js";
export type { ProblemLog } from "../problem.js";
export { clientAddress } from "../rate-limit/client-address.js";
export type {
  CostOf,
  FunctionOf,
  LimitedTenant,
  RequestLimit,
  RequestLimitOptions,
} from "../rate-limit/request-limits.js";
export { type HonoContext, type HonoMiddleware, idempotentHono, rateLimitHono } from "./fetch/hono.js";
export { type FetchHandler, type FetchKeyOptions, idempotentFetch } from "./fetch/idempotent-fetch.js";
export { rateLimitFetch } from "./fetch/rate-limit-fetch.js";
export type { LimitMiddlewareOptions } from "./limit-options.js";
export { idempotentNode, noteErrors } from "./node/idempotent-node.js";
export { type NodeHandler, requestListener } from "./node/listener.js";
export { rateLimitNode } from "./node/rate-limit-node.js";
export type { NodeMiddleware } from "./node/types.js";
export type { KeyMiddlewareOptions } from "./options.js";
export { idempotencyOf, rateLimitOf } from "./run-of-request.js";
