import { randomUUID } from "node:crypto";
import type { Cluster, Redis } from "ioredis";
import type { ProductBook } from "../../catalogue/product-book.js";
import { REMEMBER_MS, type ShopResources } from "../terms.js";
import { keysOf } from "./scan.js";

/**
 * Forgets the stock and the prices of products that neither the catalogue nor the books have. Stock and
 * prices have no TTL. A product of which units are still held waits for the next clean-up. Returns the number
 * of products.
 */
export async function forgetProducts(
  { redis, moonpath, acme }: Pick<ShopResources, "moonpath" | "acme"> & { readonly redis: Redis | Cluster },
  book: Pick<ProductBook, "unknownOf">,
  signal?: AbortSignal,
): Promise<number> {
  const { tenant } = acme.scope;
  const forgotten = new Set<string>();
  for await (const keys of keysOf(redis, `${moonpath.namespace}:{${tenant}:*}:stock`, signal)) {
    for (const product of await book.unknownOf(productsIn(keys))) {
      const stock = await acme.stock.read({ product, low: 0 });
      if (stock.outcome === "known" && stock.total !== stock.available) continue;
      const call = { product, operation: `clean-up/${randomUUID()}`, limit: 100, rememberMs: REMEMBER_MS };
      if ((await acme.stock.forget(call)).outcome === "forgotten") forgotten.add(product);
    }
  }
  for await (const keys of keysOf(redis, `${moonpath.namespace}:{${tenant}:*}:price:*`, signal)) {
    const unknown = new Set(await book.unknownOf(productsIn(keys)));
    for (const key of keys) {
      const [product] = productsIn([key]);
      if (product === undefined || !unknown.has(product)) continue;
      await redis.unlink(key);
      forgotten.add(product);
    }
  }
  return forgotten.size;
}

/** The products in keys such as `shop:{acme:lamp}:stock`. */
function productsIn(keys: readonly string[]): string[] {
  return keys.flatMap((key) => {
    const product = /\{[^:}]+:([^}]+)\}/.exec(key)?.[1];
    return product === undefined ? [] : [product];
  });
}
