/** `moonpath/coupon`: coupons and their limits, without the scripts of other domains. */
import { type CouponOperations, couponScripts } from "../../generated/ts/coupon.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  type RedisLike,
  type ScriptClient,
} from "../client/index.js";
import { type DomainClient, domainClient } from "./domain-client.js";

export * from "../../generated/ts/coupon.scripts.js";
export * as keys from "../../generated/ts/keys.js";
export type { DomainClient, DomainTenant } from "./domain-client.js";

/** The scripts of a client that `createCouponClient` makes. */
export interface CouponScripts {
  readonly coupon: CouponOperations;
}

/** A client with the scripts of `coupon`. */
export type CouponClient = DomainClient<CouponScripts, CouponScripts>;

/**
 * Makes a client with the scripts of `coupon`. It takes the same options as `createMoonpath`, except
 * `queues`.
 *
 * ```ts
 * const { coupon } = createCouponClient(new Redis(), { namespace: "shop" }).tenant("acme");
 * const rules = await coupon.read({ coupon: "spring" });
 * ```
 *
 * @throws ArgumentError if an option is not valid or the connection has a `keyPrefix`
 */
export function createCouponClient(redis: RedisLike, options?: ClientOptions): CouponClient {
  const client: ScriptClient<CouponScripts> = createScriptClient(redis, { coupon: couponScripts }, options);
  return domainClient(client, ({ coupon }) => ({ coupon }));
}
