// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type Client, type ClientOptions, createClient, type Operations, type RedisLike } from "moonpath/client";
import { label as stockLabel } from "./stock/label.js";
import { rename as stockRename } from "./stock/rename.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { LabelArgs as StockLabelArgs, LabelReply as StockLabelReply } from "./stock/label.js";
export type { RenameArgs as StockRenameArgs, RenameReply as StockRenameReply } from "./stock/rename.js";

/** Every script, by domain and operation. */
export const scripts = {
  stock: {
    /** Reads a product's label. */
    label: stockLabel,
    /** Gives a product another label, and notes when. */
    rename: stockRename,
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
