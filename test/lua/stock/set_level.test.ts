import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const most = 1_000_000_000_000;
const { redis, scope, tenant } = freshTenant();

const inStock = (units: number) => ({ total: units, status: "in_stock", available: units });

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
  expect(reply).toEqual({
    outcome: "applied",
    total: quantity,
    statusBefore: "out_of_stock",
    status,
    available: quantity,
  });
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
    expect(await event(product, "berlin", quantity, 6)).toMatchObject({ outcome: "applied", ...told });
    expect(await event(product, "berlin", 1, 6)).toMatchObject({ outcome: "repeated", ...told });
    expect(await event(product, "berlin", 1, 5)).toMatchObject({ outcome: "stale", ...told });
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
  expect(await event("chair", "warehouse-101", 5, 1)).toMatchObject({ outcome: "full", empty: 0 });
  expect(await redis.pttl(keys.pastSequences(scope, "chair"))).toBeGreaterThan(600_000);
  expect(await event("chair", "warehouse-7", 5, 2)).toMatchObject({
    outcome: "applied",
    total: most * 99 + 5,
  });
  expect(await event("chair", "warehouse-7", 5, 2)).toMatchObject({ outcome: "repeated" });
  expect(await redis.hlen(keys.stock(scope, "chair"))).toBe(201);
  const known = await tenant.stock.levels({ product: "chair" });
  expect(known).toMatchObject({ outcome: "known", total: most * 99 + 5 });
});

test("a product with held units also has up to 100 warehouses", async () => {
  await event("sofa", "warehouse-1", 1, 1);
  await redis.hset(keys.stock(scope, "sofa"), { held: "1" });
  for (let position = 2; position <= 100; position++) {
    expect(await event("sofa", `warehouse-${position}`, 1, 1)).toMatchObject({ total: position });
  }
  expect(await event("sofa", "warehouse-101", 1, 1)).toMatchObject({ outcome: "full", empty: 0 });
  expect(await redis.hlen(keys.stock(scope, "sofa"))).toBe(202);
  const known = await tenant.stock.levels({ product: "sofa" });
  expect(known).toMatchObject({ outcome: "known", total: 100, available: 99 });
});

test("the 101st warehouse takes the place of an empty one that is forgotten", async () => {
  for (let position = 1; position <= 100; position++) {
    await event("desk", `warehouse-${position}`, position % 2, 1);
  }
  expect(await event("desk", "warehouse-101", 5, 1)).toMatchObject({ outcome: "full", empty: 50 });
  const forgotten = { product: "desk", warehouse: "warehouse-2", sequence: 2 };
  expect(await tenant.stock.dropWarehouse(forgotten)).toMatchObject({ outcome: "dropped" });
  // A late copy of the event that was full changes nothing; a new event has another sequence.
  expect(await event("desk", "warehouse-101", 5, 1)).toMatchObject({ outcome: "repeated", total: 50 });
  expect(await event("desk", "warehouse-101", 5, 2)).toMatchObject({ outcome: "applied", total: 55 });
  expect(await event("desk", "warehouse-2", 9, 1)).toMatchObject({ outcome: "stale", ...inStock(55) });
  expect(await event("desk", "warehouse-2", 9, 3)).toMatchObject({ outcome: "full", empty: 49 });
});

test("the 101st warehouse is full too if another one lacks its event, and one without a level counts", async () => {
  for (let position = 1; position <= 100; position++) await event("bench", `warehouse-${position}`, 1, 1);
  const stock = keys.stock(scope, "bench");
  await redis.hdel(stock, "event:warehouse-7");
  expect(await event("bench", "warehouse-101", 5, 1)).toMatchObject({ outcome: "full", empty: 0 });
  expect(await tenant.stock.levels({ product: "bench" })).toMatchObject({ outcome: "known", total: 100 });
  const events = Array.from({ length: 100 }, (_, position) => `event:warehouse-${position + 1}`);
  await redis.hdel(stock, ...events);
  expect(await event("bench", "warehouse-102", 5, 1)).toMatchObject({ outcome: "full", empty: 0 });
  await redis.hset(stock, { ...Object.fromEntries(events.map((name) => [name, "1 1"])), total: "99" });
  await redis.hdel(stock, "level:warehouse-7");
  // The event of warehouse 7 keeps its place.
  expect(await event("bench", "warehouse-103", 5, 1)).toMatchObject({ outcome: "full", empty: 0 });
  expect(await event("bench", "warehouse-7", 1, 2)).toMatchObject({ outcome: "applied", total: 100 });
  expect(await tenant.stock.levels({ product: "bench" })).toMatchObject({ outcome: "known", total: 100 });
});

test("a count that arrives after a later sale keeps the sale", async () => {
  await event("tea", "berlin", 10, 1);
  const known = await tenant.stock.levels({ product: "tea" });
  const moved = known.outcome === "known" ? known.levels[0]?.moved : undefined;
  // The warehouse counts 9 units, and sells 4 of them before the count arrives.
  await tenant.stock.adjust({ product: "tea", change: -4, backorder: false, low: 0, rememberMs: 60_000 });
  const count = { product: "tea", warehouse: "berlin", quantity: 9, sequence: 2, low: 2, moved };
  expect(await tenant.stock.setLevel(count)).toMatchObject({ outcome: "applied", ...inStock(5) });
  expect(await tenant.stock.setLevel(count)).toMatchObject({ outcome: "repeated", ...inStock(5) });
  expect(await tenant.stock.levels({ product: "tea" })).toMatchObject({
    levels: [{ warehouse: "berlin", quantity: 5, moved: -4 }],
  });
});

