import type { FastifyInstance } from "fastify";
import type { Coupon } from "../books/coupons.js";
import type { ShopContext } from "./context.js";
import { otherPayload } from "./http/errors.js";
import { couponBody } from "./http/schemas.js";
import { REMEMBER_MS } from "./terms.js";

/** `POST /coupons` sets a coupon. It may be delivered twice, and its content never changes. */
export function couponRoutes(shop: FastifyInstance, { acme, coupons }: ShopContext): void {
  shop.post<{ Body: Coupon }>("/coupons", { schema: { body: couponBody } }, async ({ body }) => {
    if ((await coupons.set(body)) === "mismatch") throw otherPayload();
    const { coupon, limit, customerLimit } = body;
    const { outcome } = await acme.coupon.set({ coupon, limit, customerLimit, sequence: 1 });
    return { outcome };
  });
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
  { acme, coupons }: Pick<ShopContext, "acme" | "coupons">,
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
  { acme }: Pick<ShopContext, "acme">,
  { order, coupon }: Pick<CouponUse, "order" | "coupon">,
): Promise<void> {
  if (coupon === undefined) return;
  await acme.coupon.release({ coupon, redemption: order, rememberMs: REMEMBER_MS });
}
