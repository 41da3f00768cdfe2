import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import {
  endReservation,
  hour,
  keysOfStock,
  reserve,
  stocked,
  storedReservations,
} from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const context = freshTenant();
const { redis, scope, tenant } = context;

const forget = (product: string, limit = 100, operation?: string) =>
  tenant.stock.forget({ product, limit, rememberMs: hour, operation });
const setLevel = (product: string, quantity: number, sequence: number) =>
  tenant.stock.setLevel({ product, warehouse: "berlin", quantity, sequence, low: 0 });

async function remembers10Minutes(product: string): Promise<void> {
  const left = await redis.pttl(keys.pastSequences(scope, product));
  expect(left).toBeGreaterThan(650_000);
  expect(left).toBeLessThanOrEqual(660_000);
}

test("stock.forget removes the stock and ends all reservations, in several calls", async () => {
  await setLevel("lamp", 10, 4);
  for (const name of ["a", "b", "c", "d"]) await reserve(context, "lamp", name, 2);
  await tenant.stock.commit({ product: "lamp", reservation: "a", rememberMs: hour });
  expect(await forget("lamp", 1)).toEqual({ outcome: "more", released: 1 });
  expect(await redis.hgetall(keysOfStock(context, "lamp").stock)).toEqual({ held: "4" });
  expect(await forget("lamp", 1)).toEqual({ outcome: "more", released: 1 });
  expect(await redis.hgetall(keysOfStock(context, "lamp").stock)).toEqual({ held: "2" });
  expect(await tenant.stock.read({ product: "lamp", low: 0 })).toEqual({ outcome: "unknown" });
  expect(await tenant.stock.levels({ product: "lamp" })).toEqual({ outcome: "unknown" });
  expect(await reserve(context, "lamp", "e", 1)).toEqual({ outcome: "unknown" });
  const commit = { product: "lamp", reservation: "d", rememberMs: hour };
  expect(await tenant.stock.commit(commit)).toEqual({ outcome: "unknown" });
  expect(await forget("lamp", 1)).toEqual({ outcome: "forgotten", released: 1 });
  expect(await forget("lamp", 1)).toEqual({ outcome: "unknown" });
  const { stock, ends } = keysOfStock(context, "lamp");
  expect(await redis.exists(stock, ends)).toBe(0);
  expect(await reserve(context, "lamp", "b", 2)).toEqual({ outcome: "released" });
  // A sweep removes what is left, and then nothing of the product is stored but its sequences.
  for (const name of ["a", "b", "c", "d"]) await endReservation(context, "lamp", name);
  await tenant.stock.sweep({ product: "lamp", limit: 10, rememberMs: hour });
  expect(await redis.exists(...Object.values(keysOfStock(context, "lamp")))).toBe(0);
});

test("a late event does not bring a forgotten product back for 10 minutes, and a newer one does", async () => {
  await setLevel("vase", 10, 4);
  await forget("vase");
  await remembers10Minutes("vase");
  const nothing = { total: 0, statusBefore: "out_of_stock", status: "out_of_stock", available: 0 };
  expect(await setLevel("vase", 10, 4)).toEqual({ outcome: "repeated", ...nothing });
  expect(await setLevel("vase", 10, 3)).toEqual({ outcome: "stale", ...nothing });
  expect(await redis.exists(keysOfStock(context, "vase").stock)).toBe(0);
  await remembers10Minutes("vase");
  expect(await setLevel("vase", 3, 5)).toMatchObject({ outcome: "applied", total: 3 });
});

test("a product may come back while reservations of its earlier stock are held", async () => {
  await setLevel("sofa", 10, 1);
  for (const name of ["a", "b", "c"]) await reserve(context, "sofa", name, 2);
  expect(await forget("sofa", 1)).toEqual({ outcome: "more", released: 1 });
  expect(await setLevel("sofa", 10, 2)).toMatchObject({ outcome: "applied", total: 10, available: 6 });
  const release = { product: "sofa", reservation: "b", rememberMs: hour };
  expect(await tenant.stock.release(release)).toEqual({ outcome: "released", available: 8 });
  await endReservation(context, "sofa", "c");
  await tenant.stock.sweep({ product: "sofa", limit: 10, rememberMs: hour });
  expect(await tenant.stock.read({ product: "sofa", low: 0 })).toMatchObject({ available: 10 });
});

