// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type Client, type ClientOptions, createClient, type Operations, type RedisLike } from "moonpath/client";
import { delete as deleteDelete } from "./delete/delete.js";
import { keys as deleteKeys } from "./delete/keys.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { DeleteArgs as DeleteDeleteArgs, DeleteReply as DeleteDeleteReply } from "./delete/delete.js";
export type { KeysArgs as DeleteKeysArgs, KeysReply as DeleteKeysReply } from "./delete/keys.js";

/** Every script, by domain and operation. */
export const scripts = {
  delete: {
    /** Deletes a class of things. */
    delete: deleteDelete,
    /** Reads how many units of a product there are. */
    keys: deleteKeys,
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
