import { afterAll, expect, test } from "vitest";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const open = await openTestShop();
const { pool, schema, context, ask, post, get } = open;
afterAll(() => open.close());

const as = (customer: string) => ({ "x-customer": customer });
const loadsOf = (pattern: string) => context.caches.counts.get(pattern)?.loads ?? Number.NaN;

test("a session is known from its start on without a query, until it ends", async () => {
  const session = (name: string) => ask("GET", "/api/v1/session", undefined, { "x-session": name });
  expect(await session("s1")).toMatchObject({ status: 401, body: { code: "NO_SESSION" } });
  expect(await post("/api/v1/sessions", { session: "s1", customer: "ann" })).toMatchObject({ status: 201 });
  const before = loadsOf("session:<session>");
  expect(await session("s1")).toMatchObject({ status: 200, body: { customer: "ann", version: 1 } });
  expect(loadsOf("session:<session>")).toBe(before);
  await pool.query(`insert into ${schema}.sessions (session, customer, ends_at)
    values ('old', 'ann', now() - interval '1 second')`);
  expect(await session("old")).toMatchObject({ status: 401 });
});

test("a customer reads the cart as it is after each change, and nobody else's", async () => {
  const cart = (customer: string) => ask("GET", "/api/v1/cart", undefined, as(customer));
  const set = (product: string, units: number) => ask("PUT", "/api/v1/cart", { product, units }, as("ann"));
  expect(await cart("ann")).toMatchObject({ body: { lines: {}, version: 0 } });
  await set("p1", 2);
  await set("p2", 1);
  expect(await cart("ann")).toMatchObject({ body: { lines: { p1: 2, p2: 1 }, version: 2 } });
  await set("p1", 0);
  expect(await cart("ann")).toMatchObject({ body: { lines: { p2: 1 }, version: 3 } });
  expect(await cart("bob")).toMatchObject({ body: { lines: {} } });
  expect(await get("/api/v1/cart")).toMatchObject({ status: 401 });
});

test("profiles and settings show the last write, and a batch of users has those that exist", async () => {
  const put = (url: string, payload: Record<string, unknown>) => ask("PUT", url, payload);
  expect(await get("/api/v1/users/cleo")).toMatchObject({ status: 404 });
  await put("/api/v1/users/cleo", { name: "Cleo" });
  await put("/api/v1/users/cleo", { name: "Cleopatra" });
  expect(await get("/api/v1/users/cleo")).toMatchObject({ body: { name: "Cleopatra", version: 2 } });
  expect(await post("/api/v1/batch/users", { user_ids: ["none", "cleo"] })).toMatchObject({
    body: {
      results: [
        { id: "none", status: "not_found" },
        { id: "cleo", status: "found", value: { customer: "cleo", name: "Cleopatra" } },
      ],
    },
  });
  await put("/api/v1/settings", { content: { title: "New" } });
  expect(await get("/api/v1/settings")).toMatchObject({ body: { content: { title: "New" }, version: 2 } });
});

test("an order is stored when it has ended, and only its customer sees it", async () => {
  const order = (customer: string) => ask("GET", "/api/v1/orders/o1", undefined, as(customer));
  await pool.query(`insert into ${schema}.orders (order_name, customer) values ('o1', 'ann')`);
  await pool.query(`insert into ${schema}.order_lines (order_name, line, product, units, price_minor)
    values ('o1', 1, 'p1', 2, 150), ('o1', 2, 'p2', 1, 100)`);
  expect(await order("ann")).toMatchObject({
    body: { state: "placed", lines: 2, units: 3, amountMinor: 400 },
  });
  await pool.query(`update ${schema}.orders set state = 'sold' where order_name = 'o1'`);
  expect(await order("ann")).toMatchObject({ body: { state: "sold" } });
  const before = loadsOf("order:<order>");
  expect(await order("ann")).toMatchObject({ body: { state: "sold" } });
  expect(loadsOf("order:<order>")).toBe(before);
  expect(await order("bob")).toMatchObject({ status: 404 });
});
