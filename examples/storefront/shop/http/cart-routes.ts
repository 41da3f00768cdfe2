import type { FastifyInstance } from "fastify";
import type { Cart, FilledCart } from "../../books/carts.js";
import { cancelCart, fillCart } from "../carts.js";
import type { ShopResources } from "../terms.js";
import { cartBody, cartName } from "./schemas.js";

/**
 * Carts hold units for a while. Each step may be delivered twice. A cart's name with other content
 * is 422.
 */
export function cartRoutes(shop: FastifyInstance, resources: ShopResources): void {
  shop.post<{ Body: FilledCart }>("/carts", { schema: { body: cartBody } }, ({ body }) =>
    fillCart(resources, body),
  );
  // A cart that holds nothing, for example after a refusal, has nothing to release.
  shop.post<{ Body: Cart }>("/carts/cancel", { schema: { body: cartName } }, async ({ body }) => ({
    outcome: await cancelCart(resources, body),
  }));
}
