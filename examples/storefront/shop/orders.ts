import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RequestRun } from "moonpath";
import { idempotencyKeys, rateLimits } from "moonpath/fastify";
import { CURRENCY, type OrderLine, type Payment } from "../events.js";
import { checkOut, takeBack } from "./checkout.js";
import type { ShopContext } from "./context.js";
import { discountOf, giveCouponBack } from "./discounts.js";
import { customerOf, requireCustomer } from "./http/customer.js";
import { ShopError, unknownProduct } from "./http/errors.js";
import { MAX_ORDER_BYTES, orderBody } from "./http/schemas.js";
import type { ConnectionLimits } from "./limits.js";
import { REMEMBER_MS, type Tenant } from "./terms.js";

/** If a shop dies while an order is in flight, other processes wait this long before they run it. */
const LEASE_MS = 5_000;
/** A second delivery waits this long for the reply of the first one. */
const WAIT_MS = 10_000;

/** The body of an order. */
interface OrderBody {
  readonly invoice?: string;
  /**
   * A line without a price pays the price that is on. The replay sends the prices of the invoices. A
   * shop on the internet must not let its customers choose prices.
   */
  readonly lines: readonly (Omit<OrderLine, "priceMinor"> & Partial<Pick<OrderLine, "priceMinor">>)[];
  readonly coupon?: string;
  readonly payment?: Payment;
}

/**
 * `POST /orders` with an `Idempotency-Key`: all lines are sold, or none. The same key of the same
 * customer is one order with one reply. The order, its carts and its row have the request's name. So
 * the next run completes an interrupted one.
 */
export function orderRoutes(
  shop: FastifyInstance,
  context: ShopContext,
  { ordersASecond }: Pick<ConnectionLimits, "ordersASecond">,
): void {
  // It counts for the account, and without one for the address of the client.
  shop.register(rateLimits, { tenant: context.acme, key: customerOf });
  shop.register(idempotencyKeys, {
    tenant: context.acme,
    caller: customerOf,
    leaseMs: LEASE_MS,
    waitMs: WAIT_MS,
    rememberMs: REMEMBER_MS,
  });
  // The plugins apply only to routes that are added after it.
  const limits = { quota: ordersASecond, periodMs: 1_000, policy: "orders" };
  shop.register(async (app) => {
    app.addHook("onRequest", requireCustomer);
    app.post<{ Body: OrderBody }>(
      "/orders",
      {
        schema: { body: orderBody },
        config: { idempotency: "required", rateLimit: { limits } },
        bodyLimit: MAX_ORDER_BYTES,
      },
      async (request, reply) => {
        const receipt = await place(context, request, request.body);
        if (receipt.outcome === "sold") return reply.code(201).send(receipt);
        const { products } = receipt;
        return reply.code(409).send({ code: "SOLD_OUT", message: "too few units are left", products });
      },
    );
  });
}

/** Writes the order's row, sells the units, and ends the row. Each step may run again. */
async function place(
  context: ShopContext,
  request: FastifyRequest,
  { invoice, coupon, lines: given, payment }: OrderBody,
) {
  const { acme, orders } = context;
  const run = runOf(request);
  const customer = customerOf(request) ?? "";
  const { request: order, fence } = run;
  const lines = await Promise.all(given.map((line) => priced(acme, line)));
  const { amountMinor, ...placed } = await orders.place({ order, invoice, customer, coupon, lines });
  if (placed.outcome === "refused") await giveCouponBack(context, { order, coupon });
  if (placed.outcome !== "placed") return { ...placed, amountMinor, repeated: true };

  const discountMinor = await discountOf(context, { order, customer, coupon, amountMinor });
  const sale = await checkOut(acme, { order, lines, payment }, run);
  const end = sale.outcome === "sold" ? { ...sale, discountMinor } : sale;
  const ended = await orders.end({ tenant: acme.scope.tenant, request: order, fence }, end);
  if (ended.outcome === "placed") throw new ShopError(500, "INTERNAL", "the order did not end");
  if (ended.outcome === "refused") {
    // This process was stopped for seconds between two steps, and another one has refused the order.
    if (end.outcome === "sold") await takeBack(acme, { order, lines });
    await giveCouponBack(context, { order, coupon });
  }
  return { ...ended, repeated: false };
}

function runOf({ idempotency }: FastifyRequest): RequestRun {
  if (idempotency === undefined) throw new ShopError(500, "INTERNAL", "the request has no name");
  return idempotency;
}

async function priced(
  acme: Tenant,
  { product, units, priceMinor }: OrderBody["lines"][number],
): Promise<OrderLine> {
  if (priceMinor !== undefined) return { product, units, priceMinor };
  const price = await acme.price.read({ product, currency: CURRENCY });
  if (price.outcome === "unknown") throw unknownProduct();
  return { product, units, priceMinor: price.effectiveMinor };
}