test("a late copy of stock.forget does not remove the new stock of the product", async () => {
  await setLevel("rug", 10, 1);
  await reserve(context, "rug", "cart", 2);
  expect(await forget("rug", 100, "op-1")).toEqual({ outcome: "forgotten", released: 1 });
  const left = await redis.pttl(keys.forgetOperation(scope, "rug", "op-1"));
  expect(left).toBeGreaterThan(hour - 60_000);
  expect(left).toBeLessThanOrEqual(hour);
  await setLevel("rug", 7, 2);
  const before = await bytesOf(redis, keysOfStock(context, "rug"));
  expect(await forget("rug", 100, "op-1")).toEqual({ outcome: "forgotten", released: 1 });
  expect(await bytesOf(redis, keysOfStock(context, "rug"))).toEqual(before);
  expect(await forget("new", 100, "op-1")).toEqual({ outcome: "unknown" });
  await setLevel("new", 7, 2);
  expect(await forget("new", 100, "op-1")).toEqual({ outcome: "unknown" });
  expect(await tenant.stock.read({ product: "new", low: 0 })).toMatchObject({ total: 7 });
});

test("stock.forget also removes a stock whose sums are corrupt", async () => {
  const product = await stocked(context, "corrupt", [9]);
  await redis.hset(keysOfStock(context, product).stock, { total: "many" });
  expect(await forget(product)).toEqual({ outcome: "forgotten", released: 0 });
  expect(await redis.exists(keysOfStock(context, product).stock)).toBe(0);
});

test("a late copy of a call that was more releases nothing more", async () => {
  const product = await stocked(context, "parts", [9]);
  for (const name of ["a", "b"]) await reserve(context, product, name, 2);
  for (let time = 0; time < 2; time++) {
    expect(await forget(product, 1, "op-1")).toEqual({ outcome: "more", released: 1 });
  }
  expect(await redis.zcard(keysOfStock(context, product).ends)).toBe(1);
});

test("stock.forget releases the reservations of a product whose stock was deleted", async () => {
  const product = await stocked(context, "stockless", [9]);
  await reserve(context, product, "cart", 2);
  await redis.del(keysOfStock(context, product).stock);
  expect(await forget(product)).toEqual({ outcome: "forgotten", released: 1 });
  expect(await storedReservations(context, product)).toEqual({ cart: "released 2" });
});

test.each([
  // Of a number that may be right, the rest stays held.
  { held: "4", limit: 1, left: { held: "2" } },
  { held: "100000000000000", limit: 1, left: { held: "99999999999998" } },
  // Fewer units than are held, none left, or no number that a script has stored.
  { held: "1", limit: 1, left: {} },
  { held: "2", limit: 1, left: {} },
  { held: "2.5", limit: 1, left: {} },
  { held: "100000000000001", limit: 1, left: {} },
  { held: "many", limit: 1, left: {} },
  // Without a held reservation, no units are held, whatever the number says.
  { held: "9", limit: 2, left: {} },
])("of $held held units, stock.forget of $limit of two reservations leaves $left", async (row) => {
  const { held, limit, left } = row;
  const product = await stocked(context, `held-${held}-${limit}`, [9]);
  for (const name of ["a", "b"]) await reserve(context, product, name, 2);
  await redis.hset(keysOfStock(context, product).stock, { held });
  expect(await forget(product, limit)).toMatchObject({ released: limit });
  expect(await redis.hgetall(keysOfStock(context, product).stock)).toEqual(left);
});

test("stock.forget removes a stock of 204 fields, and reports more as corrupt", async () => {
  const { stock } = keysOfStock(context, "fields");
  const foreign = Array.from({ length: 205 }, (_, position) => [`foreign:${position}`, "1"] as const);
  await redis.hset(stock, Object.fromEntries(foreign));
  expect(await failure(forget("fields"))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.hlen(stock)).toBe(205);
  await redis.hdel(stock, "foreign:0");
  expect(await forget("fields")).toEqual({ outcome: "forgotten", released: 0 });
});

test.each(["", "forgotten", "forgotten x", "lost 1"])(
  "stock.forget reports the remembered answer %j as corrupt",
  async (text) => {
    await redis.set(keys.forgetOperation(scope, "answer", "op-1"), text);
    expect(await failure(forget("answer", 100, "op-1"))).toMatchObject({ code: "CORRUPT" });
  },
);
