import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { recordOrder } from "../../examples/storefront/books/orders.js";
import { sell } from "../../examples/storefront/shop/sell.js";
import { requestName } from "../../src/http/key.js";
import { openTestShop } from "../support/storefront/shop-kit.js";

const shop = await openTestShop();
const { acme, pool, schema, ask, get, post, open, sumsOf } = shop;
afterAll(() => shop.close());

const rememberMs = 60_000;

function order(key: string, product: string, units: number, customer = "ann") {
  const headers = { "idempotency-key": `"${key}"`, "x-customer": customer };
  return ask("POST", "/orders", { product, units }, headers);
}

test("an order sent ten times at once is one, and all are told the same", async () => {
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

test("the same key of another customer is another order; for another order it is refused", async () => {
  const product = "10302";
  await open(product, 10);
  expect(await order("k2", product, 3)).toMatchObject({ status: 201 });
  expect(await order("k2", product, 3, "bob")).toMatchObject({ status: 201 });
  expect(await order("k2", product, 4)).toMatchObject({ status: 422 });
  expect(await sumsOf(product)).toMatchObject({ sold: 6 });
});

test("without a key, or without a customer, nothing is ordered", async () => {
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
  "hole 12: %j is no customer's account, and nothing is ordered",
  async (customer) => {
    const answer = await order("k6", "10302", 1, customer);
    expect(answer).toMatchObject({ status: 401 });
  },
);

test("hole 12: a customer that is named twice is nobody", async () => {
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

test("an order of too many is refused, and stays so when there are enough later", async () => {
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
  [
    "reserving",
    "10304",
    (product: string, reservation: string) =>
      acme.stock.reserve({ product, reservation, units: 3, leaseMs: 60_000, rememberMs }),
  ],
  [
    "committing",
    "10305",
    (product: string, reservation: string) => sell(acme, { product, reservation, units: 3 }),
  ],
  [
    "writing the books",
    "10306",
    async (product: string, reservation: string) => {
      await sell(acme, { product, reservation, units: 3 });
      const run = { tenant: "acme", request: request(product), fence: 1 };
      await recordOrder(pool, schema, run, { product, units: 3 });
    },
  ],
])("an order whose shop died after %s is ended by the next request, once", async (_what, product, begin) => {
  await open(product, 10);
  await begin(product, `order·${request(product)}`);
  expect(await order(product, product, 3)).toMatchObject({
    status: 201,
    body: { order: request(product), product, units: 3 },
  });
  expect(await get(`/products/${product}`)).toMatchObject({ body: { available: 7 } });
  expect(await sumsOf(product)).toMatchObject({ sold: 3 });
});

test("one that the books cannot take is answered with 503; sent again, it is complete", async () => {
  const product = "10307";
  await open(product, 10);
  await pool.query(`alter table ${schema}.events rename to gone`);
  expect(await order("k7", product, 3)).toMatchObject({ status: 503, body: { code: "BOOKS_UNAVAILABLE" } });
  await pool.query(`alter table ${schema}.gone rename to events`);
  expect(await order("k7", product, 3)).toMatchObject({ status: 201 });
  expect(await get(`/products/${product}`)).toMatchObject({ body: { available: 7 } });
  expect(await sumsOf(product)).toMatchObject({ sold: 3 });
});
