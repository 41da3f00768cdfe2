import type { FastifyInstance } from "fastify";
import { createCdn } from "moonpath/cdn";
import type { ShopCdn } from "../terms.js";
import { pagePolicies } from "./pages.js";

const STALE_MS = 30_000;

const headers = createCdn({
  routes: Object.values(pagePolicies).map(({ path, freshMs, query }) => ({
    path,
    freshMs,
    staleMs: STALE_MS,
    query,
  })),
});

/** The paths of a product's own pages. */
function pathsOf(product: string): readonly string[] {
  const path = `/api/v1/products/${encodeURIComponent(product)}`;
  return [path, `${path}/details`];
}

/** Answers say how long the CDN may keep them. Browsers keep nothing, because no purge reaches them. */
export function addCdnHeaders(shop: FastifyInstance): void {
  shop.addHook("onSend", async (request, reply) => {
    const [path = ""] = request.url.split("?");
    const isPersonal = request.headers.authorization !== undefined || reply.hasHeader("set-cookie");
    const vary = String(reply.getHeader("vary") ?? "");
    reply.headers(headers.headersFor(path, { status: reply.statusCode, personal: isPersonal, vary }));
  });
}

/** The CDN forgets the pages of these products. Call it after the shop's own caches have forgotten them. */
export async function purgeProducts(cdn: ShopCdn | undefined, products: readonly string[]): Promise<void> {
  if (cdn && products.length > 0) await cdn.purgeUrls(products.flatMap(pathsOf));
}
