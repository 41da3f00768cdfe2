import type { FastifyInstance, FastifyRequest } from "fastify";
import { shopPatterns } from "../cache/patterns.js";
import type { ShopContext } from "../context.js";
import { customerOf } from "../http/customer.js";
import { ShopError } from "../http/errors.js";
import { batchReply } from "./batch-reply.js";
import { cartLineBody, nameBody, paramsOf, sessionBody, userIdsBody } from "./schemas.js";

/** Sessions, carts, profiles and orders of customers. */
export function customerRoutes(shop: FastifyInstance, { customers: entries, books }: ShopContext): void {
  const { customers } = books;

  shop.post<{ Body: { session: string; customer: string } }>(
    "/api/v1/sessions",
    { schema: { body: sessionBody } },
    async ({ body: { session, customer } }, reply) => {
      const started = await entries.sessions.write({ session }, async () => {
        const started = await customers.startSession(session, customer, shopPatterns.session.freshMs);
        if (started === undefined) throw new ShopError(409, "SESSION_EXISTS", "the session exists already");
        const { leftMs: _, ...row } = started;
        return row;
      });
      return reply.code(201).send(started);
    },
  );

  shop.get("/api/v1/session", async ({ headers }) => {
    const session = headers["x-session"];
    const found =
      typeof session === "string" && session !== "" ? await entries.sessions.get({ session }) : undefined;
    if (found === undefined) throw new ShopError(401, "NO_SESSION", "there is no such session");
    return found;
  });

  shop.get(
    "/api/v1/cart",
    async (request) => (await entries.carts.get({ customer: required(request) })) ?? {},
  );

  shop.put<{ Body: { product: string; units: number } }>(
    "/api/v1/cart",
    { schema: { body: cartLineBody } },
    (request) => {
      const customer = required(request);
      const { product, units } = request.body;
      return entries.carts.write({ customer }, () => customers.setCartLine(customer, product, units));
    },
  );

  shop.get<{ Params: { customer: string } }>(
    "/api/v1/users/:customer",
    { schema: { params: paramsOf.customer } },
    async ({ params: { customer } }) => {
      const found = await entries.users.get({ customer });
      if (found === undefined) throw new ShopError(404, "UNKNOWN_USER", "there is no such user");
      return found;
    },
  );

  shop.put<{ Params: { customer: string }; Body: { name: string } }>(
    "/api/v1/users/:customer",
    { schema: { params: paramsOf.customer, body: nameBody } },
    ({ params: { customer }, body }) =>
      entries.users.write({ customer }, () => customers.setUser(customer, body.name)),
  );

  shop.post<{ Body: { user_ids: string[] } }>(
    "/api/v1/batch/users",
    { schema: { body: userIdsBody } },
    async ({ body: { user_ids: ids } }) =>
      batchReply(ids, await entries.users.getMany(ids.map((customer) => ({ customer })))),
  );

  shop.get<{ Params: { order: string } }>(
    "/api/v1/orders/:order",
    { schema: { params: paramsOf.order } },
    async (request) => {
      const customer = required(request);
      const found = await entries.orders.get({ order: request.params.order });
      // The order of another customer is as unknown as none.
      if (found?.customer !== customer) throw new ShopError(404, "UNKNOWN_ORDER", "there is no such order");
      return found;
    },
  );
}

/** This demo has no sign-in: the header replaces the account of a session. */
function required(request: FastifyRequest): string {
  const customer = customerOf(request);
  if (customer === undefined)
    throw new ShopError(401, "NO_ACCOUNT", "the request needs the account of a customer");
  return customer;
}
