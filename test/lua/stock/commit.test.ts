import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import {
  endReservation,
  hour,
  keysOfStock,
  reserve,
  stocked,
  storedStock,
} from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const context = freshTenant();
const { redis, scope, tenant } = context;

const commit = (product: string, warehouse?: string) =>
  tenant.stock.commit({ product, reservation: "cart", warehouse, rememberMs: hour });

async function held(name: string, levels: readonly number[], units: number): Promise<string> {
  const product = await stocked(context, name, levels);
  expect(await reserve(context, product, "cart", units)).toMatchObject({ outcome: "reserved" });
  return product;
}

test.each([
  { levels: [3, 3, 4], units: 4, left: [3, 3, 0] },
  { levels: [3, 3, 4], units: 5, left: [2, 3, 0] },
  { levels: [3, 3, 4], units: 10, left: [0, 0, 0] },
  { levels: [3, 5], units: 2, warehouse: "a", left: [1, 5] },
  { levels: [6, -2], units: 4, left: [2, -2] },
])(
  "stock.commit of $units units (warehouse $warehouse) changes the levels $levels to $left",
  async ({ levels, units, warehouse, left }) => {
    const product = await held(`from-${levels}-${units}`, levels, units);
    const total = left.reduce((sum, level) => sum + level, 0);
    expect(await commit(product, warehouse)).toEqual({ outcome: "committed", total, available: total });
    expect(await storedStock(context, product)).toEqual({ total, held: 0, levels: left });
  },
);

test("a repeated stock.commit moves nothing, and the reservation is kept for rememberMs", async () => {
  const product = await held("known", [9], 4);
  await commit(product);
  const before = await bytesOf(redis, keysOfStock(context, product));
  for (const warehouse of [undefined, "a", "z"]) {
    expect(await commit(product, warehouse)).toEqual({ outcome: "already_committed" });
  }
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  const known =
    Number(await redis.zscore(keysOfStock(context, product).closed, "cart")) - (await nowMs(redis));
  expect(known).toBeGreaterThan(hour - 60_000);
  expect(known).toBeLessThanOrEqual(hour);
});

test("stock.commit returns expired after the lease, before and after a sweep", async () => {
  const product = await held("over", [9], 4);
  await endReservation(context, product, "cart");
  await reserve(context, product, "other", 1);
  expect(await commit(product)).toEqual({ outcome: "expired" });
  expect(await storedStock(context, product)).toEqual({ total: 9, held: 1, levels: [9] });
});

test("stock.commit closes an ended lease, so it stays expired after the clock went back", async () => {
  const product = await held("back", [9], 4);
  await endReservation(context, product, "cart");
  expect(await commit(product)).toEqual({ outcome: "expired" });
  expect(await storedStock(context, product)).toEqual({ total: 9, held: 0, levels: [9] });
  const { ends, closed, reservations } = keysOfStock(context, product);
  expect(await redis.zscore(ends, "cart")).toBeNull();
  const forgetAt = Number(await redis.zscore(closed, "cart"));
  expect(forgetAt).toBeGreaterThan((await nowMs(redis)) + hour - 60_000);
  expect(await redis.hget(reservations, "cart")).toBe(`expired 4 ${forgetAt}`);
  expect(await commit(product)).toEqual({ outcome: "expired" });
  expect(await storedStock(context, product)).toEqual({ total: 9, held: 0, levels: [9] });
});

test("stock.commit closes an ended lease of a product without stock, and reports a low held", async () => {
  const gone = await held("gone", [9], 4);
  await endReservation(context, gone, "cart");
  await tenant.stock.setLevel({ product: gone, warehouse: "a", quantity: 0, sequence: 1, low: 0 });
  await tenant.stock.dropWarehouse({ product: gone, warehouse: "a", sequence: 2 });
  expect(await commit(gone)).toEqual({ outcome: "expired" });
  expect(await redis.exists(keysOfStock(context, gone).stock)).toBe(0);
  const product = await held("low-held", [9], 4);
  await endReservation(context, product, "cart");
  await redis.hset(keysOfStock(context, product).stock, { held: 3 });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await failure(commit(product))).toMatchObject({ code: "CORRUPT" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("stock.commit sells nothing for a released or unknown reservation", async () => {
  const product = await held("released", [9], 4);
  await tenant.stock.release({ product, reservation: "cart", rememberMs: hour });
  expect(await commit(product)).toEqual({ outcome: "released" });
  expect(await commit(await stocked(context, "never", [9]))).toEqual({ outcome: "unknown" });
  expect(await commit("nothing")).toEqual({ outcome: "unknown" });
});

test("a reservation with too few units in stock stays held and is committed later", async () => {
  const product = await held("short", [9, 1], 5);
  expect(await commit(product, "b")).toEqual({ outcome: "short" });
  expect(await commit(product, "z")).toEqual({ outcome: "short" });
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 2, sequence: 1, low: 0 });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await commit(product)).toEqual({ outcome: "short" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 4, sequence: 2, low: 0 });
  expect(await commit(product)).toEqual({ outcome: "committed", total: 0, available: 0 });
});

test("stock.commit takes units from all of 100 warehouses if necessary", async () => {
  const fields = Array.from({ length: 100 }, (_, position) => [`level:${position}`, "2"] as const);
  const { stock } = keysOfStock(context, "crumbs");
  await redis.hset(stock, { ...Object.fromEntries(fields), total: 200 });
  await reserve(context, "crumbs", "cart", 199);
  expect(await commit("crumbs")).toEqual({ outcome: "committed", total: 1, available: 1 });
  const levels = (await storedStock(context, "crumbs")).levels;
  expect(levels.filter((level) => level === 0)).toHaveLength(99);
});

