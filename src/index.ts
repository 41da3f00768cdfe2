/**
 * Moonpath: the hot path of a shop as typed functions over Redis Lua scripts.
 *
 * ```ts
 * const moonpath = createMoonpath(new Redis(), { namespace: "shop" });
 * const acme = moonpath.tenant("acme");
 * const sale = await acme.stock.adjust({ product: "lamp", change: -1, backorder: false, low: 5, rememberMs: 60_000 });
 * ```
 */
export * from "../generated/ts/index.js";
export type { CallEvent, Observer, ReloadEvent, RetryEvent } from "./client/call/observer.js";
export type { RedisLike } from "./client/connection/redis.js";
export { defaults } from "./client/defaults.js";
export type { CallOptions, ClientOptions, Listening } from "./client/index.js";
export * from "./core/errors.js";
export type { ErrorMeaning, Idempotent, IdempotentOptions, RequestRun } from "./idempotency/run.js";
export type { HeldLock, HeldLocks, Locks, UsingOptions } from "./lock/lock.js";
export type { LockOptions } from "./lock/options.js";
export { createMoonpath, type Guarantees, type Moonpath, type Tenant } from "./moonpath.js";
