export { createProxy, type HttpProxy, type ProxyOptions } from "./adapters/create-proxy.js";
export type { HttpCacheOptions } from "./core/options.js";
export { createHttpCache, type HttpCache, type InvalidationOutcome } from "./http-cache.js";
export { type EventDefinition, type EventTable, event, type PayloadOf } from "./policies/events.js";
export type { PathNames, PathValues } from "./policies/path.js";
export { type Policy, type PolicyRequest, policy } from "./policies/policy.js";
export type { AnyPolicy, PolicyTable } from "./policies/table.js";
export type { CacheRules } from "./rules/rules.js";
