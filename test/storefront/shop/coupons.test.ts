import { afterAll, expect, test } from "vitest";
import { endUnfinishedOrders } from "../../../examples/storefront/shop/unfinished-orders.js";
import { requestName } from "../../../src/http/key.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const { acme, context, pool, schema, ask, post, open, close } = await openTestShop();
afterAll(close);

/** A coupon for two orders, one of each customer. */
async function setCoupon(coupon: string, limit = 2): Promise<void> {
  const rules = { coupon, limit, customerLimit: 1, discountMinor: 150 };
  for (let delivery = 0; delivery < 2; delivery += 1) {
    expect(await post("/coupons", rules)).toMatchObject({ status: 200 });
  }
}

function order(key: string, customer: string, coupon: string, product: string, units = 2) {
  const headers = { "idempotency-key": `${coupon}-${key}`, "x-customer": customer };
  return ask("POST", "/orders", { coupon, lines: [{ product, units, priceMinor: 100 }] }, headers);
}

async function redeemedOf(coupon: string): Promise<unknown> {
  return Object(await acme.coupon.read({ coupon })).redeemed;
}

const discounted = { status: 201, body: { amountMinor: 200, discountMinor: 150 } };
const full = { status: 201, body: { amountMinor: 200, discountMinor: 0 } };

test("the first orders get the discount, one of each customer, and the others pay the full price", async () => {
  await open("10901", 100);
  await setCoupon("FIRST");
  expect(await order("o1", "ann", "FIRST", "10901")).toMatchObject(discounted);
  expect(await order("o2", "ann", "FIRST", "10901")).toMatchObject(full);
  expect(await order("o3", "bob", "FIRST", "10901")).toMatchObject(discounted);
  expect(await order("o4", "eve", "FIRST", "10901")).toMatchObject(full);
  expect(await order("o1", "ann", "FIRST", "10901")).toMatchObject(discounted);
  expect(await order("o5", "ann", "UNKNOWN", "10901")).toMatchObject(full);
  expect(await redeemedOf("FIRST")).toBe(2);
});

test("twenty orders at once get no more discounts than the coupon has", async () => {
  await open("10902", 100);
  await setCoupon("RACE", 5);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => order("o1", `customer ${index}`, "RACE", "10902")),
  );
  expect(answers.filter(({ body }) => Object(body).discountMinor === 150)).toHaveLength(5);
});

test("a discount is at most the price of the order", async () => {
  await open("10903", 100);
  await setCoupon("SMALL");
  expect(await order("o1", "ann", "SMALL", "10903", 1)).toMatchObject({
    body: { amountMinor: 100, discountMinor: 100 },
  });
});

test("a refused order gives its coupon back", async () => {
  await open("10904", 3);
  await setCoupon("BACK", 1);
  expect(await order("o1", "ann", "BACK", "10904", 4)).toMatchObject({ status: 409 });
  expect(await redeemedOf("BACK")).toBe(0);
  expect(await order("o2", "ann", "BACK", "10904")).toMatchObject(discounted);
});

test.each(["redeemed the coupon", "written the refusal"])(
  "a refused order gives its coupon back, if the shop died after it had %s",
  async (step) => {
    const product = step.startsWith("redeemed") ? "10905" : "10906";
    const coupon = product;
    await open(product, 1);
    await setCoupon(coupon, 1);
    const name = requestName("ann", `${coupon}-o1`);
    const lines = [{ product, units: 2, priceMinor: 100 }];
    await context.orders.place({ order: name, invoice: undefined, customer: "ann", coupon, lines });
    await acme.coupon.redeem({ coupon, redemption: name, customer: "ann", units: 1, rememberMs: 3_600_000 });
    if (step.startsWith("written")) {
      const run = { tenant: "acme", request: name, fence: 1 };
      await context.orders.end(run, { outcome: "refused", products: [product] });
    }
    expect(await redeemedOf(coupon)).toBe(1);
    expect(await order("o1", "ann", coupon, product)).toMatchObject({ status: 409 });
    expect(await redeemedOf(coupon)).toBe(0);
  },
);

test("an order that nobody sends again gives its coupon back", async () => {
  await open("10907", 5);
  await setCoupon("LOST", 1);
  const lines = [{ product: "10907", units: 2, priceMinor: 100 }];
  const order = { order: "lost", invoice: undefined, customer: "ann", coupon: "LOST", lines };
  await context.orders.place(order);
  await acme.coupon.redeem({
    coupon: "LOST",
    redemption: "lost",
    customer: "ann",
    units: 1,
    rememberMs: 3_600_000,
  });
  await pool.query(
    `update ${schema}.orders set placed_at = now() - interval '2 hours' where order_name = 'lost'`,
  );
  expect(await endUnfinishedOrders(context)).toBe(1);
  expect(await redeemedOf("LOST")).toBe(0);
});

test("a coupon never changes its content", async () => {
  await setCoupon("SAME");
  const other = { coupon: "SAME", limit: 3, customerLimit: 1, discountMinor: 150 };
  expect(await post("/coupons", other)).toMatchObject({ status: 422 });
});

test("a customer who sends too many orders gets 429, and other customers are served", async () => {
  const {
    ask: askLimited,
    open: openLimited,
    close: closeLimited,
  } = await openTestShop(undefined, { ordersASecond: 2 });
  await openLimited("10908", 100);
  const send = (key: string, customer: string) => {
    const headers = { "idempotency-key": key, "x-customer": customer };
    return askLimited("POST", "/orders", { lines: [{ product: "10908", units: 1, priceMinor: 1 }] }, headers);
  };
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => send(`o${index}`, "ann")));
  const limited = answers.filter(({ status }) => status === 429);
  expect(limited.length).toBeGreaterThan(0);
  for (const answer of limited) {
    expect(answer).toMatchObject({ headers: { "retry-after": "1" }, body: { code: "RATE_LIMITED" } });
  }
  expect(answers.filter(({ status }) => status === 201).length + limited.length).toBe(20);
  expect(await send("o1", "bob")).toMatchObject({ status: 201 });
  await closeLimited();
});
