import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { sumOrders } from "../../../examples/storefront/books/orders.js";
import { requestName } from "../../../src/http/key.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const shop = await openTestShop();
const { acme, pool, schema, ask, get, post, open, sumsOf } = shop;
afterAll(() => shop.close());

const request = (key: string) => requestName("ann", key);

interface Line {
  readonly product: string;
  readonly units: number;
  readonly priceMinor?: number;
}

function orderLines(key: string, lines: readonly Line[], more: object = {}, customer = "ann") {
  const headers = { "idempotency-key": `"${key}"`, "x-customer": customer };
  return ask("POST", "/orders", { lines, ...more }, headers);
}

/** Orders one product for 1.00 each. */
function order(key: string, product: string, units: number, customer = "ann") {
  return orderLines(key, [{ product, units, priceMinor: 100 }], {}, customer);
}

async function availableOf(product: string): Promise<unknown> {
  return Object(await get(`/products/${product}`)).body.available;
}

/** Units that carts and reservations hold. */
async function heldOf(product: string): Promise<number> {
  const stock = await acme.stock.read({ product, low: 0 });
  return stock.outcome === "known" ? stock.total - stock.available : Number.NaN;
}

test("an order that is sent ten times at once is one order with one answer", async () => {
  const product = "10301";
  await open(product, 10);
  const answers = await Promise.all(Array.from({ length: 10 }, () => order("k1", product, 3)));
  const body = { outcome: "sold", order: request("k1"), units: 3, amountMinor: 300, repeated: false };
  for (const answer of answers) expect(answer).toMatchObject({ status: 201, body });
  const replayed = answers.filter(({ headers }) => headers["idempotency-replayed"] === "true");
  expect(replayed).toHaveLength(9);
  expect(await availableOf(product)).toBe(7);
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

test("an order sells all its lines, and adds lines of one product", async () => {
  await open("10310", 5);
  await open("10311", 5);
  const before = await sumOrders(pool, schema);
  const lines = [
    { product: "10310", units: 2, priceMinor: 255 },
    { product: "10311", units: 5, priceMinor: 10 },
    { product: "10310", units: 3, priceMinor: 200 },
  ];
  expect(await orderLines("many", lines)).toMatchObject({
    status: 201,
    body: { units: 10, amountMinor: 1_160 },
  });
  expect([await availableOf("10310"), await availableOf("10311")]).toEqual([0, 0]);
  expect(await sumOrders(pool, schema)).toEqual({
    ...before,
    sold: before.sold + 1,
    lines: before.lines + 3,
    reservations: before.reservations + 2,
    soldMinor: before.soldMinor + 1_160,
  });
});

test("an order with too few units of two lines is refused as a whole, and names both products", async () => {
  for (const product of ["10312", "10313", "10314"]) await open(product, 5);
  const before = await sumOrders(pool, schema);
  const lines = [
    { product: "10314", units: 6, priceMinor: 1 },
    { product: "10312", units: 5, priceMinor: 1 },
    // Each of them is available, and their sum is not.
    { product: "10313", units: 3, priceMinor: 1 },
    { product: "10313", units: 3, priceMinor: 1 },
  ];
  const answer = { status: 409, body: { code: "SOLD_OUT", products: ["10313", "10314"] } };
  expect(await orderLines("whole", lines)).toMatchObject(answer);
  for (const product of ["10312", "10313", "10314"]) {
    expect([await availableOf(product), await heldOf(product)]).toEqual([5, 0]);
  }
  expect(await sumsOf("10313")).toMatchObject({ sold: 0, refused: 6 });
  expect(await sumOrders(pool, schema)).toMatchObject({
    refused: before.refused + 1,
    refusedMinor: before.refusedMinor + 17,
    soldMinor: before.soldMinor,
  });
});

test("a line without a price pays the price that is on", async () => {
  await open("10315", 5);
  await post("/events/price", { event: "p", product: "10315", amountMinor: 500, sequence: 1 });
  expect(await orderLines("base", [{ product: "10315", units: 2 }])).toMatchObject({
    body: { amountMinor: 1_000 },
  });
  const sale = {
    sale: "week",
    product: "10315",
    amountMinor: 300,
    startsInMs: 0,
    lastsMs: 60_000,
    sequence: 1,
  };
  await post("/price-sales", sale);
  expect(await orderLines("sale", [{ product: "10315", units: 2 }])).toMatchObject({
    body: { amountMinor: 600 },
  });
  expect(await orderLines("no price", [{ product: "none", units: 1 }])).toMatchObject({
    status: 404,
    body: { code: "UNKNOWN_PRODUCT" },
  });
});

const late = { payment: { takesMs: 80, leaseMs: 50 } };

test("an order that is paid after its lease is sold if its units are still available", async () => {
  await open("10316", 5);
  await open("10317", 5);
  const lines = [
    { product: "10316", units: 5, priceMinor: 1 },
    { product: "10317", units: 1, priceMinor: 1 },
  ];
  expect(await orderLines("late", lines, late)).toMatchObject({ status: 201 });
  expect([await availableOf("10316"), await availableOf("10317")]).toEqual([0, 4]);
});

test("an order that is paid after its lease is refused if its units are sold, and holds nothing", async () => {
  await open("10318", 5);
  await open("10319", 5);
  const lines = [
    { product: "10318", units: 5, priceMinor: 1 },
    { product: "10319", units: 1, priceMinor: 1 },
  ];
  const slow = orderLines("later", lines, { payment: { takesMs: 600, leaseMs: 50 } });
  // It is refused while the slow one holds the units.
  await expect.poll(async () => (await order(`${performance.now()}`, "10318", 1)).status).toBe(201);
  expect(await slow).toMatchObject({ status: 409, body: { products: ["10318"] } });
  expect([await availableOf("10319"), await heldOf("10319")]).toEqual([5, 0]);
});

test("a request without a key or a customer orders nothing", async () => {
  const body = { lines: [{ product: "10302", units: 1, priceMinor: 1 }] };
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
  const body = '{"lines":[{"product":"10302","units":1,"priceMinor":1}]}';
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
  const refused = { status: 409, body: { code: "SOLD_OUT", products: [product] } };
  expect(await order("k3", product, 3)).toMatchObject(refused);
  await post("/events/return", { event: "r1", product, units: 5 });
  expect(await order("k3", product, 3)).toMatchObject(refused);
  expect(await order("k4", product, 3)).toMatchObject({ status: 201 });
  expect(await sumsOf(product)).toMatchObject({ sold: 3 });
});

test("an order gets 503 while the books fail, and completes when it is sent again", async () => {
  const product = "10307";
  await open(product, 10);
  await pool.query(`alter table ${schema}.orders rename to gone`);
  expect(await order("k7", product, 3)).toMatchObject({ status: 503, body: { code: "BOOKS_UNAVAILABLE" } });
  await pool.query(`alter table ${schema}.gone rename to orders`);
  expect(await order("k7", product, 3)).toMatchObject({ status: 201 });
  expect(await availableOf(product)).toBe(7);
  expect(await sumsOf(product)).toMatchObject({ sold: 3 });
});

test("the longest order is accepted, and a longer one is not", async () => {
  await open("10355", 1_000);
  const lines = Array.from({ length: 101 }, () => ({ product: "10355", units: 1, priceMinor: 100 }));
  expect(await orderLines("long", lines)).toMatchObject({ status: 400 });
  expect(await orderLines("long", lines.slice(1))).toMatchObject({
    status: 201,
    body: { amountMinor: 10_000 },
  });
  const escaped = lines.slice(1).map((line, index) => ({
    ...line,
    product: `${'"'.repeat(60)}${index + 100}`,
    units: 2_147_483_647,
    priceMinor: 2_147_483_647,
  }));
  expect(await orderLines("wide", escaped, { invoice: '"'.repeat(63) })).toMatchObject({ status: 409 });
});
