import type { FastifyInstance } from "fastify";
import { CURRENCY, type MovementEvent, type OpeningEvent, type PriceEvent } from "../events.js";
import type { ShopContext } from "./context.js";
import { ShopError, unknownProduct } from "./errors.js";
import { once } from "./once.js";
import { movementBody, openingBody, priceBody } from "./schemas.js";
import { sell } from "./sell.js";
import { LOW_UNITS, nameOf, REMEMBER_MS, statusOf } from "./terms.js";

/**
 * The event endpoints. Each is safe to deliver twice: the answer says `repeated`, and nothing moves again. The same id with other
 * content is 422. An answer means that Redis and the books both hold the event.
 */
export function eventRoutes(shop: FastifyInstance, context: ShopContext): void {
  shop.post<{ Body: Omit<OpeningEvent, "kind"> }>(
    "/events/opening",
    { schema: { body: openingBody } },
    ({ body }) => open(context, { kind: "opening", ...body }),
  );
  shop.post<{ Body: Omit<MovementEvent, "kind"> }>(
    "/events/sale",
    { schema: { body: movementBody } },
    ({ body }) => sale(context, { kind: "sale", ...body }),
  );
  shop.post<{ Body: Omit<MovementEvent, "kind"> }>(
    "/events/return",
    { schema: { body: movementBody } },
    ({ body }) => bringBack(context, { kind: "return", ...body }),
  );
  shop.post<{ Body: Omit<PriceEvent, "kind"> }>(
    "/events/price",
    { schema: { body: priceBody } },
    ({ body }) => price(context, { kind: "price", ...body }),
  );
}

/** Sets one warehouse's stock. Its sequence makes a second or an older delivery change nothing. */
async function open({ acme, recorder }: ShopContext, event: OpeningEvent) {
  const { product, warehouse, quantity, sequence } = event;
  const apply = async () => {
    const answer = await acme.stock.apply({ product, warehouse, quantity, sequence, low: LOW_UNITS });
    if (answer.outcome !== "full") return answer;
    throw new ShopError(409, "TOO_MANY_WAREHOUSES", "the product is in 100 other warehouses already");
  };
  const name = `opening/${nameOf(product, event.event)}`;
  const { reply, ran } = await once(acme, { name, payload: { warehouse, quantity, sequence } }, apply);
  // A repeat shows the stock of now.
  const answer = ran ? reply : await apply();
  await recorder.record({ event, refused: false, fresh: answer.outcome === "applied" });
  return { outcome: answer.outcome, available: answer.available, status: answer.status };
}

/**
 * A sale takes units out, under a reservation of its own. A refusal is remembered as well: the same sale stays refused when
 * there are enough units later.
 */
async function sale({ acme, recorder }: ShopContext, event: MovementEvent) {
  const { product, units } = event;
  const name = `sale/${nameOf(product, event.event)}`;
  const { reply, ran } = await once(acme, { name, payload: { units } }, () =>
    sell(acme, { product, reservation: event.event, units }),
  );
  const { outcome, available } = reply;
  const repeated = !ran || reply.repeated;
  await recorder.record({ event, refused: outcome === "refused", fresh: !repeated });
  return { outcome, repeated, available, status: statusOf(available) };
}

/**
 * A return brings units back. Its id is the operation, so that a return that was cut short moves units once. The script does not
 * compare units: `once` does.
 */
async function bringBack({ acme, recorder }: ShopContext, event: MovementEvent) {
  const { product, units } = event;
  const name = `return/${nameOf(product, event.event)}`;
  const { reply, ran } = await once(acme, { name, payload: { units } }, async () => {
    const answer = await acme.stock.adjust({
      product,
      operation: `return/${event.event}`,
      change: units,
      backorder: false,
      low: LOW_UNITS,
      rememberMs: REMEMBER_MS,
    });
    if (answer.outcome === "unknown") throw unknownProduct();
    return answer;
  });
  const { outcome, available, status } = reply;
  const repeated = !ran || reply.repeated;
  await recorder.record({ event, refused: false, fresh: !repeated });
  return { outcome, repeated, available, status };
}

/** Sets the base price. `price.apply` keeps the order; `once` tells a late first delivery from a repeat. */
async function price({ acme, recorder }: ShopContext, event: PriceEvent) {
  const { product, amountMinor, sequence } = event;
  const name = `price/${nameOf(product, event.event)}`;
  const { reply, ran } = await once(acme, { name, payload: { amountMinor, sequence } }, () =>
    acme.price.apply({ product, currency: CURRENCY, kind: "base", amountMinor, sequence }),
  );
  await recorder.record({ event, refused: false, fresh: ran });
  // A stale price stays stale. One that was applied is not applied again.
  const outcome = ran || reply.outcome === "stale" ? reply.outcome : "repeated";
  return { outcome, repeated: !ran };
}
