import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { sumCarts } from "../../../examples/storefront/books/carts.js";
import { flushCarts, settleCarts } from "../../../examples/storefront/shop/carts.js";
import { flushHeldUnits } from "../../../examples/storefront/shop/inventory.js";
import { sell } from "../../../examples/storefront/shop/sell.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const shop = await openTestShop();
const { acme, context, pool, schema, get, post, open, sumsOf } = shop;
afterAll(() => shop.close());

const rememberMs = 60_000;

test("the next delivery completes a sale whose shop died between reserve and commit", async () => {
  await open("10101", 10);
  await acme.stock.reserve({ product: "10101", reservation: "s1", units: 4, leaseMs: 60_000, rememberMs });
  const sale = { event: "s1", product: "10101", units: 4 };
  expect(await post("/events/sale", sale)).toMatchObject({
    body: { outcome: "sold", repeated: false, available: 6 },
  });
  expect(await sumsOf("10101")).toMatchObject({ sold: 4 });
});

test("a sale whose shop died after the commit is sold once", async () => {
  await open("10102", 10);
  const wanted = { product: "10102", reservation: "s1", units: 4 };
  expect(await sell(acme, wanted)).toEqual({ outcome: "sold", available: 6, repeated: false });
  const sale = { event: "s1", product: "10102", units: 4 };
  expect(await post("/events/sale", sale)).toMatchObject({
    body: { outcome: "sold", repeated: true, available: 6 },
  });
  expect(await sumsOf("10102")).toMatchObject({ sold: 4 });
});

test("a sale whose lease ended before the commit is reserved again, and sold once", async () => {
  await open("10103", 10);
  await acme.stock.reserve({ product: "10103", reservation: "s1", units: 4, leaseMs: 20, rememberMs });
  await sleep(40);
  const sale = { event: "s1", product: "10103", units: 4 };
  const answers = await Promise.all(Array.from({ length: 10 }, () => post("/events/sale", sale)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(answers.filter(({ body }) => JSON.stringify(body).includes('"repeated":false'))).toHaveLength(1);
  expect(await get("/products/10103")).toMatchObject({ body: { available: 6 } });
});

test("a commit after the end of the lease sells nothing, and the units are reserved again", async () => {
  await open("10104", 10);
  let leases = 0;
  const { stock } = acme;
  const shortLease = (...[args, options]: Parameters<typeof stock.reserve>) => {
    leases += 1;
    return stock.reserve({ ...args, leaseMs: leases === 1 ? 10 : args.leaseMs }, options);
  };
  const slowCommit = async (...args: Parameters<typeof stock.commit>) => {
    await sleep(30);
    return stock.commit(...args);
  };
  const reserve = Object.assign(shortLease, { many: stock.reserve.many });
  const commit = Object.assign(slowCommit, { many: stock.commit.many });
  const slow = { ...acme, stock: { ...stock, reserve, commit } };
  const wanted = { product: "10104", reservation: "s1", units: 4 };
  expect(await sell(slow, wanted)).toEqual({ outcome: "sold", available: 6, repeated: false });
  expect(leases).toBe(2);
  expect(await sell(acme, wanted)).toEqual({ outcome: "sold", available: 6, repeated: true });
});

test("a cart holds its units once, and gives them back once when it is cancelled", async () => {
  await open("10105", 10);
  const cart = { cart: "c1", product: "10105", units: 4, leaseMs: 60_000 };
  for (let delivery = 0; delivery < 2; delivery += 1) {
    expect(await post("/carts", cart)).toMatchObject({ body: { outcome: "reserved", available: 6 } });
  }
  expect(await post("/events/sale", { event: "s1", product: "10105", units: 7 })).toMatchObject({
    body: { outcome: "refused", available: 6 },
  });
  for (let delivery = 0; delivery < 2; delivery += 1) {
    const name = { cart: "c1", product: "10105" };
    expect(await post("/carts/cancel", name)).toMatchObject({ body: { outcome: "released" } });
  }
  expect(await get("/products/10105")).toMatchObject({ body: { available: 10 } });
  expect(await post("/carts", cart)).toMatchObject({ body: { outcome: "released" } });
  expect(await post("/carts/cancel", { cart: "none", product: "10105" })).toMatchObject({
    status: 200,
    body: { outcome: "unknown" },
  });
});

test("a cart that failed in the books is recorded when it comes again after its lease", async () => {
  await open("10107", 10);
  const before = await sumCarts(pool, schema);
  const cart = { cart: "c1", product: "10107", units: 4, leaseMs: 50 };
  await pool.query(`alter table ${schema}.carts rename to gone`);
  expect(await post("/carts", cart)).toMatchObject({ status: 503, body: { code: "BOOKS_UNAVAILABLE" } });
  await pool.query(`alter table ${schema}.gone rename to carts`);
  await sleep(70);
  for (let delivery = 0; delivery < 2; delivery += 1) {
    expect(await post("/carts", cart)).toMatchObject({ status: 200, body: { outcome: "expired" } });
  }
  expect(await sumCarts(pool, schema)).toEqual({ ...before, expired: before.expired + 1 });
});

test("a sale that another process has begun is answered after that process's lease", async () => {
  await open("10108", 10);
  const request = `sale/10108·s1`;
  const sale = { event: "s1", product: "10108", units: 4 };
  await acme.idempotency
    .run(
      request,
      { units: 4 },
      () => {
        throw new Error("killed");
      },
      { leaseMs: 1_000, onError: "unknown" },
    )
    .catch(() => undefined);
  expect(await post("/events/sale", sale)).toMatchObject({
    status: 200,
    body: { outcome: "sold", repeated: false, available: 6 },
  });
});

test("the sweeper gives back an abandoned cart's units, and the books record it", async () => {
  await open("10106", 10);
  const before = await sumCarts(pool, schema);
  await post("/carts", { cart: "c1", product: "10106", units: 4, leaseMs: 100 });
  expect(await settleCarts(context)).toBe(0);
  expect(await get("/products/10106")).toMatchObject({ body: { available: 6 } });
  context.sweeper.start();
  const { signal } = new AbortController();
  await flushCarts(context, signal);
  await flushHeldUnits(acme, ["10106"], signal);
  expect(await sumCarts(pool, schema)).toEqual({ ...before, expired: before.expired + 1 });
  expect(await get("/products/10106")).toMatchObject({ body: { available: 10 } });
});
