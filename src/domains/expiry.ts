/** `moonpath/expiry`: items that come due, their queues and workers, without the scripts of other domains. */
import { type ExpiryOperations, expiryScripts } from "../../generated/ts/expiry.scripts.js";
import { type SlotOperations, slotScripts } from "../../generated/ts/slot.scripts.js";
import {
  type CallOptions,
  type ClientOptions,
  createScriptClient,
  defaults,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { readFrom } from "../core/read-from.js";
import { SHARED_TENANT } from "../core/shared-tenant.js";
import {
  checkedShards,
  createExpiry,
  type Expiry,
  type Queues,
  recheckAfterFailover,
  ShardCounts,
} from "../queues/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * from "../../generated/ts/expiry.scripts.js";
export * as keys from "../../generated/ts/keys.js";
export * from "../expiry/index.js";
export type { Expiry, QueueOptions, Queues, Track, TrackArgs } from "../queues/index.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createExpiryClient` makes. */
export interface ExpiryScripts {
  readonly expiry: ExpiryOperations;
  readonly slot: SlotOperations;
}

/** The options of `createExpiryClient`. All may be left out. */
export interface ExpiryClientOptions extends ClientOptions {
  /** Options of expiry queues, by name: `{ offers: { shards: 64 } }`. */
  readonly queues?: Queues | undefined;
}

/** A client with these scripts. Its tenants have `expiry`, as those of `createMoonpath`. */
export interface ExpiryDomainClient extends DomainClient<ExpiryScripts, { readonly expiry: Expiry }> {
  /**
   * The number of shards of an expiry queue, for all tenants; undefined if nobody has tracked an item
   * in it. It stores nothing.
   *
   * @throws ArgumentError if the option `queues` has another number
   */
  shardsOf(queue: string, options?: CallOptions): Promise<number | undefined>;
}

/**
 * Makes a client with the scripts of `expiry`, and of `slot`, which it uses. It takes the same options
 * as `createMoonpath`.
 *
 * ```ts
 * const client = createExpiryClient(new Redis(), { namespace: "shop" });
 * await client.tenant("acme").expiry.track({ queue: "offers", item: "offer-7", dueMs: Date.now() + 60_000 });
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createExpiryClient(redis: RedisLike, options: ExpiryClientOptions = {}): ExpiryDomainClient {
  const { wanted, rest, deadlineMs } = readFrom("options", () => {
    const { queues = {}, ...rest } = options;
    return { wanted: checkedShards(queues), rest, deadlineMs: rest.deadlineMs ?? defaults.deadlineMs.value };
  });
  const client: ScriptClient<ExpiryScripts> = createScriptClient(
    redis,
    { expiry: expiryScripts, slot: slotScripts },
    rest,
  );
  const counts = new ShardCounts(
    (args, callOptions) => client.scriptsOf(SHARED_TENANT, "expiry").open(args, callOptions),
    wanted,
  );
  const stopRechecks = recheckAfterFailover(redis, counts);
  return {
    ...domainClient(client, (scripts, scope) => ({
      expiry: createExpiry({ scripts: scripts.expiry, scope, counts, deadlineMs }),
    })),
    shardsOf: (queue, callOptions) => counts.read(queue, false, callOptions),
    close() {
      stopRechecks();
      client.close();
    },
  };
}
