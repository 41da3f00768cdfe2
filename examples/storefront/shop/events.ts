import type { FastifyInstance } from "fastify";
import { CURRENCY, type MovementEvent, type OpeningEvent, type PriceEvent } from "../events.js";
import type { ShopContext } from "./context.js";
import { ShopError, unknownProduct } from "./errors.js";
import { movementBody, openingBody, priceBody } from "./schemas.js";
import { LOW_UNITS, nameOf, REMEMBER_MS } from "./terms.js";

/**
 * The event endpoints. Each is safe to deliver twice: the answer says `repeated`, and nothing moves again.
 * An answer means that Redis and the books both hold the event.
 */
export function eventRoutes(shop: FastifyInstance, context: ShopContext): void {
  shop.post<{ Body: Omit<OpeningEvent, "kind"> }>(
    "/events/opening",
    { schema: { body: openingBody } },
    ({ body }) => open(context, { kind: "opening", ...body }),
  );
  for (const kind of ["sale", "return"] as const) {
    shop.post<{ Body: Omit<MovementEvent, "kind"> }>(
      `/events/${kind}`,
      { schema: { body: movementBody } },
      ({ body }) => move(context, { kind, ...body }),
    );
  }
  shop.post<{ Body: Omit<PriceEvent, "kind"> }>(
    "/events/price",
    { schema: { body: priceBody } },
    ({ body }) => price(context, { kind: "price", ...body }),
  );
}

/** Sets one warehouse's stock. Its sequence makes a second or an older delivery change nothing. */
async function open({ acme, recorder }: ShopContext, event: OpeningEvent) {
  const { product, warehouse, quantity, sequence } = event;
  const answer = await acme.stock.apply({ product, warehouse, quantity, sequence, low: LOW_UNITS });
  if (answer.outcome === "full") {
    throw new ShopError(409, "TOO_MANY_WAREHOUSES", "the product is in 100 other warehouses already");
  }
  await recorder.record({ event, refused: false, fresh: answer.outcome === "applied" });
  return { outcome: answer.outcome, available: answer.total, status: answer.status };
}

/** A sale takes units out, a return brings them back. Its kind and id are the operation. */
async function move({ acme, recorder }: ShopContext, event: MovementEvent) {
  const { product, units } = event;
  const answer = await acme.stock.adjust({
    product,
    operation: `${event.kind}/${event.event}`,
    change: event.kind === "sale" ? -units : units,
    backorder: false,
    low: LOW_UNITS,
    rememberMs: REMEMBER_MS,
  });
  if (answer.outcome === "unknown") throw unknownProduct();
  const { outcome, repeated, total, status } = answer;
  await recorder.record({ event, refused: outcome === "refused", fresh: !repeated });
  return { outcome, repeated, available: total, status };
}

/** Sets the base price. `price.apply` keeps the order; the mark tells a late first delivery from a repeat. */
async function price({ acme, recorder }: ShopContext, event: PriceEvent) {
  const { product, amountMinor, sequence } = event;
  const { outcome } = await acme.price.apply({
    product,
    currency: CURRENCY,
    kind: "base",
    amountMinor,
    sequence,
  });
  // Marked after the price is in: a crash in between leaves an event that a second delivery completes.
  const mark = await acme.idempotency.mark({ event: nameOf(product, event.event), rememberMs: REMEMBER_MS });
  const repeated = mark.outcome === "repeated";
  await recorder.record({ event, refused: false, fresh: !repeated });
  return { outcome, repeated };
}
