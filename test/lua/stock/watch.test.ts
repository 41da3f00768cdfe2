import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { Messages } from "../../support/lua/messages.js";
import { endReservation, hour, keysOfStock, stocked } from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const context = freshTenant();
const { redis, scope, tenant } = context;
const { stock } = tenant;
const messages = await Messages.of(redis, scope.namespace);

const rememberMs = hour;
const heard = (product: string) => messages.on(keys.stock(scope, product));

async function watched(name: string, levels: readonly number[], low = 2): Promise<string> {
  const product = await stocked(context, name, levels);
  expect(await stock.watch({ product, sequence: 1, low })).toMatchObject({ outcome: "watched" });
  return product;
}

const hold = (product: string, reservation: string, units: number, more: { replaces?: string } = {}) =>
  stock.reserve({ product, reservation, units, leaseMs: hour, rememberMs, ...more });

test("each script that changes the status of a watched product says so and publishes it", async () => {
  const product = await watched("lamp", [5]);
  expect(await hold(product, "one", 3)).toMatchObject({ statusBefore: "in_stock", status: "low_stock" });
  expect(await hold(product, "two", 2)).toMatchObject({ statusBefore: "low_stock", status: "out_of_stock" });
  const smaller = { product, reservation: "one", units: 1, rememberMs };
  expect(await stock.resize(smaller)).toMatchObject({ statusBefore: "out_of_stock", status: "low_stock" });
  const freed = await stock.release({ product, reservation: "two", rememberMs });
  expect(freed).toMatchObject({ statusBefore: "low_stock", status: "in_stock" });
  const sale = { product, operation: "sale", change: -4, backorder: false, low: 9, rememberMs };
  // The reply has the status for the caller's own `low`.
  expect(await stock.adjust(sale)).toMatchObject({ statusBefore: "low_stock", status: "out_of_stock" });
  expect(await stock.adjust(sale)).toMatchObject({ statusBefore: "low_stock", status: "out_of_stock" });
  const count = { product, warehouse: "a", quantity: 9, sequence: 1, low: 9 };
  expect(await stock.setLevel(count)).toMatchObject({ statusBefore: "out_of_stock", status: "low_stock" });
  expect(await stock.forget({ product, limit: 9, rememberMs })).toMatchObject({
    statusBefore: "in_stock",
    status: "out_of_stock",
  });
  expect(await heard(product)).toEqual([
    "in_stock low_stock 2",
    "low_stock out_of_stock 0",
    "out_of_stock low_stock 2",
    "low_stock in_stock 4",
    "in_stock out_of_stock 0",
    "out_of_stock in_stock 8",
    "in_stock out_of_stock 0",
  ]);
});

for (const end of ["sweep", "reserve", "commit", "release", "resize", "retake"] as const) {
  test(`a product is back in stock when an ended lease is closed by ${end}`, async () => {
    const product = await watched(`back-${end}`, [3]);
    await hold(product, "cart", 3);
    await endReservation(context, product, "cart");
    const own = { product, reservation: "cart", rememberMs };
    if (end === "retake") await stock.setLevel({ product, warehouse: "a", quantity: 2, sequence: 1, low: 0 });
    const reply = {
      sweep: () => stock.sweep({ product, limit: 9, rememberMs }),
      reserve: () => hold(product, "cart", 3),
      commit: () => stock.commit(own),
      release: () => stock.release(own),
      resize: () => stock.resize({ ...own, units: 1 }),
      retake: () => stock.commit({ ...own, retake: true }),
    }[end];
    const status = end === "retake" ? "low_stock" : "in_stock";
    expect(await reply()).toMatchObject({ statusBefore: "out_of_stock", status });
    const units = end === "retake" ? 2 : 3;
    expect((await heard(product)).at(-1)).toBe(`out_of_stock ${status} ${units}`);
  });
}

test("a payment after the lease publishes that the last units are sold", async () => {
  const product = await watched("sold", [3]);
  await hold(product, "cart", 3);
  await endReservation(context, product, "cart");
  await stock.sweep({ product, limit: 9, rememberMs });
  const paid = await stock.commit({ product, reservation: "cart", retake: true, rememberMs });
  expect(paid).toMatchObject({ statusBefore: "in_stock", status: "out_of_stock" });
  expect((await heard(product)).at(-1)).toBe("in_stock out_of_stock 0");
});

