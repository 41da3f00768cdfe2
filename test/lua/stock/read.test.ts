import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const read = (product: string, low = 0) => tenant.stock.read({ product, low });

test("stock.read returns unknown for a product without stock and writes nothing", async () => {
  expect(await read("nothing")).toEqual({ outcome: "unknown" });
  expect(await redis.exists(keys.stock(scope, "nothing"))).toBe(0);
});

test.each([
  { levels: [0], low: 0, total: 0, status: "out_of_stock" },
  { levels: [-5], low: 0, total: -5, status: "out_of_stock" },
  { levels: [-5, 5], low: 9, total: 0, status: "out_of_stock" },
  { levels: [-5, 6], low: 1, total: 1, status: "low_stock" },
  { levels: [-5, 7], low: 1, total: 2, status: "in_stock" },
  { levels: [5, 4], held: 4, low: 4, total: 9, status: "in_stock" },
  { levels: [5, 4], held: 5, low: 4, total: 9, status: "low_stock" },
  { levels: [5, 4], held: 9, low: 4, total: 9, status: "out_of_stock" },
  { levels: [5, 4], held: 12, low: 4, total: 9, status: "out_of_stock" },
  { levels: [1e12, 1e12], low: 1e12, total: 2e12, status: "in_stock" },
  { levels: [-1e12, -1e12], low: 0, total: -2e12, status: "out_of_stock" },
])("stock.read returns $status for levels $levels, held $held and low $low", async (row) => {
  const { levels, held = 0, low, total, status } = row;
  const product = `levels-${levels.join()}-${held}-${low}`;
  const fields = levels.map((level, position) => [`level:w${position}`, String(level)] as const);
  await redis.hset(keys.stock(scope, product), { ...Object.fromEntries(fields), total });
  if (held > 0) await redis.hset(keys.stock(scope, product), { held });
  expect(await read(product, low)).toEqual({
    outcome: "known",
    total,
    status,
    available: total - held,
  });
});

test("stock.read reports fields without a total as corrupt", async () => {
  await redis.hset(keys.stock(scope, "headless"), { "level:a": 5 });
  expect(await failure(read("headless"))).toMatchObject({ code: "CORRUPT" });
});

test("stock.read returns unknown for a product whose stock was forgotten while units are held", async () => {
  await redis.hset(keys.stock(scope, "forgotten"), { held: 5 });
  expect(await read("forgotten")).toEqual({ outcome: "unknown" });
});

test("the stocks of tenants and products are separate", async () => {
  await tenant.stock.setLevel({ product: "lamp", warehouse: "berlin", quantity: 3, sequence: 1, low: 0 });
  expect(await read("lamp")).toMatchObject({ total: 3 });
  expect(await read("lam")).toEqual({ outcome: "unknown" });
  const { tenant: other } = freshTenant();
  expect(await other.stock.read({ product: "lamp", low: 0 })).toEqual({ outcome: "unknown" });
});
