// Generated from lua/coupon/ by moonpath-codegen. DO NOT EDIT.
import { type CouponRedeemOperation, couponRedeem } from "./coupon/redeem.js";

export * from "./coupon/redeem.js";

/** The scripts of `coupon` as functions. */
export interface CouponOperations extends CouponRedeemOperation {}

/** Every script of `coupon`, as a client takes them: `{ coupon: couponScripts }`. */
export const couponScripts = {
  redeem: couponRedeem,
};
