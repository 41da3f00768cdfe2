import { afterAll, expect, test } from "vitest";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const open = await openTestShop(undefined, {}, { hasCaches: false });
const { pool, schema, context, redis, namespace, get, ask, post } = open;
afterAll(() => open.close());

test("a shop without caches gives the same replies, asks the database each time, and stores nothing", async () => {
  await pool.query(`insert into ${schema}.categories (category, name) values ('lamps', 'Lamps')`);
  const made = { product: "lamp", organisation: "oslo", category: "lamps", schema: "lamp", name: "Red lamp" };
  const more = { description: "Bright.", priceMinor: 1_000, units: 50 };
  expect(await post("/api/v1/products", { ...made, ...more })).toMatchObject({ status: 201 });
  await post("/offers", { offer: "o1", product: "lamp", amountMinor: 500, endsInMs: 60_000 });
  const counts = context.caches.counts.get("product:<product>");
  const before = { ...counts };
  for (let reads = 0; reads < 2; reads += 1)
    expect(await get("/api/v1/products/lamp")).toMatchObject({ status: 200, body: { ...made, version: 1 } });
  expect(counts).toMatchObject({ reads: (before.reads ?? 0) + 2, loads: (before.loads ?? 0) + 2 });
  await ask("PUT", "/api/v1/products/lamp", { priceMinor: 900 });
  expect(await get("/api/v1/products/lamp/details")).toMatchObject({
    body: { priceMinor: 900, offer: { offer: "o1" } },
  });
  expect(await get("/api/v1/products?organisation=oslo")).toMatchObject({
    body: { products: [{ product: "lamp", priceMinor: 900 }], total: 1 },
  });
  expect(await get("/api/v1/search?query=red")).toMatchObject({ body: { total: 1 } });
  expect(await get("/api/v1/categories/lamps/products")).toMatchObject({ body: { total: 1 } });
  expect(await get("/api/v1/categories")).toMatchObject({ body: { categories: [{ category: "lamps" }] } });
  expect(await get("/api/v1/organisations/oslo/products")).toMatchObject({ body: { product_ids: ["lamp"] } });
  expect(await get("/api/v1/schemas/lamp/products")).toMatchObject({ body: { product_ids: ["lamp"] } });
  expect(await get("/api/v1/analytics/dashboard?period=week")).toMatchObject({
    body: { orders: 0, products: { in_stock: 1 } },
  });
  expect(await get("/offers/expiring")).toMatchObject({ body: { offers: [{ offer: "o1" }] } });
  expect(await redis.keys(`${namespace}:*:cache*`)).toEqual([]);
});
