import { CURRENCY } from "../events.js";
import type { ProductInRedis } from "../result.js";
import { LOW_UNITS, type Tenant } from "./terms.js";

/** Products that are read at once. */
const PAGE = 200;

/** Reads units and base price of products from Redis. */
export async function readInventory(
  acme: Tenant,
  products: readonly string[],
): Promise<Map<string, ProductInRedis>> {
  const found = new Map<string, ProductInRedis>();
  for (let start = 0; start < products.length; start += PAGE) {
    await Promise.all(
      products.slice(start, start + PAGE).map(async (product) => {
        const [stock, price] = await Promise.all([
          acme.stock.read({ product, low: LOW_UNITS }),
          acme.price.read({ product, currency: CURRENCY }),
        ]);
        found.set(product, {
          available: stock.outcome === "known" ? stock.available : undefined,
          held: stock.outcome === "known" ? stock.total - stock.available : 0,
          lastPrice: price.outcome === "priced" ? price.baseMinor : null,
        });
      }),
    );
  }
  return found;
}
