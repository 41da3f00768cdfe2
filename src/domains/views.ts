/** `moonpath/views`: page views, without the scripts of other domains. */
import { type ViewsOperations, viewsScripts } from "../../generated/ts/views.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * as keys from "../../generated/ts/keys.js";
export * from "../../generated/ts/views.scripts.js";
export * from "../views/index.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createViewsClient` makes. */
export interface ViewsScripts {
  readonly views: ViewsOperations;
}

/** A client with the scripts of `views`. */
export type ViewsClient = DomainClient<ViewsScripts, ViewsScripts>;

/**
 * Makes a client with the scripts of `views`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const shop = createViewsClient(new Redis(), { namespace: "shop" }).tenant("acme");
 * const counter = countViews(shop, { shards: viewShards(4) });
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createViewsClient(redis: RedisLike, options?: ClientOptions): ViewsClient {
  const client: ScriptClient<ViewsScripts> = createScriptClient(redis, { views: viewsScripts }, options);
  return domainClient(client, ({ views }) => ({ views }));
}
