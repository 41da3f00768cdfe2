import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const open = await openTestShop();
const { pool, schema, context, ask, get, post } = open;
const LAMP = {
  organisation: "oslo",
  category: "lamps",
  schema: "lamp",
  name: "Lamp",
  description: "It is bright.",
  priceMinor: 1_000,
  units: 100,
};

const create = (product: string) => post("/api/v1/products", { ...LAMP, product });
const read = (product: string, headers: Record<string, string> = {}) =>
  open.shop.inject({ method: "GET", url: `/api/v1/products/${product}`, headers });
const write = (product: string, payload: Record<string, unknown>, headers: Record<string, string> = {}) =>
  ask("PUT", `/api/v1/products/${product}`, payload, headers);
const tagOf = async (product: string) => {
  const { headers, statusCode } = await read(product);
  expect(statusCode).toBe(200);
  return String(headers.etag);
};

beforeAll(async () => {
  await pool.query(
    `insert into ${schema}.categories (category, parent, name) values ('lamps', null, 'Lamps')`,
  );
});
afterAll(() => open.close());

describe("the tag of a product", () => {
  test("is answered 304 until the product changes in any way", async () => {
    await create("p1");
    const changes: (() => Promise<unknown>)[] = [
      () => write("p1", { name: "Sun" }),
      () => context.catalogue.setStatus("p1", "low_stock"),
      () => write("p1", { priceMinor: 5 }, { "if-match": "*" }),
    ];
    for (const change of changes) {
      const tag = await tagOf("p1");
      const cached = await read("p1", { "if-none-match": tag });
      expect([cached.statusCode, cached.headers.etag, cached.body]).toEqual([304, tag, ""]);
      await change();
      expect((await read("p1", { "if-none-match": tag })).statusCode).toBe(200);
    }
  });

  test("lets a write pass once, and its reply has the next one", async () => {
    await create("p2");
    const tag = await tagOf("p2");
    const first = await write("p2", { name: "First" }, { "if-match": tag });
    expect(first).toMatchObject({ status: 200, body: { name: "First", version: 2 } });
    const late = await write("p2", { name: "Late" }, { "if-match": tag });
    expect(late).toMatchObject({ status: 412, body: { code: "PRECONDITION_FAILED" } });
    const next = await write("p2", { name: "Second" }, { "if-match": String(first.headers.etag) });
    expect(next).toMatchObject({ status: 200, body: { name: "Second", version: 3 } });
    expect(await tagOf("p2")).toBe(next.headers.etag);
  });

  test("lets no write pass that Redis has not heard of, and recovers", async () => {
    await create("p3");
    await write("p3", { name: "Before" });
    const tag = await tagOf("p3");
    // As a process does that dies after its commit, and whose version Redis has lost.
    await pool.query(
      `update ${schema}.products set name = 'Other', version = version + 1 where product = 'p3'`,
    );
    const refused = await write("p3", { name: "Late" }, { "if-match": tag });
    expect(refused).toMatchObject({ status: 412, body: { code: "PRECONDITION_FAILED" } });
    const { rows } = await pool.query(`select name from ${schema}.products where product = 'p3'`);
    expect(rows).toEqual([{ name: "Other" }]);
    await context.catalogue.entries.products.invalidate({ product: "p3" });
    expect(await write("p3", { name: "New" }, { "if-match": await tagOf("p3") })).toMatchObject({
      status: 200,
    });
  });

  test("is not given to a body that is older than the version", async () => {
    await create("p4");
    await tagOf("p4");
    const { kind, ...begun } = await context.versions.all.begin("product:p4");
    if (kind !== "begun" || !("write" in begun)) throw new Error(kind);
    begun.write.setNumber(9);
    await begun.write.end();
    const old = await read("p4");
    expect([old.statusCode, old.headers.etag]).toEqual([200, undefined]);
  });

  test("ends with the product, and a new product of the same code has another one", async () => {
    await create("p5");
    await write("p5", { name: "Sun" });
    const tag = await tagOf("p5");
    await ask("DELETE", "/api/v1/products/p5");
    expect((await read("p5", { "if-none-match": tag })).statusCode).toBe(404);
    expect(await write("p5", { name: "x" }, { "if-match": tag })).toMatchObject({ status: 412 });
    await create("p5");
    expect(await tagOf("p5")).not.toBe(tag);
  });

  test("that is malformed is refused for a write", async () => {
    await create("p6");
    expect(await write("p6", { name: "x" }, { "if-match": "p6" })).toMatchObject({
      status: 400,
      body: { code: "PRECONDITION_MALFORMED" },
    });
  });
});

describe("batches", () => {
  const ids = (count: number) => Array.from({ length: count }, (_, at) => `id-${at}`);
  test.each([
    ["products", "product_ids"],
    ["users", "user_ids"],
  ])("of %s: at most 100 different ids, and each has a status", async (kind, name) => {
    const batch = (list: unknown) => post(`/api/v1/batch/${kind}`, { [name]: list });
    const full = await batch(ids(100));
    expect(full).toMatchObject({ status: 200 });
    expect(Object(full.body).results).toEqual(ids(100).map((id) => ({ id, status: "not_found" })));
    const wrong = [ids(101), [], ["a", "a"], "a", [1], [""], ["x".repeat(64)], [null], ["\u0000"], undefined];
    for (const list of wrong) {
      const { status, body } = await batch(list);
      expect({ status, body }).toMatchObject({ status: 400, body: { code: "BAD_REQUEST" } });
      expect(Object(body).message).toContain(name);
    }
    expect(await batch(["__proto__", "constructor"])).toMatchObject({
      body: { results: [{ id: "__proto__", status: "not_found" }, { status: "not_found" }] },
    });
  });
});

test("cache-stats has the fields of the seeds", async () => {
  expect(await get("/api/v1/cache-stats")).toEqual({
    status: 200,
    headers: expect.anything(),
    body: {
      redis_version: expect.stringMatching(/^\d+\.\d+/),
      memory_used_mb: expect.any(Number),
      memory_peak_mb: expect.any(Number),
      connected_clients: expect.any(Number),
      total_keys: expect.any(Number),
      hit_rate: expect.any(Number),
    },
  });
  const { body } = await get("/api/v1/cache-stats");
  for (const value of Object.values(Object(body)).slice(1)) expect(value).toBeGreaterThan(0);
  expect(Object(body).hit_rate).toBeLessThanOrEqual(100);
});

test("cache-report has the figures of the caches of the shop", async () => {
  await read("no-such-product");
  const { status, body } = await get("/api/v1/cache-report");
  expect(status).toBe(200);
  expect(Object(body).caches).toContainEqual(
    expect.objectContaining({
      pattern: "product:<product>",
      requests: expect.any(Number),
      advice: expect.any(Array),
    }),
  );
});

test("a product of an unknown category is refused by its name", async () => {
  expect(await post("/api/v1/products", { ...LAMP, product: "p7", category: "none" })).toMatchObject({
    status: 404,
    body: { code: "UNKNOWN_CATEGORY" },
  });
});
