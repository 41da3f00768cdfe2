/** `moonpath/writebehind`: queues of writes, without the scripts of other domains. */
import { type WritebehindOperations, writebehindScripts } from "../../generated/ts/writebehind.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * as keys from "../../generated/ts/keys.js";
export * from "../../generated/ts/writebehind.scripts.js";
export * from "../writebehind/index.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createWritebehindClient` makes. */
export interface WritebehindScripts {
  readonly writebehind: WritebehindOperations;
}

/** A client with the scripts of `writebehind`. */
export type WritebehindClient = DomainClient<WritebehindScripts, WritebehindScripts>;

/**
 * Makes a client with the scripts of `writebehind`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const client = createWritebehindClient(new Redis(), { namespace: "shop" });
 * const events = createWriteQueue(client, { name: "events" });
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createWritebehindClient(redis: RedisLike, options?: ClientOptions): WritebehindClient {
  const client: ScriptClient<WritebehindScripts> = createScriptClient(
    redis,
    { writebehind: writebehindScripts },
    options,
  );
  return domainClient(client, ({ writebehind }) => ({ writebehind }));
}
