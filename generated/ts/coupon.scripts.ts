// Generated from lua/coupon/ by moonpath-codegen. DO NOT EDIT.
import { type CouponReadOperation, couponRead } from "./coupon/read.js";
import { type CouponRedeemOperation, couponRedeem } from "./coupon/redeem.js";
import { type CouponReleaseOperation, couponRelease } from "./coupon/release.js";
import { type CouponSetOperation, couponSet } from "./coupon/set.js";

export * from "./coupon/read.js";
export * from "./coupon/redeem.js";
export * from "./coupon/release.js";
export * from "./coupon/set.js";

/** The scripts of `coupon` as functions. */
export interface CouponOperations
  extends CouponReadOperation,
    CouponRedeemOperation,
    CouponReleaseOperation,
    CouponSetOperation {}

/** Every script of `coupon`, as a client takes them: `{ coupon: couponScripts }`. */
export const couponScripts = {
  read: couponRead,
  redeem: couponRedeem,
  release: couponRelease,
  set: couponSet,
};
