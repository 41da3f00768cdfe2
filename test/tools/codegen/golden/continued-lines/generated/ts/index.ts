// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type Client, type ClientOptions, createClient, type Operations, type RedisLike } from "moonpath/client";
import { read as stockRead } from "./stock/read.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { ReadArgs as StockReadArgs, ReadReply as StockReadReply } from "./stock/read.js";

/** Every script, by domain and operation. */
export const scripts = {
  stock: {
    /** Reads how many units of a product there are. */
    read: stockRead,
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
