import type { FastifyInstance } from "fastify";
import { inBooks } from "../../books/errors.js";
import type { Offer } from "../../books/offers.js";
import type { ShopContext } from "../context.js";
import { expiringQuery, extensionBody, offerBody, offerName } from "./schemas.js";

/** The most offers in one list. */
const MAX_LISTED = 100;

/**
 * Offers are made, extended and cancelled, and each step may be delivered twice. An extension never
 * moves the end back, so a late one changes nothing. Offers end by themselves.
 */
export function offerRoutes(
  shop: FastifyInstance,
  { offers, caches }: Pick<ShopContext, "offers" | "caches">,
): void {
  shop.post<{ Body: Offer }>("/offers", { schema: { body: offerBody } }, ({ body }) => offers.make(body));
  shop.post<{ Body: Pick<Offer, "offer" | "endsInMs"> }>(
    "/offers/extend",
    { schema: { body: extensionBody } },
    ({ body }) => offers.extend(body.offer, body.endsInMs),
  );
  shop.post<{ Body: Pick<Offer, "offer"> }>("/offers/cancel", { schema: { body: offerName } }, ({ body }) =>
    offers.cancel(body.offer),
  );
  shop.get<{ Querystring: { withinMs: string } }>(
    "/offers/expiring",
    { schema: { querystring: expiringQuery } },
    async ({ query }) => {
      const withinMs = Number(query.withinMs);
      // Without caches, the shop asks the database, as a shop without Redis has to.
      const found = caches.isOn
        ? offers.expiring(withinMs, MAX_LISTED)
        : inBooks(offers.book.ending(withinMs, MAX_LISTED));
      return { offers: await found };
    },
  );
}
