import { expect, test } from "vitest";
import { failure } from "../../../support/lua/errors.js";
import {
  endReservation,
  hour,
  keysOfStock,
  stocked,
  storedStock,
} from "../../../support/lua/reservations.js";
import { bytesOf } from "../../../support/lua/state.js";
import { freshTenant } from "../../../support/lua/tenants.js";

const context = freshTenant();
const { redis, tenant } = context;

const hold = (product: string, units: number, backorder?: boolean) =>
  tenant.stock.reserve({ product, reservation: "cart", units, backorder, leaseMs: hour, rememberMs: hour });
const sell = (product: string, more: { warehouse?: string; retake?: boolean; backorder?: boolean } = {}) =>
  tenant.stock.commit({ product, reservation: "cart", rememberMs: hour, ...more });

test("a product on preorder has a level of 0: units are held, and leave below zero", async () => {
  const product = await stocked(context, "preorder", [0]);
  expect(await hold(product, 3)).toEqual({ outcome: "refused", available: 0 });
  expect(await hold(product, 3, true)).toMatchObject({ outcome: "reserved", available: -3 });
  expect(await sell(product)).toEqual({ outcome: "short" });
  expect(await sell(product, { backorder: true })).toEqual({
    outcome: "committed",
    total: -3,
    available: -3,
  });
  expect(await storedStock(context, product)).toEqual({ total: -3, held: 0, levels: [-3] });
});

test("a product without stock is unknown also on backorder", async () => {
  expect(await hold("nothing", 3, true)).toEqual({ outcome: "unknown" });
  expect(await redis.exists(...Object.values(keysOfStock(context, "nothing")))).toBe(0);
});

test.each([
  { levels: [3, 3, 1], units: 9, left: [-2, 0, 0] },
  { levels: [2, 3], units: 9, warehouse: "a", left: [-7, 3] },
  { levels: [2, 3], units: 2, warehouse: "a", left: [0, 3] },
  { levels: [2, 3], units: 4, left: [1, 0] },
  { levels: [-2, -1], units: 1, left: [-2, -2] },
])(
  "a commit of $units units on backorder (warehouse $warehouse) changes the levels $levels to $left",
  async ({ levels, units, warehouse, left }) => {
    const product = await stocked(context, `${levels}-${units}-${warehouse}`, levels);
    await hold(product, units, true);
    const total = left.reduce((sum, level) => sum + level, 0);
    const args = { backorder: true, ...(warehouse ? { warehouse } : {}) };
    expect(await sell(product, args)).toEqual({ outcome: "committed", total, available: total });
    expect(await storedStock(context, product)).toEqual({ total, held: 0, levels: left });
  },
);

test("a commit on backorder is short in a warehouse that does not have the product", async () => {
  const product = await stocked(context, "elsewhere", [1]);
  await hold(product, 3, true);
  expect(await sell(product, { backorder: true, warehouse: "z" })).toEqual({ outcome: "short" });
  expect(await storedStock(context, product)).toEqual({ total: 1, held: 3, levels: [1] });
});

test("the same operation with another backorder is a mismatch", async () => {
  const product = await stocked(context, "mismatch", [1]);
  await hold(product, 3, true);
  const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
  expect(await tenant.stock.commit(call)).toEqual({ outcome: "short" });
  expect(await tenant.stock.commit({ ...call, backorder: true })).toEqual({ outcome: "mismatch" });
  expect(await tenant.stock.commit({ ...call, backorder: false })).toEqual({ outcome: "short" });
});

test("a payment after the lease sells on backorder, but not in a warehouse without the product", async () => {
  const product = await stocked(context, "retake", [4]);
  await hold(product, 3);
  await endReservation(context, product, "cart");
  const adjustment = { product, operation: "sale", change: -4, backorder: true, low: 0, rememberMs: hour };
  await tenant.stock.adjust(adjustment);
  const late = { retake: true, backorder: true };
  expect(await sell(product, { ...late, warehouse: "z" })).toEqual({ outcome: "shortfall", missing: 3 });
  expect(await sell(product, { retake: true })).toEqual({ outcome: "shortfall", missing: 3 });
  expect(await sell(product, late)).toEqual({ outcome: "committed", total: -3, available: -3 });
});

test("no hold on backorder makes more than 10^14 held units, and no sale a level below -10^12", async () => {
  const product = await stocked(context, "most", [0]);
  const { stock } = keysOfStock(context, product);
  await redis.hset(stock, { held: 99_999_999_999_999 });
  let before = await bytesOf(redis, keysOfStock(context, product));
  expect(await failure(hold(product, 2, true))).toMatchObject({ code: "ARGUMENT" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  expect(await hold(product, 1, true)).toMatchObject({ outcome: "reserved" });
  await redis.hset(stock, { "level:a": -1_000_000_000_000, total: -1_000_000_000_000 });
  before = await bytesOf(redis, keysOfStock(context, product));
  for (const args of [{ backorder: true }, { backorder: true, warehouse: "a" }]) {
    expect(await failure(sell(product, args))).toMatchObject({ code: "ARGUMENT" });
  }
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  await redis.hset(stock, { "level:a": -999_999_999_999, total: -999_999_999_999 });
  expect(await sell(product, { backorder: true })).toMatchObject({ outcome: "committed" });
});
