/** `moonpath/slot`: the workers of a slot of Redis, without the scripts of other domains. */
import { type SlotOperations, slotScripts } from "../../generated/ts/slot.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * as keys from "../../generated/ts/keys.js";
export * from "../../generated/ts/slot.scripts.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createSlotClient` makes. */
export interface SlotScripts {
  readonly slot: SlotOperations;
}

/** A client with the scripts of `slot`. */
export type SlotClient = DomainClient<SlotScripts, SlotScripts>;

/**
 * Makes a client with the scripts of `slot`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const client = createSlotClient(new Redis(), { namespace: "shop" });
 * await client.ready();
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createSlotClient(redis: RedisLike, options?: ClientOptions): SlotClient {
  const client: ScriptClient<SlotScripts> = createScriptClient(redis, { slot: slotScripts }, options);
  return domainClient(client, ({ slot }) => ({ slot }));
}
