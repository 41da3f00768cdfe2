import pg from "pg";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSchema } from "../../../examples/storefront/books/schema.js";
import { sumProducts, sumTotals } from "../../../examples/storefront/books/sums.js";
import { createContext, stopBackground } from "../../../examples/storefront/shop/context.js";
import { createShop } from "../../../examples/storefront/shop/http/server.js";
import { createMoonpath } from "../../../src/index.js";
import { prometheusObserver } from "../../../src/metrics/prometheus.js";
import { freshDatabase } from "../../support/postgres.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl });
// `end` does not wait until the connections have ended, and dropping the database ends them.
pool.on("error", () => undefined);
const redis = sharedRedis();
const namespace = freshNamespace();
const register = new Registry();
const moonpath = createMoonpath(redis, {
  namespace,
  deadlineMs: 10_000,
  observers: [prometheusObserver({ register })],
});
const schema = `shop_${process.pid}`;
const context = createContext({
  moonpath,
  acme: moonpath.tenant("acme"),
  pool,
  schema,
  ping: () => redis.ping(),
});
const shop = createShop(context, register);

beforeAll(async () => {
  await createSchema(pool, schema);
});
afterAll(async () => {
  await shop.close();
  await stopBackground(context);
  moonpath.close();
  await pool.end();
});

async function post(url: string, payload: Record<string, unknown>) {
  const response = await shop.inject({ method: "POST", url, payload });
  const body: unknown = response.json();
  return { status: response.statusCode, body };
}

async function get(url: string) {
  const response = await shop.inject({ method: "GET", url });
  const body: unknown = response.json();
  return { status: response.statusCode, body };
}

/** Opens a product with 6 units in the north and 4 in the south. */
async function openProduct(product: string): Promise<void> {
  for (const [warehouse, quantity] of [
    ["north", 6],
    ["south", 4],
  ] as const) {
    const event = `opening:${product}:${warehouse}`;
    const { status } = await post("/events/opening", { event, product, warehouse, quantity, sequence: 1 });
    expect(status).toBe(200);
  }
}

async function sumsOf(product: string) {
  return (await sumProducts(pool, schema)).find((sums) => sums.product === product);
}

test("a sale takes units, its repeat takes none, and a sale of too many units is refused", async () => {
  const product = "10001";
  await openProduct(product);
  const sale = { event: "sale-1", product, units: 7 };
  const first = { outcome: "sold", available: 3, status: "low_stock" };
  expect(await post("/events/sale", sale)).toEqual({ status: 200, body: { ...first, repeated: false } });
  expect(await post("/events/sale", sale)).toEqual({ status: 200, body: { ...first, repeated: true } });
  const refused = { outcome: "refused", available: 3, status: "low_stock" };
  const tooMany = { event: "sale-2", product, units: 4 };
  expect(await post("/events/sale", tooMany)).toEqual({ status: 200, body: { ...refused, repeated: false } });
  expect(await post("/events/return", { event: "return-1", product, units: 1 })).toMatchObject({
    body: { outcome: "adjusted", available: 4 },
  });
  // Its answer stays what it was, though there would be enough now.
  expect(await post("/events/sale", tooMany)).toEqual({ status: 200, body: { ...refused, repeated: true } });
  expect(await sumsOf(product)).toMatchObject({ opening: 10, sold: 7, returned: 1, refused: 4 });
});

test("a repeated opening changes nothing, even after sales", async () => {
  const product = "10002";
  await openProduct(product);
  await post("/events/sale", { event: "sale-3", product, units: 5 });
  const opening = {
    event: `opening:${product}:north`,
    product,
    warehouse: "north",
    quantity: 6,
    sequence: 1,
  };
  expect(await post("/events/opening", opening)).toMatchObject({
    body: { outcome: "repeated", available: 5 },
  });
});

test("a hundred simultaneous copies of one sale sell once", async () => {
  const product = "10003";
  await openProduct(product);
  const sale = { event: "sale-4", product, units: 2 };
  const answers = await Promise.all(Array.from({ length: 100 }, () => post("/events/sale", sale)));
  expect(answers.filter(({ body }) => JSON.stringify(body).includes('"repeated":false'))).toHaveLength(1);
  expect(await get(`/products/${product}`)).toMatchObject({ body: { available: 8 } });
  expect(await sumsOf(product)).toMatchObject({ sold: 2 });
});

test("a price that arrives late does not replace a newer one, and is no repeat", async () => {
  const product = "10004";
  await openProduct(product);
  const price = (sequence: number, amountMinor: number) =>
    post("/events/price", { event: `price-${sequence}`, product, amountMinor, sequence });
  expect(await price(9, 300)).toEqual({ status: 200, body: { outcome: "applied", repeated: false } });
  expect(await price(3, 255)).toEqual({ status: 200, body: { outcome: "stale", repeated: false } });
  expect(await price(3, 255)).toEqual({ status: 200, body: { outcome: "stale", repeated: true } });
  expect(await price(9, 300)).toEqual({ status: 200, body: { outcome: "repeated", repeated: true } });
  expect(await get(`/products/${product}`)).toMatchObject({
    body: { price: { currency: "GBP", baseMinor: 300, effectiveMinor: 300 } },
  });
  expect(await sumsOf(product)).toMatchObject({ lastPrice: 300 });
});

