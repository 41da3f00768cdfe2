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
  await redis.hset(keys.stock(scope, product), Object.fromEntries(fields));
  if (held > 0) await redis.hset(keys.stock(scope, product), { held, total });
  expect(await read(product, low)).toEqual({
    outcome: "known",
    total,
    status,
    levels: levels.map((quantity, position) => ({ warehouse: `w${position}`, quantity })),
    available: total - held,
  });
});

test("stock.read returns the levels of 100 warehouses in the order of their names", async () => {
  const names = Array.from(
    { length: 100 },
    (_, position) => `w${String((position * 37) % 100).padStart(2, "0")}`,
  );
  for (const warehouse of names) {
    await tenant.stock.setLevel({ product: "chair", warehouse, quantity: 1, sequence: 1, low: 0 });
  }
  const levels = [...names].sort().map((warehouse) => ({ warehouse, quantity: 1 }));
  expect(await read("chair")).toEqual({
    outcome: "known",
    total: 100,
    status: "in_stock",
    levels,
    available: 100,
  });
});

test("stock.read reports a hash with too many fields as corrupt without reading it", async () => {
  const fields = Array.from({ length: 203 }, (_, position) => [`foreign:${position}`, "1"] as const);
  await redis.hset(keys.stock(scope, "fields"), { ...Object.fromEntries(fields) });
  expect(await failure(read("fields"))).toMatchObject({ code: "CORRUPT" });
  await redis.hdel(keys.stock(scope, "fields"), "foreign:0");
  expect(await read("fields")).toEqual({ outcome: "unknown" });
});

test("the stocks of tenants and products are separate", async () => {
  await tenant.stock.setLevel({ product: "lamp", warehouse: "berlin", quantity: 3, sequence: 1, low: 0 });
  expect(await read("lamp")).toMatchObject({ total: 3 });
  expect(await read("lam")).toEqual({ outcome: "unknown" });
  const { tenant: other } = freshTenant();
  expect(await other.stock.read({ product: "lamp", low: 0 })).toEqual({ outcome: "unknown" });
});
