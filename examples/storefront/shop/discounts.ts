import type { CouponBook } from "../books/coupons.js";
import { REMEMBER_MS, type Tenant } from "./terms.js";

export interface DiscountParts {
  readonly acme: Tenant;
  readonly coupons: CouponBook;
}

/** An order that may use a coupon. The redemption has the order's name. */
export interface CouponUse {
  readonly order: string;
  readonly customer: string;
  /** Absent: the order has no coupon. */
  readonly coupon: string | undefined;
  /** The discount is at most this. */
  readonly amountMinor: number;
}

/**
 * Redeems an order's coupon, and returns its discount in pence. The same order gets the same answer
 * again. Without a discount, the order goes on at its full price.
 */
export async function discountOf(
  { acme, coupons }: DiscountParts,
  { order, customer, coupon, amountMinor }: CouponUse,
): Promise<number> {
  if (coupon === undefined) return 0;
  const discountMinor = await coupons.discountOf(coupon);
  // An order that costs nothing needs no coupon.
  if (discountMinor === undefined || amountMinor === 0) return 0;
  const redemption = { coupon, redemption: order, customer, units: 1, rememberMs: REMEMBER_MS };
  const { outcome } = await acme.coupon.redeem(redemption);
  return outcome === "redeemed" ? Math.min(discountMinor, amountMinor) : 0;
}

/** Gives the coupon of an order back that was not sold. A second call changes nothing. */
export async function giveCouponBack(
  { acme }: Pick<DiscountParts, "acme">,
  { order, coupon }: Pick<CouponUse, "order" | "coupon">,
): Promise<void> {
  if (coupon === undefined) return;
  await acme.coupon.release({ coupon, redemption: order, rememberMs: REMEMBER_MS });
}
