/** `moonpath/version`: the versions of resources, without the scripts of other domains. */
import { type VersionOperations, versionScripts } from "../../generated/ts/version.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * as keys from "../../generated/ts/keys.js";
export * from "../../generated/ts/version.scripts.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createVersionClient` makes. */
export interface VersionScripts {
  readonly version: VersionOperations;
}

/** A client with the scripts of `version`. */
export type VersionClient = DomainClient<VersionScripts, VersionScripts>;

/**
 * Makes a client with the scripts of `version`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const { version } = createVersionClient(new Redis(), { namespace: "shop" }).tenant("acme");
 * await version.bump({ resource: "product:lamp" });
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createVersionClient(redis: RedisLike, options?: ClientOptions): VersionClient {
  const client: ScriptClient<VersionScripts> = createScriptClient(
    redis,
    { version: versionScripts },
    options,
  );
  return domainClient(client, ({ version }) => ({ version }));
}
