// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type Client, type ClientOptions, createClient, type Operations, type RedisLike } from "moonpath/client";
import { forget as stockForget } from "./stock/forget.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { ForgetArgs as StockForgetArgs, ForgetReply as StockForgetReply } from "./stock/forget.js";

/** Every script, by domain and operation. */
export const scripts = {
  stock: {
    /** Forgets what a shop says of a product, and the shop's own list. */
    forget: stockForget,
  },
};

/** A client of these scripts: `moonpath.tenant("acme")` gives a tenant's typed functions. */
export type Moonpath = Client<typeof scripts>;

/** One tenant's typed functions, by domain and operation. */
export type Tenant = Operations<typeof scripts>;

/** Makes a client over a connection or a cluster of ioredis or iovalkey. The connection stays yours to close. */
export function createMoonpath(redis: RedisLike, options?: ClientOptions): Moonpath {
  return createClient(redis, scripts, options);
}
