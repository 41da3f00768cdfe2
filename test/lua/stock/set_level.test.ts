import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const most = 1_000_000_000_000;
const { redis, scope, tenant } = freshTenant();

const event = (product: string, warehouse: string, quantity: number, sequence: number, low = 2) =>
  tenant.stock.setLevel({ product, warehouse, quantity, sequence, low });

test.each([
  { quantity: 0, low: 0, status: "out_of_stock" },
  { quantity: 0, low: most, status: "out_of_stock" },
  { quantity: 1, low: 0, status: "in_stock" },
  { quantity: 2, low: 2, status: "low_stock" },
  { quantity: 3, low: 2, status: "in_stock" },
  { quantity: most, low: most, status: "low_stock" },
  { quantity: most, low: most - 1, status: "in_stock" },
])("stock.set_level returns $status for $quantity units and low $low", async ({ quantity, low, status }) => {
  const reply = await event(`status-${quantity}-${low}`, "berlin", quantity, 0, low);
  expect(reply).toEqual({ outcome: "applied", total: quantity, status, available: quantity });
});

test.each([
  { quantity: 9, held: 4, status: "in_stock" },
  { quantity: 9, held: 7, status: "low_stock" },
  { quantity: 9, held: 9, status: "out_of_stock" },
  { quantity: 0, held: 9, status: "out_of_stock" },
])(
  "stock.set_level returns $status for $quantity units with $held held, also for late and repeated events",
  async (row) => {
    const { quantity, held, status } = row;
    const product = `held-${quantity}-${held}`;
    await event(product, "berlin", 20, 5);
    await redis.hset(keys.stock(scope, product), { held: String(held) });
    const told = { total: quantity, status, available: quantity - held };
    expect(await event(product, "berlin", quantity, 6)).toEqual({ outcome: "applied", ...told });
    expect(await event(product, "berlin", 1, 6)).toEqual({ outcome: "repeated", ...told });
    expect(await event(product, "berlin", 1, 5)).toEqual({ outcome: "stale", ...told });
    expect(await redis.hget(keys.stock(scope, product), "held")).toBe(String(held));
  },
);

test("sequences range from 0 to the largest exact integer", async () => {
  const largest = Number.MAX_SAFE_INTEGER;
  expect(await event("lamp", "berlin", 1, 0)).toMatchObject({ outcome: "applied" });
  expect(await event("lamp", "berlin", 2, 0)).toMatchObject({ outcome: "repeated", total: 1 });
  expect(await event("lamp", "berlin", 3, largest - 1)).toMatchObject({ outcome: "applied", total: 3 });
  expect(await event("lamp", "berlin", 4, largest)).toMatchObject({ outcome: "applied", total: 4 });
  expect(await event("lamp", "berlin", 5, largest)).toMatchObject({ outcome: "repeated", total: 4 });
  expect(await event("lamp", "berlin", 6, largest - 1)).toMatchObject({ outcome: "stale", total: 4 });
});

test("a product has at most 100 warehouses, and their later events still apply", async () => {
  for (let position = 1; position <= 100; position++) {
    expect(await event("chair", `warehouse-${position}`, most, 1)).toMatchObject({ total: most * position });
  }
  expect(await event("chair", "warehouse-101", 5, 1)).toEqual({ outcome: "full" });
  expect(await event("chair", "warehouse-7", 5, 2)).toMatchObject({
    outcome: "applied",
    total: most * 99 + 5,
  });
  expect(await event("chair", "warehouse-7", 5, 2)).toMatchObject({ outcome: "repeated" });
  expect(await redis.hlen(keys.stock(scope, "chair"))).toBe(201);
  const known = await tenant.stock.read({ product: "chair", low: 0 });
  expect(known).toMatchObject({ outcome: "known", total: most * 99 + 5, status: "in_stock" });
});

test("a product with held units also has up to 100 warehouses", async () => {
  await event("sofa", "warehouse-1", 1, 1);
  await redis.hset(keys.stock(scope, "sofa"), { held: "1" });
  for (let position = 2; position <= 100; position++) {
    expect(await event("sofa", `warehouse-${position}`, 1, 1)).toMatchObject({ total: position });
  }
  expect(await event("sofa", "warehouse-101", 1, 1)).toEqual({ outcome: "full" });
  expect(await redis.hlen(keys.stock(scope, "sofa"))).toBe(202);
  const known = await tenant.stock.read({ product: "sofa", low: 0 });
  expect(known).toMatchObject({ outcome: "known", total: 100, available: 99 });
});

test("stock.set_level replaces a negative level", async () => {
  await event("vase", "berlin", 1, 1);
  await tenant.stock.adjust({ product: "vase", change: -4, backorder: true, low: 0, rememberMs: 60_000 });
  expect(await event("vase", "paris", 2, 1)).toEqual({
    outcome: "applied",
    total: -1,
    status: "out_of_stock",
    available: -1,
  });
  expect(await event("vase", "berlin", 9, 2)).toMatchObject({ outcome: "applied", total: 11 });
});

test.each(["total", "level:total", "seq", "a b", "北京", ":"])(
  "stock.set_level accepts %j as the name of a warehouse",
  async (name) => {
    const product = `named-${name}`;
    expect(await event(product, name, 5, 1)).toMatchObject({ outcome: "applied", total: 5 });
    expect(await event(product, "berlin", 4, 1)).toMatchObject({ outcome: "applied", total: 9 });
    const known = await tenant.stock.read({ product, low: 0 });
    expect(known).toMatchObject({ levels: expect.arrayContaining([{ warehouse: name, quantity: 5 }]) });
  },
);

test.each([{ quantity: -1 }, { quantity: most + 1 }, { sequence: -1 }, { low: -1 }, { warehouse: "" }])(
  "stock.set_level refuses %j before it is sent",
  async (wrong) => {
    const args = { product: "rug", warehouse: "berlin", quantity: 1, sequence: 1, low: 0, ...wrong };
    expect(await failure(tenant.stock.setLevel(args))).toMatchObject({ code: "ARGUMENT" });
    expect(await redis.exists(keys.stock(scope, "rug"))).toBe(0);
  },
);

test.each([
  { levels: 101, event: "applied" },
  { levels: 200, event: "full" },
  { levels: 202, event: "full" },
])("stock.read reports $levels warehouses as corrupt, and stock.set_level returns $event", async (row) => {
  const product = `crowd-${row.levels}`;
  const names = Array.from({ length: row.levels }, (_, position) => [`level:${position}`, "1"] as const);
  await redis.hset(keys.stock(scope, product), { ...Object.fromEntries(names), total: String(row.levels) });
  expect(await failure(tenant.stock.read({ product, low: 0 }))).toMatchObject({ code: "CORRUPT" });
  expect(await event(product, "berlin", 1, 1)).toMatchObject({ outcome: row.event });
});

test("stock.set_level reports levels without a total as corrupt", async () => {
  const key = keys.stock(scope, "headless");
  await redis.hset(key, { "level:paris": "1", "seq:paris": "1" });
  expect(await failure(event("headless", "berlin", 1, 1))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.hgetall(key)).toEqual({ "level:paris": "1", "seq:paris": "1" });
  await redis.hset(keys.stock(scope, "held"), { held: "1" });
  expect(await failure(event("held", "berlin", 1, 1))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.hgetall(keys.stock(scope, "held"))).toEqual({ held: "1" });
});
