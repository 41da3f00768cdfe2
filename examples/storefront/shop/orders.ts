import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RequestRun } from "moonpath";
import { idempotencyKeys } from "moonpath/fastify";
import { CURRENCY, type OrderLine, type Payment } from "../events.js";
import { checkOut, isSold, takeBack } from "./checkout.js";
import type { ShopContext } from "./context.js";
import { customerOf, requireCustomer } from "./http/customer.js";
import { ShopError, unknownProduct } from "./http/errors.js";
import { MAX_ORDER_BYTES, orderBody } from "./http/schemas.js";
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
  readonly payment?: Payment;
}

/**
 * `POST /orders` with an `Idempotency-Key`: all lines are sold, or none. The same key of the same
 * customer is one order with one reply. The order, its carts and its row have the request's name. So
 * the next run completes an interrupted one.
 */
export function orderRoutes(shop: FastifyInstance, context: ShopContext): void {
  shop.register(idempotencyKeys, {
    tenant: context.acme,
    caller: customerOf,
    leaseMs: LEASE_MS,
    waitMs: WAIT_MS,
    rememberMs: REMEMBER_MS,
  });
  // The plugin applies only to routes that are added after it.
  shop.register(async (app) => {
    app.addHook("onRequest", requireCustomer);
    app.post<{ Body: OrderBody }>(
      "/orders",
      { schema: { body: orderBody }, config: { idempotency: "required" }, bodyLimit: MAX_ORDER_BYTES },
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
  { acme, orders }: ShopContext,
  request: FastifyRequest,
  { invoice, lines: given, payment }: OrderBody,
) {
  const run = runOf(request);
  const customer = customerOf(request) ?? "";
  const { request: order, fence } = run;
  const lines = await Promise.all(given.map((line) => priced(acme, line)));
  const placed = await orders.place({ order, invoice, customer, lines });
  if (placed.outcome !== "placed") return { ...placed, repeated: true };

  const end = await checkOut(acme, { order, lines, payment }, run);
  const ended = await orders.end({ tenant: acme.scope.tenant, request: order, fence }, end);
  if (ended.outcome === "placed") throw new ShopError(500, "INTERNAL", "the order did not end");
  // This process was stopped for seconds between two steps, and another one has refused the order.
  if (end.outcome === "sold" && ended.outcome === "refused") await takeBack(acme, { order, lines });
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

/** Orders in one page of the job. */
const PAGE = 100;
/** An order that takes longer has lost its process, and its customer has not sent it again. */
const UNFINISHED_MS = 60_000;

/** Records the orders that were sold, and whose process died before the books had it. */
export async function recordLostSales({
  acme,
  orders,
}: Pick<ShopContext, "acme" | "orders">): Promise<number> {
  let recorded = 0;
  for (const order of await orders.unfinished(UNFINISHED_MS, PAGE)) {
    if ((await isSold(acme, order)) && (await orders.recordSale(order))) recorded += 1;
  }
  return recorded;
}
