import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../../../src/testing/wait.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const open = await openTestShop();
const { pool, schema, context, get, ask, post } = open;
const { caches } = context;

const put = (url: string, payload: Record<string, unknown>, headers: Record<string, string> = {}) =>
  ask("PUT", url, payload, headers);

/** How often the source of a pattern was asked. */
const loadsOf = (pattern: string) => caches.counts.get(pattern)?.loads ?? Number.NaN;

/** Creates a product with 100 units of the organisation `oslo`. */
async function create(product: string, more: Record<string, unknown> = {}): Promise<void> {
  const { status, body } = await post("/api/v1/products", {
    product,
    organisation: "oslo",
    category: "lamps",
    schema: "lamp",
    name: `Lamp ${product}`,
    description: "It is bright.",
    priceMinor: 1_000,
    units: 100,
    ...more,
  });
  expect({ status, body }).toMatchObject({ status: 201, body: { product, version: 1 } });
}

beforeAll(async () => {
  await pool.query(`insert into ${schema}.categories (category, parent, name)
    values ('all', null, 'All'), ('lamps', 'all', 'Lamps'), ('vases', 'all', 'Vases')`);
  await context.statusChanges.start();
});
afterAll(() => open.close());

const OSLO = "/api/v1/products?organisation=oslo";

describe("a product", () => {
  test("is loaded once, and a change is visible to the next reader of each of its entries", async () => {
    await create("p1");
    const before = loadsOf("product:<product>");
    for (let reads = 0; reads < 3; reads += 1)
      expect(await get("/api/v1/products/p1")).toMatchObject({ status: 200, body: { name: "Lamp p1" } });
    expect(await get("/api/v1/products/p1/details")).toMatchObject({
      body: { description: "It is bright." },
    });
    expect(await put("/api/v1/products/p1", { name: "Sun", priceMinor: 900 })).toMatchObject({
      status: 200,
      body: { name: "Sun", version: 2 },
    });
    expect(await get("/api/v1/products/p1")).toMatchObject({ body: { name: "Sun", version: 2 } });
    expect(await get("/api/v1/products/p1/details")).toMatchObject({ body: { name: "Sun", version: 2 } });
    // It was created and changed by writes that store the row.
    expect(loadsOf("product:<product>")).toBe(before);
  });

  test("that nobody knows is asked for once, and found as soon as it exists", async () => {
    const before = loadsOf("product:<product>");
    for (let reads = 0; reads < 3; reads += 1)
      expect(await get("/api/v1/products/p2")).toMatchObject({
        status: 404,
        body: { code: "UNKNOWN_PRODUCT" },
      });
    expect(loadsOf("product:<product>")).toBe(before + 1);
    await create("p2");
    expect(await get("/api/v1/products/p2")).toMatchObject({ status: 200 });
    expect(
      await post("/api/v1/products", { ...Object((await get("/api/v1/products/p2")).body) }),
    ).toMatchObject({
      status: 400,
    });
  });

  test("of a batch is loaded with all others in one query", async () => {
    await Promise.all(["b1", "b2", "b3"].map((product) => create(product)));
    await caches.invalidateTags([]);
    await Promise.all(
      ["b1", "b2", "b3"].map((product) => context.catalogue.entries.products.invalidate({ product })),
    );
    const { status, body } = await post("/api/v1/batch/products", {
      product_ids: ["b3", "none", "b1", "b2"],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      results: [
        { id: "b3", status: "found", value: expect.objectContaining({ product: "b3" }) },
        { id: "none", status: "not_found" },
        { id: "b1", status: "found", value: expect.objectContaining({ product: "b1" }) },
        { id: "b2", status: "found", value: expect.objectContaining({ product: "b2" }) },
      ],
    });
  });
});

describe("lists", () => {
  test("have the new and lose the deleted product, one or many", async () => {
    await create("l1");
    const codes = async () =>
      Object((await get(`${OSLO}&limit=100`)).body).products.map(
        ({ product }: { product: string }) => product,
      );
    expect(await codes()).toContain("l1");
    await create("l2");
    await create("l3");
    expect(await codes()).toEqual(expect.arrayContaining(["l1", "l2", "l3"]));
    expect(await ask("DELETE", "/api/v1/products/l1")).toMatchObject({ body: { deleted: ["l1"] } });
    expect(await codes()).not.toContain("l1");
    const many = { product_ids: ["l2", "l3", "none"] };
    expect(await post("/api/v1/products/bulk-delete", many)).toMatchObject({
      body: { deleted: ["l2", "l3"] },
    });
    expect(await codes()).not.toEqual(expect.arrayContaining(["l2"]));
    for (const product of ["l1", "l2", "l3"])
      expect(await get(`/api/v1/products/${product}/details`)).toMatchObject({ status: 404 });
  });

  test("of other orders stay when a price changes, and show the new price", async () => {
    await create("l4", { organisation: "rome" });
    await create("l5", { organisation: "rome", priceMinor: 2_000 });
    const pattern = "products:org:<organisation>:page:<page>:limit:<limit>:search:<search>:order:<order>";
    const list = (order: string) => get(`/api/v1/products?organisation=rome&order=${order}`);
    await list("name");
    await list("price");
    const before = loadsOf(pattern);
    await put("/api/v1/products/l5", { priceMinor: 500 });
    expect(await list("name")).toMatchObject({
      body: { products: [{ product: "l4" }, { product: "l5", priceMinor: 500 }], total: 2 },
    });
    expect(loadsOf(pattern)).toBe(before);
    expect(await list("price")).toMatchObject({ body: { products: [{ product: "l5" }, { product: "l4" }] } });
    expect(loadsOf(pattern)).toBe(before + 1);
  });

  test("end with a change of status, and with no unit sold before it", async () => {
    await create("l6", { organisation: "bonn", units: 14 });
    const pattern = "products:org:<organisation>:page:<page>:limit:<limit>:search:<search>:order:<order>";
    const list = () => get("/api/v1/products?organisation=bonn");
    expect(await list()).toMatchObject({ body: { facets: { status: { in_stock: 1 } } } });
    const before = loadsOf(pattern);
    const sell = (event: string, units: number) => post("/events/sale", { event, product: "l6", units });
    for (const event of ["s1", "s2", "s3"]) {
      expect(await sell(event, 1)).toMatchObject({ status: 200, body: { outcome: "sold" } });
      await list();
    }
    expect(loadsOf(pattern)).toBe(before);
    await sell("s4", 1);
    await waitUntil(
      async () => Object((await list()).body).facets.status.low_stock === 1,
      10_000,
      "the list with the new status",
    );
    expect(loadsOf(pattern)).toBe(before + 1);
    expect(await list()).toMatchObject({ body: { products: [{ product: "l6", status: "low_stock" }] } });
  });

  test("load the next page before it is asked for", async () => {
    await create("n1", { organisation: "nara" });
    await create("n2", { organisation: "nara" });
    const page = (number: number) => get(`/api/v1/products?organisation=nara&limit=1&page=${number}`);
    const next = { organisation: "nara", page: 2, limit: 1, search: "*", order: "name" };
    const pattern = "products:org:<organisation>:page:<page>:limit:<limit>:search:<search>:order:<order>";
    const before = loadsOf(pattern);
    await page(1);
    await waitUntil(async () => loadsOf(pattern) === before + 2, 10_000, "the load of the next page");
    await context.catalogue.entries.lists.warm([next]);
    expect(await page(2)).toMatchObject({ body: { products: [{ product: "n2" }] } });
    expect(loadsOf(pattern)).toBe(before + 2);
  });
});
