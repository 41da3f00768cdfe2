import { Registry } from "prom-client";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createContext, stopBackground } from "../../../examples/storefront/shop/context.js";
import { bindContent } from "../../../examples/storefront/shop/http/content.js";
import { createShop } from "../../../examples/storefront/shop/http/server.js";
import { OutcomeUnknownError } from "../../../src/index.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const shop = await openTestShop();
const { context, pool, schema, get, post, open, sumsOf } = shop;
afterAll(() => shop.close());

/** Another process over the same servers. */
const secondContext = createContext(context);
const second = createShop(secondContext, new Registry());
afterAll(async () => {
  await second.close();
  await stopBackground(secondContext);
});

const MISMATCH = { status: 422, body: { code: "PAYLOAD_MISMATCH" } };

/**
 * Every endpoint that writes under an id: a delivery, the same id with other content, and what
 * shows its effect.
 */
const WRITES = {
  opening: {
    url: "/events/opening",
    first: { warehouse: "north", quantity: 6, sequence: 5 },
    others: [
      { warehouse: "north", quantity: 7, sequence: 5 },
      { warehouse: "north", quantity: 7, sequence: 6 },
      { warehouse: "south", quantity: 6, sequence: 5 },
    ],
    id: "event",
  },
  sale: { url: "/events/sale", first: { units: 2 }, others: [{ units: 3 }], id: "event" },
  return: { url: "/events/return", first: { units: 2 }, others: [{ units: 3 }], id: "event" },
  price: {
    url: "/events/price",
    first: { amountMinor: 300, sequence: 5 },
    others: [
      { amountMinor: 400, sequence: 5 },
      { amountMinor: 400, sequence: 6 },
      { amountMinor: 300, sequence: 6 },
    ],
    id: "event",
  },
  cart: {
    url: "/carts",
    first: { units: 2, leaseMs: 60_000 },
    others: [
      { units: 3, leaseMs: 60_000 },
      { units: 2, leaseMs: 70_000 },
    ],
    id: "cart",
  },
  offer: {
    url: "/offers",
    first: { amountMinor: 99, endsInMs: 60_000 },
    others: [
      { amountMinor: 98, endsInMs: 60_000 },
      { amountMinor: 99, endsInMs: 70_000 },
    ],
    id: "offer",
  },
  "price sale": {
    url: "/price-sales",
    first: { amountMinor: 99, startsInMs: 0, lastsMs: 60_000, sequence: 5 },
    others: [
      { amountMinor: 98, startsInMs: 0, lastsMs: 60_000, sequence: 5 },
      { amountMinor: 99, startsInMs: 9, lastsMs: 60_000, sequence: 5 },
      { amountMinor: 99, startsInMs: 0, lastsMs: 70_000, sequence: 5 },
      { amountMinor: 98, startsInMs: 0, lastsMs: 60_000, sequence: 6 },
    ],
    id: "sale",
  },
} as const;

/** All that the books and Redis have of a product. */
async function stateOf(product: string) {
  const { body } = await get(`/products/${product}`);
  const offers = await pool.query(
    `select offer, amount_minor, ends_at, state from ${schema}.offers where product = $1 order by offer`,
    [product],
  );
  const sales = await pool.query(
    `select sale, amount_minor, lasts_ms, sequence from ${schema}.price_sales where product = $1`,
    [product],
  );
  const carts = await pool.query(`select cart, units, state from ${schema}.carts where product = $1`, [
    product,
  ]);
  return {
    page: { ...Object(body), repeated: false },
    sums: await sumsOf(product),
    offers: offers.rows,
    sales: sales.rows,
    carts: carts.rows,
  };
}

let products = 0;
async function freshProduct(): Promise<string> {
  products += 1;
  const product = `107${products}`;
  await open(product, 10);
  return product;
}

const named = Object.entries(WRITES);

test.each(named)(
  "hole 16: an event of kind %s gets 422 for the same id with other content",
  async (_, write) => {
    const { url, first, others, id } = write;
    const product = await freshProduct();
    const name = { [id]: `id-${product}`, product };
    expect(await post(url, { ...name, ...first })).toMatchObject({ status: 200 });
    const before = await stateOf(product);
    for (const other of others) expect(await post(url, { ...name, ...other })).toMatchObject(MISMATCH);
    expect(await stateOf(product)).toEqual(before);
    expect(await post(url, { ...name, ...first })).toMatchObject({ status: 200 });
    expect(await stateOf(product)).toEqual(before);
  },
);

test.each(named)(
  "hole 16: an event of kind %s has one effect for two contents under one id",
  async (_, { url, first, others: [other], id }) => {
    const product = await freshProduct();
    const name = { [id]: `id-${product}`, product };
    const contents = [first, other];
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_one, index) => {
        const content = contents[index % 2];
        const payload = { ...name, ...content };
        const to = index % 4 < 2 ? shop.shop : second;
        const { statusCode } = await to.inject({ method: "POST", url, payload });
        return { content, statusCode };
      }),
    );
    const won = new Set(answers.filter(({ statusCode }) => statusCode === 200).map(({ content }) => content));
    expect(won.size).toBe(1);
    for (const { content, statusCode } of answers) expect(statusCode).toBe(won.has(content) ? 200 : 422);
    // What is there is what the winner alone makes.
    const [winner] = won;
    const alone = await freshProduct();
    await post(url, { [id]: `id-${alone}`, product: alone, ...winner });
    const [both, one] = [await stateOf(product), await stateOf(alone)];
    const shape = (state: typeof one, own: string) =>
      JSON.parse(
        JSON.stringify({ ...state, offers: state.offers.map((row) => ({ ...row, ends_at: "" })) }).replaceAll(
          own,
          "P",
        ),
      );
    expect(shape(both, product)).toEqual(shape(one, alone));
  },
);

