/** `moonpath/limit`: rate limits and permits, without the scripts of other domains. */
import { type LimitOperations, limitScripts } from "../../generated/ts/limit.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  nodeOf,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { readFrom } from "../core/read-from.js";
import { createLimit, LimitState, type Limits } from "../limit/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * as keys from "../../generated/ts/keys.js";
export * from "../../generated/ts/limit.scripts.js";
export type {
  HeldPermit,
  LimitNumbers,
  LimitOptions,
  Limits,
  OnUnavailable,
  PeekAnswer,
  PeekArgs,
  PermitOptions,
  RateLimit,
  ResetArgs,
  ResolvedLimit,
  TakeAnswer,
  TakeArgs,
} from "../limit/index.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createLimitClient` makes. */
export interface LimitScripts {
  readonly limit: LimitOperations;
}

/** A client with the scripts of `limit`. Its tenants have `limit`, as those of `createMoonpath`. */
export type LimitClient = DomainClient<LimitScripts, { readonly limit: Limits }>;

/**
 * Makes a client with the scripts of `limit`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const { limit } = createLimitClient(new Redis(), { namespace: "shop" }).tenant("acme");
 * await limit.using("labels", { permits: 3 }, async () => console.log("printed"));
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createLimitClient(redis: RedisLike, options: ClientOptions = {}): LimitClient {
  const client: ScriptClient<LimitScripts> = createScriptClient(redis, { limit: limitScripts }, options);
  const observers = readFrom("options", () => options.observers);
  const state = new LimitState((key) => nodeOf(redis, key), observers);
  return domainClient(client, (scripts, scope) => ({
    limit: createLimit({ scope, scripts: scripts.limit, state }),
  }));
}
