import type { FastifyInstance } from "fastify";
import type { RequestRun } from "moonpath";
import { idempotencyKeys } from "moonpath/fastify";
import { type Order, recordOrder } from "../books/orders.js";
import { customerOf, requireCustomer } from "./http/customer.js";
import { ShopError } from "./http/errors.js";
import { orderBody } from "./http/schemas.js";
import { sell } from "./sell.js";
import { REMEMBER_MS, type ShopResources } from "./terms.js";

/** If a shop dies while an order is in flight, other processes wait this long before they run it. */
const LEASE_MS = 10_000;

/**
 * `POST /orders` with an `Idempotency-Key`. The same key of the same customer is one order with one
 * reply. The order, its reservation and its row have the request's name. So the next run completes
 * an interrupted one.
 */
export function orderRoutes(shop: FastifyInstance, resources: ShopResources): void {
  shop.register(idempotencyKeys, {
    tenant: resources.acme,
    caller: customerOf,
    leaseMs: LEASE_MS,
    rememberMs: REMEMBER_MS,
  });
  // The plugin applies only to routes that are added after it.
  shop.register(async (app) => {
    app.addHook("onRequest", requireCustomer);
    app.post<{ Body: Order }>(
      "/orders",
      { schema: { body: orderBody }, config: { idempotency: "required" } },
      async ({ body, idempotency }, reply) => {
        if (idempotency === undefined) throw new ShopError(500, "INTERNAL", "the request has no name");
        return reply.code(201).send(await place(resources, body, idempotency));
      },
    );
  });
}

async function place({ acme, pool, schema }: ShopResources, order: Order, { request, fence }: RequestRun) {
  const { outcome, available } = await sell(acme, { ...order, reservation: `order·${request}` });
  // A refusal is not recorded. The customer has no reply yet, so the next run may find units.
  if (outcome === "refused") throw new ShopError(409, "SOLD_OUT", `only ${available} are left`);
  return recordOrder(pool, schema, { tenant: acme.scope.tenant, request, fence }, order);
}