test("a page view counts once, with an id or without, and the sync writes it into the books", async () => {
  const product = "10005";
  await openProduct(product);
  expect(await get(`/products/${product}?view=view-1`)).toEqual({
    status: 200,
    body: {
      product,
      available: 10,
      status: "low_stock",
      levels: [
        { warehouse: "north", quantity: 6 },
        { warehouse: "south", quantity: 4 },
      ],
      price: null,
      repeated: false,
    },
  });
  expect(await get(`/products/${product}?view=view-1`)).toMatchObject({ body: { repeated: true } });
  expect(await get(`/products/${product}`)).toMatchObject({ body: { repeated: false } });
  await context.views.flush();
  expect(await sumsOf(product)).toMatchObject({ viewsInDatabase: 2 });
});

test("a batch of views counts once if the shop died before the acknowledgement", async () => {
  const product = "10009";
  await openProduct(product);
  await get(`/products/${product}?view=before`);
  const { acme, views } = context;
  for (const shard of ["0", "1", "2", "3"]) {
    const taken = await acme.views.take({ shard, limit: 100 });
    if (taken.outcome === "batch") {
      await views.ledger.apply({ tenant: "acme", shard, ...taken, previous: taken.previous });
    }
  }
  expect(await sumsOf(product)).toMatchObject({ viewsInDatabase: 1 });
  await get(`/products/${product}?view=after`);
  await views.flush();
  expect(await sumsOf(product)).toMatchObject({ viewsInDatabase: 2 });
});

test("two simultaneous syncs lose no view and count none twice", async () => {
  const product = "10006";
  await openProduct(product);
  const views = Array.from({ length: 60 }, (_, n) => get(`/products/${product}?view=both-${n}`));
  const other = createContext(context);
  await Promise.all([...views, context.views.flush(), other.views.flush()]);
  await context.views.flush();
  expect(await sumsOf(product)).toMatchObject({ viewsInDatabase: 60 });
  await stopBackground(other);
});

test("the same event id for two products is two events, in Redis and in the books", async () => {
  for (const product of ["10021", "10022"]) {
    await openProduct(product);
    expect(await post("/events/sale", { event: "shared", product, units: 1 })).toMatchObject({
      body: { repeated: false },
    });
    const price = { event: "shared-price", product, amountMinor: 5, sequence: 1 };
    expect(await post("/events/price", price)).toMatchObject({ body: { repeated: false } });
    expect(await get(`/products/${product}?view=shared`)).toMatchObject({ body: { repeated: false } });
    expect(await sumsOf(product)).toMatchObject({ sold: 1, lastPrice: 5 });
  }
});

test("two pairs of product and event with the same joined name are two events", async () => {
  for (const [product, event] of [
    ["10023", "a/b"],
    ["10023/a", "b"],
  ] as const) {
    await openProduct(product);
    const price = { event, product, amountMinor: 5, sequence: 1 };
    expect(await post("/events/price", price)).toMatchObject({ body: { repeated: false } });
  }
});

test("a product without an opening is unknown, and its page view is not counted", async () => {
  const unknown = { status: 404, body: { code: "UNKNOWN_PRODUCT", message: "there is no such product" } };
  expect(await get("/products/99999")).toEqual(unknown);
  expect(await post("/events/sale", { event: "e", product: "99999", units: 1 })).toEqual(unknown);
  expect(await sumsOf("99999")).toBeUndefined();
});

test("an error of Moonpath is answered with its own status and code, without values", async () => {
  const product = "10007";
  await redis.set(`${namespace}:{acme:${product}}:stock`, "not a hash");
  const { status, body } = await post("/events/sale", { event: "e7", product, units: 1 });
  expect(status).toBe(500);
  expect(body).toMatchObject({ code: "WRONG_TYPE" });
  expect(JSON.stringify(body)).not.toContain(product);
});

test("an event gets 503 while the books fail, and completes when it is delivered again", async () => {
  const product = "10008";
  await openProduct(product);
  const before = await sumTotals(pool, schema);
  await pool.query(`alter table ${schema}.events rename to gone`);
  const sale = { event: "sale-8", product, units: 3 };
  expect(await post("/events/sale", sale)).toEqual({
    status: 503,
    body: {
      code: "BOOKS_UNAVAILABLE",
      message: "the database cannot be reached at the moment",
      id: expect.any(String),
    },
  });
  await pool.query(`alter table ${schema}.gone rename to events`);
  expect(await post("/events/sale", sale)).toMatchObject({
    status: 200,
    body: { repeated: true, available: 7 },
  });
  expect(await sumsOf(product)).toMatchObject({ sold: 3 });
  const { duplicatesDelivered, duplicatesIgnored } = before;
  expect(await sumTotals(pool, schema)).toMatchObject({ duplicatesDelivered, duplicatesIgnored });
});

test("the shop lists products by code, page by page", async () => {
  expect(await get("/products?limit=2")).toEqual({
    status: 200,
    body: { products: ["10001", "10002"], next: "10002" },
  });
  expect(await get("/products?limit=2&after=10002")).toMatchObject({
    body: { products: ["10003", "10004"] },
  });
});

test("the shop shows its jobs", async () => {
  expect(await get("/jobs")).toMatchObject({
    status: 200,
    body: { jobs: expect.arrayContaining([expect.objectContaining({ name: "view-sync" })]) },
  });
});

test("the shop serves its health and its metrics", async () => {
  expect(await get("/health")).toEqual({ status: 200, body: { status: "ok" } });
  const { headers, payload } = await shop.inject({ method: "GET", url: "/metrics" });
  expect(headers["content-type"]).toContain("text/plain");
  expect(payload).toMatch(/moonpath_script_calls_total\{script="stock.commit",version="[^"]+"\} \d+/);
});
