import { afterAll, expect, test } from "vitest";
import { sumOrders } from "../../../examples/storefront/books/orders.js";
import { checkOut } from "../../../examples/storefront/shop/checkout.js";
import { endUnfinishedOrders } from "../../../examples/storefront/shop/unfinished-orders.js";
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
  readonly priceMinor: number;
}

function orderLines(key: string, lines: readonly Line[], more: object = {}) {
  const headers = { "idempotency-key": `"${key}"`, "x-customer": "ann" };
  return ask("POST", "/orders", { lines, ...more }, headers);
}

async function availableOf(product: string): Promise<unknown> {
  return Object(await get(`/products/${product}`)).body.available;
}

/** Units that carts and reservations hold. */
async function heldOf(product: string): Promise<number> {
  const stock = await acme.stock.read({ product, low: 0 });
  return stock.outcome === "known" ? stock.total - stock.available : Number.NaN;
}

/** What the shop does until it dies. */
interface Dying {
  readonly name: string;
  readonly die: (order: string, lines: readonly Line[]) => Promise<unknown>;
  /** The products of the test. */
  readonly products: readonly [string, string];
}

const run = { signal: new AbortController().signal, throwIfLost: () => undefined };
const placed = (order: string, lines: readonly Line[], coupon?: string) =>
  context.orders.place({ order, invoice: undefined, customer: "ann", coupon, lines });
const held = (order: string, lines: readonly Line[], leaseMs = 60_000) =>
  acme.cart.reserve({ cart: `order·${order}`, lines, leaseMs, rememberMs });
const sold = async (order: string, lines: readonly Line[]) => {
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
  // No unit is given back meanwhile, so nobody else can get it.
  expect(await orderLines("undecided", lines)).toMatchObject({ status: 201 });
  expect(await acme.cart.read({ cart })).toMatchObject({ outcome: "committed" });
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
  await pool.query(
    `update ${schema}.orders set placed_at = now() - interval '2 hours' where state = 'placed'`,
  );
  expect(await endUnfinishedOrders(context)).toBe(1);
  expect(await sumsOf("10354")).toMatchObject({ sold: 3, refused: 3 });
});
