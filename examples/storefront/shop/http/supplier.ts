import type { FastifyInstance } from "fastify";
import { createWebhookReceiver, webhookFastify, webhookHandler } from "moonpath/webhooks";
import { z } from "zod";
import type { ShopContext } from "../context.js";

const OfferChanged = z.object({ product: z.string().min(1).max(63) });

/** The supplier tells by a webhook that it has another offer: the product's page is made anew. */
export function supplierRoutes(
  shop: FastifyInstance,
  { acme, catalogue, warn }: ShopContext,
  secrets: readonly string[],
): void {
  const receive = createWebhookReceiver(acme, {
    secrets,
    source: "supplier",
    on: {
      "offer.changed": webhookHandler(OfferChanged, ({ data }) => catalogue.offerChanged(data.product)),
    },
    onError: (error) => warn?.(`a webhook of the supplier: ${error.message}`),
  });
  shop.register(webhookFastify, { path: "/webhooks/supplier", receive });
}
