// Generated from lua/ by moonpath-codegen. DO NOT EDIT.
import { type CouponOperations, couponScripts } from "./coupon.scripts.js";

export * as keys from "./keys.js";
export * as types from "./types.js";
export type {
  CouponRedeemArgs,
  CouponRedeemOperation,
  CouponRedeemReply,
  CouponOperations,
} from "./coupon.scripts.js";

/** One tenant's typed functions, by domain and operation. */
export interface Tenant {
  /**
   * The functions of `coupon`:
   * - `redeem`: Redeems a coupon for a customer, once, as long as uses are left.
   */
  readonly coupon: CouponOperations;
}

/** Every script, by domain and operation, as a client takes them. */
export const scripts = {
  coupon: couponScripts,
};
