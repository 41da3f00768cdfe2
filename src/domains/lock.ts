/** `moonpath/lock`: locks that the client renews, without the scripts of other domains. */
import { type LockOperations, lockScripts } from "../../generated/ts/lock.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { createLock, type Lock, WaitQueues } from "../lock/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * as keys from "../../generated/ts/keys.js";
export * from "../../generated/ts/lock.scripts.js";
export type { HeldLock, HeldLocks, Lock, LockOptions, UsingOptions } from "../lock/index.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createLockClient` makes. */
export interface LockScripts {
  readonly lock: LockOperations;
}

/** A client with the scripts of `lock`. Its tenants have `lock`, as those of `createMoonpath`. */
export type LockClient = DomainClient<LockScripts, { readonly lock: Lock }>;

/**
 * Makes a client with the scripts of `lock`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const { lock } = createLockClient(new Redis(), { namespace: "shop" }).tenant("acme");
 * await lock.using("nightly", {}, async ({ fence }) => console.log(fence));
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createLockClient(redis: RedisLike, options?: ClientOptions): LockClient {
  const client: ScriptClient<LockScripts> = createScriptClient(redis, { lock: lockScripts }, options);
  const waitQueues = new WaitQueues(client.listen);
  return domainClient(client, (scripts, scope) => ({
    lock: createLock({ scope, scripts: scripts.lock, waitQueues }),
  }));
}
