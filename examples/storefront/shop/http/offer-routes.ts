import type { FastifyInstance } from "fastify";
import type { Offer } from "../../books/offers.js";
import type { Offers } from "../offers.js";
import { expiringQuery, extensionBody, offerBody, offerName } from "./schemas.js";

/** The most offers in one list. */
const MAX_LISTED = 100;

/**
 * Offers are made, extended and cancelled, and each step may be delivered twice. An extension never
 * moves the end back, so a late one changes nothing. Offers end by themselves.
 */
export function offerRoutes(shop: FastifyInstance, offers: Offers): void {
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
    async ({ query }) => ({ offers: await offers.expiring(Number(query.withinMs), MAX_LISTED) }),
  );
}
