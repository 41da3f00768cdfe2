import type { FastifyInstance } from "fastify";
import type { Coupon } from "../books/coupons.js";
import type { ShopContext } from "./context.js";
import { otherPayload } from "./http/errors.js";
import { couponBody } from "./http/schemas.js";

/** `POST /coupons` sets a coupon. It may be delivered twice, and its content never changes. */
export function couponRoutes(shop: FastifyInstance, { acme, coupons }: ShopContext): void {
  shop.post<{ Body: Coupon }>("/coupons", { schema: { body: couponBody } }, async ({ body }) => {
    if ((await coupons.set(body)) === "mismatch") throw otherPayload();
    const { coupon, limit, customerLimit } = body;
    const { outcome } = await acme.coupon.set({ coupon, limit, customerLimit, sequence: 1 });
    return { outcome };
  });
}
