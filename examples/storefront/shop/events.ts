import type { FastifyInstance } from "fastify";
import { InProgressError, LostError } from "moonpath";
import { CURRENCY, type MovementEvent, type OpeningEvent, type PriceEvent } from "../events.js";
import type { ShopContext } from "./context.js";
import { bindContent } from "./http/content.js";
import { otherPayload, ShopError, unknownProduct } from "./http/errors.js";
import { movementBody, openingBody, priceBody } from "./http/schemas.js";
import { sell } from "./sell.js";
import { LOW_UNITS, nameOf, REMEMBER_MS, statusOf } from "./terms.js";

/**
 * The routes of events. Each event may be delivered twice: the reply then says `repeated`, and no
 * units move again. The same id with other content is 422. After a reply, both Redis and the books
 * have the event.
 */
export function eventRoutes(shop: FastifyInstance, context: ShopContext): void {
  shop.post<{ Body: Omit<OpeningEvent, "kind"> }>(
    "/events/opening",
    { schema: { body: openingBody } },
    ({ body }) => setOpeningLevel(context, { kind: "opening", ...body }),
  );
  shop.post<{ Body: Omit<MovementEvent, "kind"> }>(
    "/events/sale",
    { schema: { body: movementBody } },
    ({ body }) => sale(context, { kind: "sale", ...body }),
  );
  shop.post<{ Body: Omit<MovementEvent, "kind"> }>(
    "/events/return",
    { schema: { body: movementBody } },
    ({ body }) => returnUnits(context, { kind: "return", ...body }),
  );
  shop.post<{ Body: Omit<PriceEvent, "kind"> }>(
    "/events/price",
    { schema: { body: priceBody } },
    ({ body }) => price(context, { kind: "price", ...body }),
  );
}

/** Sets one warehouse's stock. Its sequence makes a second or an older delivery change nothing. */
async function setOpeningLevel({ acme, recorder }: ShopContext, event: OpeningEvent) {
  const { product, warehouse, quantity, sequence } = event;
  await bindContent(acme, `opening/${nameOf(product, event.event)}`, [warehouse, quantity, sequence]);
  const answer = await acme.stock.setLevel({ product, warehouse, quantity, sequence, low: LOW_UNITS });
  if (answer.outcome === "full") {
    throw new ShopError(409, "TOO_MANY_WAREHOUSES", "the product is in 100 other warehouses already");
  }
  await recorder.record({ event, refused: false, fresh: answer.outcome === "applied" });
  return { outcome: answer.outcome, available: answer.available, status: answer.status };
}

/**
 * If a runner died, the request waits for the end of its lease, and then for the reply of the next
 * runner.
 */
const SALE_LEASE_MS = 5_000;
const SALE_WAIT_MS = 10_000;

/**
 * Sells units under a reservation of the event. A refusal is remembered too: the same sale stays
 * refused if there are enough units later.
 */
async function sale({ acme, recorder }: ShopContext, event: MovementEvent) {
  const { product, units } = event;
  let ran = false;
  const run = acme.idempotency.run(
    `sale/${nameOf(product, event.event)}`,
    { units },
    () => {
      ran = true;
      return sell(acme, { product, reservation: event.event, units });
    },
    {
      leaseMs: SALE_LEASE_MS,
      waitMs: SALE_WAIT_MS,
      rememberMs: REMEMBER_MS,
      // A ShopError says that nothing was sold. After any other error, units may be sold, so the id
      // keeps its content.
      onError: (error) => (error instanceof ShopError ? "release" : "unknown"),
    },
  );
  const sold = await run.catch((error: unknown) => {
    // The other runner gets the same result, and a retry will receive it.
    if (!(error instanceof LostError || error instanceof InProgressError)) throw error;
    throw new ShopError(503, error.code, "another process runs the same sale");
  });
  const { outcome, available } = sold;
  const repeated = !ran || sold.repeated;
  await recorder.record({ event, refused: outcome === "refused", fresh: !repeated });
  return { outcome, repeated, available, status: statusOf(available) };
}

/** Returns units. The event's id is the operation, and the script compares its units. */
async function returnUnits({ acme, recorder }: ShopContext, event: MovementEvent) {
  const { product, units } = event;
  const answer = await acme.stock.adjust({
    product,
    operation: `return/${event.event}`,
    change: units,
    backorder: false,
    low: LOW_UNITS,
    rememberMs: REMEMBER_MS,
  });
  if (answer.outcome === "mismatch") throw otherPayload();
  if (answer.outcome !== "adjusted" && answer.outcome !== "refused") throw unknownProduct();
  const { outcome, repeated, available, status } = answer;
  await recorder.record({ event, refused: false, fresh: !repeated });
  return { outcome, repeated, available, status };
}

/**
 * Sets the base price. `price.set` keeps the order. The mark distinguishes a late first delivery
 * from a repeat.
 */
async function price({ acme, recorder }: ShopContext, event: PriceEvent) {
  const { product, amountMinor, sequence } = event;
  await bindContent(acme, `price/${nameOf(product, event.event)}`, [amountMinor, sequence]);
  const { outcome } = await acme.price.set({
    product,
    currency: CURRENCY,
    amountMinor,
    sequence,
  });
  // The mark is set after the price. After a crash between both, a second delivery completes the
  // event.
  const mark = await acme.idempotency.mark({ event: nameOf(product, event.event), rememberMs: REMEMBER_MS });
  const repeated = mark.outcome === "repeated";
  await recorder.record({ event, refused: false, fresh: !repeated });
  return { outcome, repeated };
}
