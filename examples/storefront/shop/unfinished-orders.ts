import type { OrderBook } from "../books/orders.js";
import { isSold } from "./checkout.js";
import { type DiscountParts, discountOf, giveCouponBack } from "./discounts.js";
import { REMEMBER_MS } from "./terms.js";

/** Orders in one page of the job. */
const PAGE = 100;
/** An order that takes longer has lost its process, and its customer has not sent it again. */
const UNFINISHED_MS = 60_000;
/** Nobody sends an order again after this time. Redis remembers the carts for longer. */
const ABANDONED_MS = REMEMBER_MS / 2;

/**
 * Ends orders whose process died: those that were sold, and after a longer time those that were not.
 * Returns their number.
 */
export async function endUnfinishedOrders(
  context: DiscountParts & { readonly orders: OrderBook },
): Promise<number> {
  const { acme, orders } = context;
  let ended = 0;
  for (const unfinished of await orders.unfinished(UNFINISHED_MS, PAGE)) {
    const { order } = unfinished;
    if (!(await isSold(acme, order))) continue;
    const discountMinor = await discountOf(context, unfinished);
    if (await orders.endUnfinished(order, { outcome: "sold", discountMinor })) ended += 1;
  }
  for (const { order, coupon } of await orders.unfinished(ABANDONED_MS, PAGE)) {
    if (await isSold(acme, order)) continue;
    if (!(await orders.endUnfinished(order, { outcome: "refused", products: [] }))) continue;
    await giveCouponBack(context, { order, coupon });
    ended += 1;
  }
  return ended;
}