test.each(named)(
  "hole 16: an event of kind %s has one effect for twenty copies and a late duplicate",
  async (_, { url, first, id }) => {
    const product = await freshProduct();
    const payload = { [id]: `id-${product}`, product, ...first };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(url, payload)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await post("/events/sale", { event: `later-${product}`, product, units: 1 });
    await post("/events/price", { event: `later-${product}`, product, amountMinor: 1_000, sequence: 100 });
    const before = await stateOf(product);
    expect(await post(url, payload)).toMatchObject({ status: 200 });
    expect(await stateOf(product)).toEqual(before);
  },
);

test("hole 16: an offer's name with another product gets 422, and changes neither product", async () => {
  const [lamp, vase] = [await freshProduct(), await freshProduct()];
  const offer = { offer: "one-offer", amountMinor: 99, endsInMs: 60_000 };
  const first = await post("/offers", { ...offer, product: lamp });
  expect(await post("/offers", { ...offer, product: vase })).toMatchObject(MISMATCH);
  expect((await stateOf(vase)).offers).toEqual([]);
  expect(await post("/offers", { ...offer, product: lamp })).toMatchObject({
    status: 200,
    body: { ...Object(first.body), repeated: true },
  });
});

test("hole 16: an extended or cancelled offer keeps its content, and a late extension changes nothing", async () => {
  const product = await freshProduct();
  const offer = { offer: "moved", product, amountMinor: 99, endsInMs: 60_000 };
  await post("/offers", offer);
  const extended = await post("/offers/extend", { offer: "moved", endsInMs: 90_000 });
  const { endsMs } = Object(extended.body);
  expect(await post("/offers/extend", { offer: "moved", endsInMs: 70_000 })).toMatchObject({
    body: { endsMs },
  });
  expect(await post("/offers", offer)).toMatchObject({ status: 200, body: { outcome: "running", endsMs } });
  expect(await post("/offers", { ...offer, endsInMs: 90_000 })).toMatchObject(MISMATCH);
  await post("/offers/cancel", { offer: "moved" });
  expect(await post("/offers", offer)).toMatchObject({ status: 200, body: { outcome: "cancelled" } });
  expect(await post("/offers", { ...offer, amountMinor: 1 })).toMatchObject(MISMATCH);
  expect(await post("/offers/extend", { offer: "moved", endsInMs: 900_000 })).toMatchObject({
    body: { outcome: "cancelled", endsMs },
  });
});

test("hole 16: a cancelled cart keeps its content", async () => {
  const product = await freshProduct();
  const cart = { cart: "c1", product, units: 4, leaseMs: 60_000 };
  await post("/carts", cart);
  await post("/carts/cancel", { cart: "c1", product });
  expect(await post("/carts", { ...cart, units: 5 })).toMatchObject(MISMATCH);
  expect(await post("/carts", { ...cart, leaseMs: 50 })).toMatchObject(MISMATCH);
  expect(await post("/carts", cart)).toMatchObject({ status: 200, body: { outcome: "released" } });
  expect(await get(`/products/${product}`)).toMatchObject({ body: { available: 10 } });
});

test.each([
  [5, MISMATCH],
  [4, { status: 200, body: { outcome: "released" } }],
])("hole 16: a cart of %d units that only the books know holds no units again", async (units, answer) => {
  const product = await freshProduct();
  const cart = { cart: "c1", product, units: 4, leaseMs: 60_000 };
  await post("/carts", cart);
  await post("/carts/cancel", { cart: "c1", product });
  await shop.redis.del(
    ...["reservations", "reservation-ends"].map((kind) => `${shop.namespace}:{acme:${product}}:${kind}`),
  );
  expect(await post("/carts", { ...cart, units })).toMatchObject(answer);
  expect(await get(`/products/${product}`)).toMatchObject({ body: { available: 10 } });
});

test("hole 16: a return whose shop died after the units moved keeps its content", async () => {
  const product = await freshProduct();
  const { acme } = context;
  // All that the shop does before the books.
  await bindContent(acme, `return/${product}·r1`, [2]);
  await acme.stock.adjust({
    product,
    operation: "return/r1",
    change: 2,
    backorder: false,
    low: 0,
    rememberMs: 60_000,
  });
  expect(await post("/events/return", { event: "r1", product, units: 3 })).toMatchObject(MISMATCH);
  expect(await post("/events/return", { event: "r1", product, units: 2 })).toMatchObject({
    status: 200,
    body: { available: 12 },
  });
  expect(await sumsOf(product)).toMatchObject({ returned: 2 });
});

test("hole 16: a sale whose shop lost Redis after the units had gone keeps its content", async () => {
  const product = await freshProduct();
  const { acme } = context;
  const { commit: whole } = acme.stock;
  const losing = async (...args: Parameters<typeof whole>) => {
    await whole(...args);
    throw new OutcomeUnknownError("the answer was lost");
  };
  const commit = Object.assign(losing, { many: whole.many });
  const failing = createShop(
    { ...context, acme: { ...acme, stock: { ...acme.stock, commit } } },
    new Registry(),
  );
  onTestFinished(() => failing.close());
  const sale = { event: "s1", product, units: 2 };
  const lost = await failing.inject({ method: "POST", url: "/events/sale", payload: sale });
  expect(lost.statusCode).toBe(504);
  expect(await post("/events/sale", { ...sale, units: 3 })).toMatchObject(MISMATCH);
  expect(await post("/events/sale", sale)).toMatchObject({ status: 200, body: { available: 8 } });
  expect(await sumsOf(product)).toMatchObject({ sold: 2 });
});