test("a reserve that closes ended leases and holds new units publishes one change", async () => {
  const product = await watched("one", [3]);
  await hold(product, "old", 3);
  await endReservation(context, product, "old");
  expect(await hold(product, "new", 1)).toMatchObject({ statusBefore: "out_of_stock", status: "low_stock" });
  const replaced = await hold(product, "next", 3, { replaces: "new" });
  expect(replaced).toMatchObject({ statusBefore: "low_stock", status: "out_of_stock" });
  expect(await heard(product)).toEqual([
    "in_stock out_of_stock 0",
    "out_of_stock low_stock 2",
    "low_stock out_of_stock 0",
  ]);
});

test("a repair publishes a change, also if a number was wrong", async () => {
  const product = await watched("repair", [3]);
  const { stock: key } = keysOfStock(context, product);
  await redis.hset(key, { total: 0 });
  expect(await stock.recount({ product })).toMatchObject({
    statusBefore: "out_of_stock",
    status: "in_stock",
  });
  await redis.hset(key, { total: "many", held: 2 });
  expect(await stock.recount({ product })).toMatchObject({ statusBefore: "low_stock", status: "in_stock" });
});

test("nothing is published while the status stays the same, or by a copy of a call", async () => {
  const product = await watched("same", [9]);
  const call = { product, operation: "op-1", reservation: "cart", units: 2, leaseMs: hour, rememberMs };
  expect(await stock.reserve(call)).toMatchObject({ statusBefore: "in_stock", status: "in_stock" });
  expect(await stock.reserve(call)).toMatchObject({ statusBefore: undefined, status: undefined });
  expect(await stock.commit({ product, reservation: "cart", rememberMs })).toMatchObject({
    status: undefined,
  });
  expect(await heard(product)).toEqual([]);
});

test("a product that is not watched publishes nothing, and replies have no status", async () => {
  const product = await stocked(context, "plain", [2]);
  expect(await hold(product, "cart", 2)).toMatchObject({ statusBefore: undefined, status: undefined });
  await stock.setLevel({ product, warehouse: "a", quantity: 9, sequence: 1, low: 0 });
  expect(await heard(product)).toEqual([]);
});

test("watch events may arrive twice or late", async () => {
  const product = await stocked(context, "late", [9]);
  const watch = (sequence: number, low?: number) => stock.watch({ product, sequence, low });
  expect(await watch(5, 3)).toMatchObject({ outcome: "watched", status: "in_stock", available: 9 });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await watch(5, 9)).toMatchObject({ outcome: "repeated", status: "in_stock" });
  expect(await watch(4)).toMatchObject({ outcome: "stale", status: "in_stock" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  expect(await watch(6)).toMatchObject({ outcome: "unwatched", status: undefined });
  expect(await watch(6, 3)).toMatchObject({ outcome: "repeated", status: undefined });
  expect(await watch(5, 3)).toMatchObject({ outcome: "stale" });
  const past = keys.pastSequences(scope, product);
  await redis.pexpire(past, 1_000);
  expect(await watch(5, 3)).toMatchObject({ outcome: "stale" });
  expect(await redis.pttl(past)).toBeGreaterThan(650_000);
  expect(await watch(7, 9)).toMatchObject({ outcome: "watched", status: "low_stock" });
});

test("a watch survives the last warehouse, and a forgotten product is not watched again by a copy", async () => {
  const product = await watched("gone", [0]);
  await stock.dropWarehouse({ product, warehouse: "a", sequence: 2 });
  expect(await stock.read({ product, low: 0 })).toEqual({ outcome: "unknown" });
  await stock.setLevel({ product, warehouse: "b", quantity: 9, sequence: 1, low: 0 });
  expect(await heard(product)).toEqual(["out_of_stock in_stock 9"]);
  await stock.forget({ product, limit: 9, rememberMs });
  expect(await stock.watch({ product, sequence: 1, low: 2 })).toMatchObject({ outcome: "repeated" });
  expect(await redis.exists(keys.stock(scope, product))).toBe(0);
});

test("100 warehouses of a watched product are not too many", async () => {
  const product = await watched("many", []);
  for (let position = 0; position < 100; position++) {
    const event = { product, warehouse: `w-${position}`, quantity: 1, sequence: 1, low: 0 };
    expect(await stock.setLevel(event)).toMatchObject({ outcome: "applied" });
  }
  const another = { product, warehouse: "another", quantity: 1, sequence: 1, low: 0 };
  expect(await stock.setLevel(another)).toMatchObject({ outcome: "full" });
  await hold(product, "cart", 1);
  expect(await stock.levels({ product })).toMatchObject({ total: 100 });
  expect(await stock.commit({ product, reservation: "cart", rememberMs })).toMatchObject({ total: 99 });
  expect(await stock.recount({ product })).toMatchObject({ outcome: "correct" });
  expect(await stock.forget({ product, limit: 9, rememberMs })).toMatchObject({ outcome: "forgotten" });
});
