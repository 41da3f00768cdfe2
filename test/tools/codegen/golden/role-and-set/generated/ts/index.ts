// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type Client, type ClientOptions, createClient, type Operations, type RedisLike } from "moonpath/client";
import { clear as stockClear } from "./stock/clear.js";
import { label as stockLabel } from "./stock/label.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { ClearArgs as StockClearArgs, ClearReply as StockClearReply } from "./stock/clear.js";
export type { LabelArgs as StockLabelArgs, LabelReply as StockLabelReply } from "./stock/label.js";

/** Every script, by domain and operation. */
export const scripts = {
  stock: {
    /** Forgets the changes of a product's stock, in the background. */
    clear: stockClear,
    /** Sets what a shop says of a product. */
    label: stockLabel,
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
