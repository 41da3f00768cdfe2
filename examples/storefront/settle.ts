import { sumProducts } from "./books/sums.js";
import { makeOrphans, type Orphans } from "./orphans.js";
import { SHORT_OFFER_MS } from "./replay/offers.js";
import { flushCarts } from "./shop/carts.js";
import type { ShopContext } from "./shop/context.js";
import { flushHeldUnits } from "./shop/inventory.js";
import { unlessAborted, withRetries } from "./wait.js";

/**
 * Does the work of the shop's jobs at once, so that the books can be compared. It writes views,
 * ends carts and offers, waits until sold units have left, and cleans up orphans. Each step may run again.
 */
export async function settle(shop: ShopContext, signal: AbortSignal): Promise<Orphans> {
  const steps = async () => {
    await withRetries(() => shop.views.flush());
    await withRetries(() => flushCarts(shop, signal));
    const products = (await sumProducts(shop.pool, shop.schema)).map(({ product }) => product);
    await withRetries(() => flushHeldUnits(shop.acme, products, signal));
    await withRetries(() => shop.offers.flush(SHORT_OFFER_MS, signal));
    const orphans = await makeOrphans(shop);
    await withRetries(() => shop.offers.cleanUp(signal));
    return orphans;
  };
  return unlessAborted(signal, steps());
}
