import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { sumOrders } from "../../../examples/storefront/books/orders.js";
import { checkOut } from "../../../examples/storefront/shop/checkout.js";
import { endUnfinishedOrders } from "../../../examples/storefront/shop/orders.js";
import { requestName } from "../../../src/http/key.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const shop = await openTestShop();
const { acme, context, pool, schema, ask, get, post, open, sumsOf } = shop;
afterAll(() => shop.close());

const rememberMs = 60_000;
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

/** What the shop does until it dies. */
interface Dying {
  readonly name: string;
  readonly die: (order: string, lines: readonly Required<Line>[]) => Promise<unknown>;
  /** The products of the test. */
  readonly products: readonly [string, string];
}

const run = { signal: new AbortController().signal, throwIfLost: () => undefined };
const placed = (order: string, lines: readonly Required<Line>[], coupon?: string) =>
  context.orders.place({ order, invoice: undefined, customer: "ann", coupon, lines });
const held = (order: string, lines: readonly Required<Line>[], leaseMs = 60_000) =>
  acme.cart.reserve({ cart: `order·${order}`, lines, leaseMs, rememberMs });
const sold = async (order: string, lines: readonly Required<Line>[]) => {
  const end = await checkOut(acme, { order, lines, payment: undefined }, run);
  return end.outcome === "sold" ? { ...end, discountMinor: 0 } : end;
};

test.each<Dying>([
  { name: "placing it", products: ["10330", "10331"], die: placed },
  {
    name: "reserving its lines",
    products: ["10332", "10333"],
    die: async (order, lines) => {
      await placed(order, lines);
      await held(order, lines);
    },
  },
  {
    name: "reserving one of its lines",
    products: ["10334", "10335"],
    die: async (order, lines) => {
      await placed(order, lines);
      await held(order, lines.slice(0, 1));
    },
  },
  {
    name: "its lease",
    products: ["10336", "10337"],
    die: async (order, lines) => {
      await placed(order, lines);
      const { leaseEndsMs } = Object(await held(order, lines, 20));
      await expect.poll(async () => Date.now() > leaseEndsMs).toBe(true);
    },
  },
  {
    name: "the lease of one of its lines",
    products: ["10338", "10339"],
    die: async (order, lines) => {
      await placed(order, lines);
      const { leaseEndsMs } = Object(await held(order, lines.slice(0, 1), 20));
      await expect.poll(async () => Date.now() > leaseEndsMs).toBe(true);
    },
  },
  {
    name: "giving its lines back",
    products: ["10340", "10341"],
    die: async (order, lines) => {
      await placed(order, lines);
      await held(order, lines);
      await acme.cart.release({ cart: `order·${order}`, lines, rememberMs });
    },
  },
  {
    name: "selling it",
    products: ["10342", "10343"],
    die: async (order, lines) => {
      await placed(order, lines);
      await sold(order, lines);
    },
  },
  {
    name: "writing the books",
    products: ["10344", "10345"],
    die: async (order, lines) => {
      await placed(order, lines);
      await context.orders.end({ tenant: "acme", request: order, fence: 1 }, await sold(order, lines));
    },
  },
])("the next request completes an order once, if the shop died after $name", async ({ products, die }) => {
  const lines = products.map((product, index) => ({ product, units: 3 + index, priceMinor: 100 }));
  for (const product of products) await open(product, 10);
  const before = await sumOrders(pool, schema);
  const key = products.join("-");
  await die(request(key), lines);
  expect(await orderLines(key, lines)).toMatchObject({
    status: 201,
    body: { order: request(key), outcome: "sold", amountMinor: 700 },
  });
  expect(await Promise.all(products.map(availableOf))).toEqual([7, 6]);
  expect(await Promise.all(products.map(sumsOf))).toMatchObject([{ sold: 3 }, { sold: 4 }]);
  const { sold: orders, soldMinor } = await sumOrders(pool, schema);
  expect([orders, soldMinor]).toEqual([before.sold + 1, before.soldMinor + 700]);
});

test("the next request completes an order whose shop died between two lines of a commit", async () => {
  const lines = ["10350", "10351"].map((product) => ({ product, units: 10, priceMinor: 100 }));
  for (const { product } of lines) await open(product, 10);
  const name = request("undecided");
  await placed(name, lines);
  await held(name, lines);
  const cart = `order·${name}`;
  const { scripts } = acme;
  const begun = await scripts.cart.begin({ cart, lines, prepareLimitMs: 1_000, rememberMs });
  if (begun.outcome !== "begun") throw new Error("nobody else commits the cart");
  const prepare = { product: "10350", reservation: cart, units: 10, fence: begun.fence };
  await scripts.stock.prepare({ ...prepare, retake: false, prepareLimitMs: 1_000, rememberMs });
  // All units are in the cart, so another cart of the order would be refused.
  expect(await orderLines("undecided", lines)).toMatchObject({ status: 201 });
  expect([await availableOf("10350"), await availableOf("10351")]).toEqual([0, 0]);
});

test("an order stays refused if the shop died after it wrote the refusal", async () => {
  await open("10352", 2);
  const lines = [{ product: "10352", units: 3, priceMinor: 100 }];
  const name = request("written");
  await placed(name, lines);
  await context.orders.end({ tenant: "acme", request: name, fence: 1 }, await sold(name, lines));
  await post("/events/return", { event: "r1", product: "10352", units: 5 });
  expect(await orderLines("written", lines)).toMatchObject({ status: 409, body: { products: ["10352"] } });
  expect(await availableOf("10352")).toBe(7);
});

test("an order that another process has refused meanwhile gives its units back", async () => {
  await open("10353", 5);
  const lines = [{ product: "10353", units: 3, priceMinor: 100 }];
  const answer = orderLines("stopped", lines, { payment: { takesMs: 300, leaseMs: 60_000 } });
  await expect.poll(() => heldOf("10353")).toBe(3);
  const refusal = { outcome: "refused", products: ["10353"] } as const;
  await context.orders.end({ tenant: "acme", request: request("stopped"), fence: 2 }, refusal);
  expect(await answer).toMatchObject({ status: 409 });
  await expect.poll(() => heldOf("10353")).toBe(0);
  expect(await availableOf("10353")).toBe(5);
  expect(await sumsOf("10353")).toMatchObject({ sold: 0, refused: 3 });
});

test("the job records a sale whose customer does not come again, and leaves an order that is not sold", async () => {
  await open("10354", 9);
  const lines = [{ product: "10354", units: 3, priceMinor: 100 }];
  for (const order of ["lost-sale", "lost-order"]) await placed(order, lines);
  await sold("lost-sale", lines);
  expect(await endUnfinishedOrders(context)).toBe(0);
  await pool.query(
    `update ${schema}.orders set placed_at = now() - interval '2 minutes' where state = 'placed'`,
  );
  expect(await endUnfinishedOrders(context)).toBe(1);
  expect(await endUnfinishedOrders(context)).toBe(0);
  expect(await sumsOf("10354")).toMatchObject({ sold: 3, refused: 0 });
  await pool.query(`update ${schema}.orders set placed_at = now() - interval '2 hours' where state = 'placed'`);
  expect(await endUnfinishedOrders(context)).toBe(1);
  expect(await sumsOf("10354")).toMatchObject({ sold: 3, refused: 3 });
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
