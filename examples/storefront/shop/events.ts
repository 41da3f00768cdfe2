import type { FastifyInstance } from "fastify";
import { InProgressError, LostError } from "moonpath";
import { CURRENCY, type MovementEvent, type OpeningEvent, type PriceEvent } from "../events.js";
import type { ShopContext } from "./context.js";
import { bindContent } from "./http/content.js";
import { ShopError, unknownProduct } from "./http/errors.js";
import { movementBody, openingBody, priceBody } from "./http/schemas.js";
import { sell } from "./sell.js";
import { LOW_UNITS, nameOf, REMEMBER_MS, statusOf } from "./terms.js";

/**
 * The event endpoints. Each is safe to deliver twice: the answer says `repeated`, and nothing moves
 * again. The same id with other content is 422. An answer means that Redis and the books both hold
 * the event.
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
  await bindContent(acme, `opening/${nameOf(product, event.event)}`, [warehouse, quantity, sequence]);
  const answer = await acme.stock.setLevel({ product, warehouse, quantity, sequence, low: LOW_UNITS });
  if (answer.outcome === "full") {
    throw new ShopError(409, "TOO_MANY_WAREHOUSES", "the product is in 100 other warehouses already");
  }
  await recorder.record({ event, refused: false, fresh: answer.outcome === "applied" });
  return { outcome: answer.outcome, available: answer.available, status: answer.status };
}

/** A runner that died is waited for: its lease first, then the answer of whoever comes next. */
const SALE_LEASE_MS = 5_000;
const SALE_WAIT_MS = 10_000;

/**
 * A sale takes units out, under a reservation of its own. A refusal is remembered as well: the same
 * sale stays refused when there are enough units later.
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
      // A ShopError says that nothing was sold. After any other error units may have gone: the id
      // keeps its content.
      onError: (error) => (error instanceof ShopError ? "release" : "unknown"),
    },
  );
  const sold = await run.catch((error: unknown) => {
    // Whoever has it now comes to the same end, and the next delivery is told.
    if (!(error instanceof LostError || error instanceof InProgressError)) throw error;
    throw new ShopError(503, error.code, "the same sale is being worked on elsewhere");
  });
  const { outcome, available } = sold;
  const repeated = !ran || sold.repeated;
  await recorder.record({ event, refused: outcome === "refused", fresh: !repeated });
  return { outcome, repeated, available, status: statusOf(available) };
}

/** A return brings units back. Its id is the operation, for which the script compares no units. */
async function bringBack({ acme, recorder }: ShopContext, event: MovementEvent) {
  const { product, units } = event;
  await bindContent(acme, `return/${nameOf(product, event.event)}`, [units]);
  const answer = await acme.stock.adjust({
    product,
    operation: `return/${event.event}`,
    change: units,
    backorder: false,
    low: LOW_UNITS,
    rememberMs: REMEMBER_MS,
  });
  if (answer.outcome === "unknown") throw unknownProduct();
  const { outcome, repeated, available, status } = answer;
  await recorder.record({ event, refused: false, fresh: !repeated });
  return { outcome, repeated, available, status };
}

/**
 * Sets the base price. `price.set` keeps the order; the mark tells a late first delivery from a
 * repeat.
 */
async function price({ acme, recorder }: ShopContext, event: PriceEvent) {
  const { product, amountMinor, sequence } = event;
  await bindContent(acme, `price/${nameOf(product, event.event)}`, [amountMinor, sequence]);
  const { outcome } = await acme.price.set({
    product,
    currency: CURRENCY,
    kind: "base",
    amountMinor,
    sequence,
  });
  // Marked after the price is in: a crash in between leaves an event that a second delivery
  // completes.
  const mark = await acme.idempotency.mark({ event: nameOf(product, event.event), rememberMs: REMEMBER_MS });
  const repeated = mark.outcome === "repeated";
  await recorder.record({ event, refused: false, fresh: !repeated });
  return { outcome, repeated };
}
