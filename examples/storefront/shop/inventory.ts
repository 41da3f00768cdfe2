import { setTimeout as sleep } from "node:timers/promises";
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
          priceNow: price.outcome === "priced" ? price.effectiveMinor : null,
        });
      }),
    );
  }
  return found;
}

/** Longer than a worker waits for a commit whose process has died. */
const SETTLED_LIMIT_MS = 30_000;
const CHECK_INTERVAL_MS = 50;

/** Waits until no reservation and no cart holds units in Redis. */
export async function flushHeldUnits(
  acme: Tenant,
  products: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  let open = products;
  while (open.length > 0 && performance.now() - started < SETTLED_LIMIT_MS) {
    const inventory = await readInventory(acme, open);
    open = open.filter((product) => (inventory.get(product)?.held ?? 0) !== 0);
    if (open.length > 0) await sleep(CHECK_INTERVAL_MS, undefined, { signal });
  }
}
