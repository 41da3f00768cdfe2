// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type CouponRedeemOperation, couponRedeem } from "./coupon/redeem.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type { CouponRedeemArgs, CouponRedeemOperation, CouponRedeemReply } from "./coupon/redeem.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `coupon`:
   * - `redeem`: Redeems a coupon for a customer, once, as long as uses are left.
   */
  readonly coupon: CouponOperations;
}

/** The scripts of `coupon` as functions. */
export interface CouponOperations extends CouponRedeemOperation {}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  coupon: {
    redeem: couponRedeem,
  },
};