test("a count keeps commits and returns, and may find fewer units than were sold since", async () => {
  await event("cup", "berlin", 10, 1);
  const { stock } = tenant;
  const cart = { product: "cup", reservation: "cart", rememberMs: 60_000 };
  await stock.reserve({ ...cart, units: 6, leaseMs: 60_000 });
  await stock.commit(cart);
  await stock.adjust({ product: "cup", change: 1, backorder: false, low: 0, rememberMs: 60_000 });
  const count = { product: "cup", warehouse: "berlin", quantity: 2, sequence: 2, low: 2, moved: 0 };
  expect(await stock.setLevel(count)).toMatchObject({
    outcome: "applied",
    total: -3,
    available: -3,
    status: "out_of_stock",
  });
});

test("stock.set_level ignores moved for a warehouse without a level", async () => {
  const count = { product: "pan", warehouse: "berlin", quantity: 9, sequence: 2, low: 2, moved: -7 };
  expect(await tenant.stock.setLevel(count)).toMatchObject({ outcome: "applied", ...inStock(9) });
});

test("stock.set_level refuses a count whose level would leave the bounds", async () => {
  await event("jar", "berlin", 1, 1);
  const count = { product: "jar", warehouse: "berlin", quantity: 1, sequence: 2, low: 2, moved: -most };
  const error = await failure(tenant.stock.setLevel(count));
  expect(error).toMatchObject({ code: "ARGUMENT" });
  expect(await redis.hget(keys.stock(scope, "jar"), "level:berlin")).toBe("1");
});

test.each([
  { quantity: most, moved: 0, level: most },
  { quantity: 0, moved: most, level: -most },
  { quantity: 0, moved: most + 1, level: undefined },
  { quantity: most, moved: -1, level: undefined },
])("stock.set_level of $quantity units with $moved moved before sets $level", async (row) => {
  const product = `bounds-${row.quantity}-${row.moved}`;
  await event(product, "berlin", 1, 1);
  const { quantity, moved, level = 1 } = row;
  const count = { product, warehouse: "berlin", quantity, sequence: 2, low: 2, moved };
  const call = tenant.stock.setLevel(count);
  if (row.level === undefined) expect(await failure(call)).toMatchObject({ code: "ARGUMENT" });
  else expect(await call).toMatchObject({ outcome: "applied", total: level });
  expect(await redis.hget(keys.stock(scope, product), "level:berlin")).toBe(String(level));
});

test.each([1, -1])("the sum of moved units begins again at 0 beyond 10^15 units: %d", async (change) => {
  const base = -change * 1_000_000_000_000_000;
  const product = `salt-${change}`;
  await redis.hset(keys.stock(scope, product), { total: 5, "level:a": 5, "event:a": `1 ${5 + base}` });
  expect(await event(product, "a", 6, 2)).toMatchObject({ outcome: "applied" });
  const stored = () => redis.hget(keys.stock(scope, product), "event:a");
  expect(await stored()).toBe(`2 ${6 + base}`);
  await tenant.stock.adjust({ product, change, backorder: false, low: 0, rememberMs: 60_000 });
  await event(product, "a", 6, 3);
  expect(await stored()).toBe("3 6");
});

test("stock.set_level replaces a negative level", async () => {
  await event("vase", "berlin", 1, 1);
  await tenant.stock.adjust({ product: "vase", change: -4, backorder: true, low: 0, rememberMs: 60_000 });
  expect(await event("vase", "paris", 2, 1)).toMatchObject({
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
    const known = await tenant.stock.levels({ product });
    const level = { warehouse: name, quantity: 5, moved: 0 };
    expect(known).toMatchObject({ levels: expect.arrayContaining([level]) });
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
  { levels: 101, event: "full" },
  { levels: 200, event: "full" },
  { levels: 201, event: "CORRUPT" },
])("stock.levels reports $levels warehouses as corrupt, and stock.set_level returns $event", async (row) => {
  const product = `crowd-${row.levels}`;
  const names = Array.from({ length: row.levels }, (_, position) => [`level:${position}`, "1"] as const);
  await redis.hset(keys.stock(scope, product), { ...Object.fromEntries(names), total: String(row.levels) });
  expect(await failure(tenant.stock.levels({ product }))).toMatchObject({ code: "CORRUPT" });
  const call = event(product, "berlin", 1, 1);
  if (row.event === "CORRUPT") expect(await failure(call)).toMatchObject({ code: "CORRUPT" });
  else expect(await call).toMatchObject({ outcome: row.event });
});

test("stock.set_level reports levels without a total as corrupt", async () => {
  const key = keys.stock(scope, "headless");
  for (const warehouse of ["paris", "berlin"]) {
    await redis.hset(key, { "level:paris": "1", "event:paris": "1 1" });
    expect(await failure(event("headless", warehouse, 1, 2))).toMatchObject({ code: "CORRUPT" });
    expect(await redis.hgetall(key)).toEqual({ "level:paris": "1", "event:paris": "1 1" });
  }
});
