// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type ClientOptions, createScriptClient, type RedisLike, type ScriptClient } from "moonpath/client";
import { scripts, type Tenant } from "./scripts.js";

export * from "./scripts.js";

/** A client of these scripts: `client.tenant("acme")` gives a tenant's typed functions. */
export type Client = ScriptClient<Tenant>;

/**
 * Makes a client over a connection or a cluster of ioredis, iovalkey or node-redis. The connection
 * stays open and yours when the client is closed.
 */
export function createClient(redis: RedisLike, options?: ClientOptions): Client {
  return createScriptClient(redis, scripts, options);
}
