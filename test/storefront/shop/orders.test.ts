import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { recordOrder } from "../../../examples/storefront/books/orders.js";
import { sell } from "../../../examples/storefront/shop/sell.js";
import { requestName } from "../../../src/http/key.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const shop = await openTestShop();
const { acme, pool, schema, ask, get, post, open, sumsOf } = shop;
afterAll(() => shop.close());

const rememberMs = 60_000;

function order(key: string, product: string, units: number, customer = "ann") {
  const headers = { "idempotency-key": `"${key}"`, "x-customer": customer };
  return ask("POST", "/orders", { product, units }, headers);
}

test("an order that is sent ten times at once is one order with one answer", async () => {
  const product = "10301";
  await open(product, 10);
  const first = await order("k1", product, 3);
  expect(first).toMatchObject({ status: 201, body: { order: requestName("ann", "k1"), product, units: 3 } });
  const answers = await Promise.all(Array.from({ length: 10 }, () => order("k1", product, 3)));
  for (const { status, headers, body } of answers) {
    expect({ status, body }).toEqual({ status: 201, body: first.body });
    expect(headers["idempotency-replayed"]).toBe("true");
  }
  expect(await get(`/products/${product}`)).toMatchObject({ body: { available: 7 } });
  expect(await sumsOf(product)).toMatchObject({ sold: 3 });
});

test("two customers may use the same key, and one customer may not reuse a key", async () => {
  const product = "10302";
  await open(product, 10);
  expect(await order("k2", product, 3)).toMatchObject({ status: 201 });
  expect(await order("k2", product, 3, "bob")).toMatchObject({ status: 201 });
  expect(await order("k2", product, 4)).toMatchObject({ status: 422 });
  expect(await sumsOf(product)).toMatchObject({ sold: 6 });
});

test("a request without a key or a customer orders nothing", async () => {
  const body = { product: "10302", units: 1 };
  expect(await ask("POST", "/orders", body, { "x-customer": "ann" })).toMatchObject({
    status: 400,
    body: { code: "KEY_MISSING" },
  });
  expect(await ask("POST", "/orders", body, { "idempotency-key": '"k5"' })).toMatchObject({
    status: 401,
    headers: { "www-authenticate": expect.any(String) },
    body: { code: "NO_ACCOUNT" },
  });
});

test.each(["", "  ", "undefined", "a{b}", "x".repeat(64)])(
  "hole 12: a request with the account %j orders nothing",
  async (customer) => {
    const answer = await order("k6", "10302", 1, customer);
    expect(answer).toMatchObject({ status: 401 });
  },
);

test("hole 12: a request that names a customer twice has no account", async () => {
  const { port } = new URL(await shop.shop.listen({ host: "127.0.0.1", port: 0 }));
  const body = '{"product":"10302","units":1}';
  const heads = (customers: readonly string[]) =>
    [
      "POST /orders HTTP/1.1",
      "host: shop",
      "connection: close",
      'idempotency-key: "k7"',
      "content-type: application/json",
    ]
      .concat(customers.map((name) => `X-Customer: ${name}`))
      .concat(`content-length: ${body.length}`, "", body)
      .join("\r\n");
  const statusOf = async (customers: readonly string[]) => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(heads(customers));
    return (await text(socket)).split(" ")[1];
  };
  expect(await statusOf(["ann", "bob"])).toBe("401");
  expect(await statusOf(["ann", "ann"])).toBe("401");
  expect(await statusOf([])).toBe("401");
});

test("an order for too many units is refused, and stays refused when units come later", async () => {
  const product = "10303";
  await open(product, 2);
  const refused = { status: 409, body: { code: "SOLD_OUT", message: "only 2 are left" } };
  expect(await order("k3", product, 3)).toMatchObject(refused);
  await post("/events/return", { event: "r1", product, units: 5 });
  expect(await order("k3", product, 3)).toMatchObject(refused);
  expect(await order("k4", product, 3)).toMatchObject({ status: 201 });
  expect(await sumsOf(product)).toMatchObject({ sold: 3 });
});

const request = (key: string) => requestName("ann", key);

test.each([
  {
    name: "reserving",
    product: "10304",
    begin: (product: string, reservation: string) =>
      acme.stock.reserve({ product, reservation, units: 3, leaseMs: 60_000, rememberMs }),
  },
  {
    name: "committing",
    product: "10305",
    begin: (product: string, reservation: string) => sell(acme, { product, reservation, units: 3 }),
  },
  {
    name: "writing the books",
    product: "10306",
    begin: async (product: string, reservation: string) => {
      await sell(acme, { product, reservation, units: 3 });
      const run = { tenant: "acme", request: request(product), fence: 1 };
      await recordOrder(pool, schema, run, { product, units: 3 });
    },
  },
])("the next request completes an order once, if the shop died after $name", async ({ product, begin }) => {
  await open(product, 10);
  await begin(product, `order·${request(product)}`);
  expect(await order(product, product, 3)).toMatchObject({
    status: 201,
    body: { order: request(product), product, units: 3 },
  });
  expect(await get(`/products/${product}`)).toMatchObject({ body: { available: 7 } });
  expect(await sumsOf(product)).toMatchObject({ sold: 3 });
});

test("an order gets 503 while the books fail, and completes when it is sent again", async () => {
  const product = "10307";
  await open(product, 10);
  await pool.query(`alter table ${schema}.events rename to gone`);
  expect(await order("k7", product, 3)).toMatchObject({ status: 503, body: { code: "BOOKS_UNAVAILABLE" } });
  await pool.query(`alter table ${schema}.gone rename to events`);
  expect(await order("k7", product, 3)).toMatchObject({ status: 201 });
  expect(await get(`/products/${product}`)).toMatchObject({ body: { available: 7 } });
  expect(await sumsOf(product)).toMatchObject({ sold: 3 });
});