test.each([
  { name: "a held total below the reserved units", stock: { held: "3" }, names: "held" },
  { name: "a held total of 0", stock: { held: "0" }, names: "held" },
  { name: "a level that is not an integer", stock: { "level:b": "two" }, names: "level of a warehouse" },
])("stock.commit reports $name as corrupt and sells nothing", async ({ name, stock, names }) => {
  const product = await held(name, [9], 4);
  await redis.hset(keysOfStock(context, product).stock, stock);
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await failure(commit(product))).toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining(names),
  });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("stock.commit reports levels that do not add up to the total as corrupt", async () => {
  const product = await held("sums", [9, 1], 4);
  await redis.hset(keysOfStock(context, product).stock, { total: 11 });
  expect(await failure(commit(product))).toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining("total"),
  });
});

test("after the stock was deleted, stock.commit returns unknown and creates no stock", async () => {
  const stockless = await held("stockless", [9], 4);
  await redis.del(keysOfStock(context, stockless).stock);
  for (const warehouse of [undefined, "a"]) {
    expect(await commit(stockless, warehouse)).toEqual({ outcome: "unknown" });
  }
  expect(await redis.exists(keysOfStock(context, stockless).stock)).toBe(0);
});

test("a late copy of a commit that sold nothing sells nothing later", async () => {
  const product = await held("late", [9], 4);
  const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 2, sequence: 1, low: 0 });
  expect(await tenant.stock.commit(call)).toEqual({ outcome: "short" });
  const left = await redis.pttl(keys.commitOperation(scope, product, "op-1"));
  expect(left).toBeGreaterThan(650_000);
  expect(left).toBeLessThanOrEqual(660_000);
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 9, sequence: 2, low: 0 });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await tenant.stock.commit(call)).toEqual({ outcome: "short" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  expect(await commit(product)).toMatchObject({ outcome: "committed" });

  const unknown = { ...call, operation: "op-2", reservation: "next" };
  expect(await tenant.stock.commit(unknown)).toEqual({ outcome: "unknown" });
  await reserve(context, product, "next", 1);
  expect(await tenant.stock.commit(unknown)).toEqual({ outcome: "unknown" });
  // The same operation for another reservation is another call.
  expect(await tenant.stock.commit({ ...unknown, operation: "op-1" })).toEqual({ outcome: "mismatch" });
  expect(await tenant.stock.commit({ ...unknown, operation: "op-3" })).toMatchObject({
    outcome: "committed",
  });
  const again = { ...unknown, operation: "op-4" };
  await endReservation(context, product, "next", -60_000);
  expect(await tenant.stock.commit(again)).toEqual({ outcome: "already_committed" });
  const { reservations, closed } = keysOfStock(context, product);
  await redis.del(reservations, closed);
  await reserve(context, product, "next", 1);
  expect(await tenant.stock.commit(again)).toEqual({ outcome: "already_committed" });
});

test("the same operation with another warehouse is a mismatch, while its answer is remembered", async () => {
  const product = await held("elsewhere", [1, 5], 5);
  const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
  expect(await tenant.stock.commit({ ...call, warehouse: "a" })).toEqual({ outcome: "short" });
  expect(await tenant.stock.commit({ ...call, warehouse: "b" })).toEqual({ outcome: "mismatch" });
  expect(await tenant.stock.commit(call)).toEqual({ outcome: "mismatch" });
  expect(await tenant.stock.commit({ ...call, warehouse: "a" })).toEqual({ outcome: "short" });
  expect(await tenant.stock.commit({ ...call, operation: "op-2", warehouse: "b" })).toMatchObject({
    outcome: "committed",
  });
});

test.each(["short", "released", "expired", "already_committed", "unknown"])(
  "stock.commit returns the remembered answer %s and sells nothing",
  async (outcome) => {
    const product = await held(`remembered-${outcome}`, [9], 4);
    await redis.set(keys.commitOperation(scope, product, "op-1"), `${outcome} cart\t`);
    const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
    expect(await tenant.stock.commit(call)).toEqual({ outcome });
    expect(await storedStock(context, product)).toEqual({ total: 9, held: 4, levels: [9] });
  },
);

test("stock.commit reports a level without a total as corrupt, of one warehouse and of all", async () => {
  const product = await held("headless", [9], 4);
  const { stock } = keysOfStock(context, product);
  await redis.hset(stock, { "level:a": 0 });
  await redis.hdel(stock, "total");
  const before = await bytesOf(redis, keysOfStock(context, product));
  for (const warehouse of [undefined, "a"]) {
    expect(await failure(commit(product, warehouse))).toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining("total"),
    });
  }
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test.each(["", "short", "lost cart\t"])(
  "stock.commit reports the remembered answer %j as corrupt",
  async (text) => {
    const product = await held(`answer-${text.trim()}`, [9], 4);
    await redis.set(keys.commitOperation(scope, product, "op-1"), text);
    const call = tenant.stock.commit({ product, operation: "op-1", reservation: "cart", rememberMs: hour });
    expect(await failure(call)).toMatchObject({ code: "CORRUPT" });
  },
);
