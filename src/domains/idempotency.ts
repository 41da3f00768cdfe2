/** `moonpath/idempotency`: requests that run once, without the scripts of other domains. */
import { type IdempotencyOperations, idempotencyScripts } from "../../generated/ts/idempotency.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { createIdempotency, type Idempotency } from "../idempotency/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * from "../../generated/ts/idempotency.scripts.js";
export * as keys from "../../generated/ts/keys.js";
export type { ErrorMeaning, Idempotency, RequestRun, RunOnce, RunOptions } from "../idempotency/index.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createIdempotencyClient` makes. */
export interface IdempotencyScripts {
  readonly idempotency: IdempotencyOperations;
}

/**
 * A client with the scripts of `idempotency`. Its tenants have `idempotency`, as those of
 * `createMoonpath`.
 */
export type IdempotencyClient = DomainClient<IdempotencyScripts, { readonly idempotency: Idempotency }>;

/**
 * Makes a client with the scripts of `idempotency`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const { idempotency } = createIdempotencyClient(new Redis(), { namespace: "shop" }).tenant("acme");
 * const receipt = await idempotency.run("order-17", { units: 1 }, async () => "sold");
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createIdempotencyClient(redis: RedisLike, options?: ClientOptions): IdempotencyClient {
  const client: ScriptClient<IdempotencyScripts> = createScriptClient(
    redis,
    { idempotency: idempotencyScripts },
    options,
  );
  return domainClient(client, (scripts) => ({ idempotency: createIdempotency(scripts.idempotency) }));
}
