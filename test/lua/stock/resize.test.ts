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
  storedStock,
} from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const context = freshTenant();
const { redis, scope, tenant } = context;

const resize = (
  product: string,
  units: number,
  more: { operation?: string; fromUnits?: number; backorder?: boolean } = {},
) => tenant.stock.resize({ product, reservation: "cart", units, rememberMs: hour, ...more });

async function held(name: string, levels: readonly number[], units: number): Promise<string> {
  const product = await stocked(context, name, levels);
  expect(await reserve(context, product, "cart", units)).toMatchObject({ outcome: "reserved" });
  return product;
}

test.each([
  { units: 1, outcome: "resized", available: 6, held: 3 },
  { units: 3, outcome: "resized", available: 4, held: 5 },
  { units: 7, outcome: "resized", available: 0, held: 9 },
  { units: 8, outcome: "refused", available: 4, held: 5 },
])("stock.resize of 3 units to $units is $outcome", async ({ units, outcome, available, held: sum }) => {
  const product = await held(`to-${units}`, [5, 4], 3);
  await reserve(context, product, "other", 2);
  const { ends } = keysOfStock(context, product);
  const end = await redis.zscore(ends, "cart");
  expect(await resize(product, units)).toEqual({ outcome, available });
  expect(await storedStock(context, product)).toEqual({ total: 9, held: sum, levels: [5, 4] });
  const now = outcome === "resized" ? units : 3;
  expect(await storedReservations(context, product)).toEqual({ cart: `held ${now}`, other: "held 2" });
  // The lease is the same, in the text and in the queue.
  expect(await redis.zscore(ends, "cart")).toBe(end);
  expect(await redis.hget(keysOfStock(context, product).reservations, "cart")).toBe(`held ${now} ${end}`);
});

test("fewer units are possible although more are held than are in stock", async () => {
  const product = await held("fewer", [9], 5);
  await reserve(context, product, "other", 4);
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 2, sequence: 1, low: 0 });
  expect(await resize(product, 6)).toEqual({ outcome: "refused", available: -7 });
  expect(await resize(product, 5)).toEqual({ outcome: "resized", available: -7 });
  expect(await resize(product, 1)).toEqual({ outcome: "resized", available: -3 });
});

test("backorder holds more units than are available", async () => {
  const product = await held("backorder", [4], 3);
  expect(await resize(product, 9)).toEqual({ outcome: "refused", available: 1 });
  expect(await resize(product, 9, { backorder: true })).toEqual({ outcome: "resized", available: -5 });
  expect(await resize(product, 2, { backorder: true })).toEqual({ outcome: "resized", available: 2 });
});

test("more held units than 10^14 are an error, and nothing is written", async () => {
  const product = await held("most", [4], 3);
  await redis.hset(keysOfStock(context, product).stock, { held: 99_999_999_999_999 });
  const before = await bytesOf(redis, keysOfStock(context, product));
  const most = { backorder: true };
  expect(await failure(resize(product, 5, most))).toMatchObject({ code: "ARGUMENT" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  expect(await resize(product, 4, most)).toMatchObject({ outcome: "resized" });
});

test("a late copy of an older resize changes nothing after a newer one, and tells its old answer", async () => {
  const product = await held("older", [9], 3);
  expect(await resize(product, 7, { operation: "op-1" })).toEqual({ outcome: "resized", available: 2 });
  expect(await resize(product, 2, { operation: "op-2" })).toEqual({ outcome: "resized", available: 7 });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await resize(product, 7, { operation: "op-1" })).toEqual({ outcome: "resized", available: 2 });
  for (const other of [{ units: 6 }, { backorder: true }, { reservation: "other" }]) {
    const args = { product, reservation: "cart", units: 7, operation: "op-1", rememberMs: hour, ...other };
    expect(await tenant.stock.resize(args)).toEqual({ outcome: "mismatch" });
  }
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("a late copy of a refused resize holds nothing when there are units", async () => {
  const product = await held("late", [4], 3);
  expect(await resize(product, 7, { operation: "op-1" })).toEqual({ outcome: "refused", available: 1 });
  const left = await redis.pttl(keys.resizeOperation(scope, product, "op-1"));
  expect(left).toBeGreaterThan(hour - 60_000);
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 20, sequence: 1, low: 0 });
  expect(await resize(product, 7, { operation: "op-1" })).toEqual({ outcome: "refused", available: 1 });
  expect(await storedStock(context, product)).toMatchObject({ held: 3 });
});

test("stock.resize changes nothing that is not held, and remembers it for a late copy", async () => {
  const product = await stocked(context, "others", [9]);
  for (const cart of ["sold", "freed", "swept"]) await reserve(context, product, cart, 2);
  await tenant.stock.commit({ product, reservation: "sold", rememberMs: hour });
  await tenant.stock.release({ product, reservation: "freed", rememberMs: hour });
  await endReservation(context, product, "swept");
  await tenant.stock.sweep({ product, limit: 10, rememberMs: hour });
  // Soon forgotten, so their own texts do not tell a late copy enough.
  for (const cart of ["sold", "freed", "swept"]) await endReservation(context, product, cart, -60_000);
  const outcomes = { sold: "already_committed", freed: "released", swept: "expired", never: "unknown" };
  const args = { product, units: 3, rememberMs: hour };
  for (const [reservation, outcome] of Object.entries(outcomes)) {
    const call = { ...args, reservation, operation: reservation };
    expect(await tenant.stock.resize(call)).toEqual({ outcome });
    const left = await redis.pttl(keys.resizeOperation(scope, product, reservation));
    expect(left).toBeGreaterThan(650_000);
    expect(left).toBeLessThanOrEqual(660_000);
  }
  const { reservations, ends, closed } = keysOfStock(context, product);
  await redis.del(reservations, ends, closed);
  for (const [reservation, outcome] of Object.entries(outcomes)) {
    await reserve(context, product, reservation, 1);
    const call = { ...args, reservation, operation: reservation };
    expect(await tenant.stock.resize(call)).toEqual({ outcome });
  }
  expect(await storedStock(context, product)).toMatchObject({ held: 4 });
});

test("while a closed reservation is known for the whole horizon, no answer is remembered", async () => {
  const product = await held("known", [9], 3);
  await tenant.stock.release({ product, reservation: "cart", rememberMs: hour });
  expect(await resize(product, 1, { operation: "op-1" })).toEqual({ outcome: "released" });
  expect(await redis.exists(keys.resizeOperation(scope, product, "op-1"))).toBe(0);
});

test("stock.resize closes an ended lease, so it stays expired after the clock went back", async () => {
  const product = await held("over", [9], 4);
  await endReservation(context, product, "cart");
  expect(await resize(product, 1)).toEqual({ outcome: "expired" });
  expect(await storedStock(context, product)).toEqual({ total: 9, held: 0, levels: [9] });
  const { ends, closed, reservations } = keysOfStock(context, product);
  expect(await redis.zscore(ends, "cart")).toBeNull();
  const forgetAt = await redis.zscore(closed, "cart");
  expect(await redis.hget(reservations, "cart")).toBe(`expired 4 ${forgetAt}`);
  expect(await resize(product, 1)).toEqual({ outcome: "expired" });
});

test("a product without stock is unknown, and the reservation stays", async () => {
  const product = await held("stockless", [9], 4);
  await redis.del(keysOfStock(context, product).stock);
  expect(await resize(product, 1)).toEqual({ outcome: "unknown" });
  expect(await redis.exists(keysOfStock(context, product).stock)).toBe(0);
  expect(await storedReservations(context, product)).toEqual({ cart: "held 4" });
});

test("stock.resize reports a held total below the reserved units as corrupt", async () => {
  const product = await held("low-held", [9], 4);
  await redis.hset(keysOfStock(context, product).stock, { held: 3 });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await failure(resize(product, 1))).toMatchObject({ code: "CORRUPT" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test.each(["already_committed", "released", "expired", "unknown", "mismatch"])(
  "stock.resize returns the remembered answer %s and changes nothing",
  async (outcome) => {
    const product = await held(`remembered-${outcome}`, [9], 4);
    await redis.set(keys.resizeOperation(scope, product, "op-1"), `${outcome} 0 1 0 no cart`);
    expect(await resize(product, 1, { operation: "op-1" })).toEqual({ outcome });
    expect(await storedStock(context, product)).toMatchObject({ held: 4 });
  },
);

test.each([
  "",
  "resized",
  "resized x 1 0 no cart",
  "resized 200000000000001 1 0 no cart",
  "lost 0 1 0 no cart",
])("stock.resize reports the remembered answer %j as corrupt", async (text) => {
  const product = await held(`answer-${text}`, [9], 4);
  await redis.set(keys.resizeOperation(scope, product, "op-1"), text);
  expect(await failure(resize(product, 1, { operation: "op-1" }))).toMatchObject({ code: "CORRUPT" });
});

test("with from_units, only a hold of this size changes, and the answer is remembered", async () => {
  const product = await held("from", [9], 4);
  const call = { operation: "op-1", fromUnits: 3 };
  expect(await resize(product, 2, call)).toEqual({ outcome: "mismatch" });
  expect(await storedReservations(context, product)).toEqual({ cart: "held 4" });
  expect(await resize(product, 3)).toMatchObject({ outcome: "resized" });
  // A late copy of the first call does not find the hold of the second.
  expect(await resize(product, 2, call)).toEqual({ outcome: "mismatch" });
  expect(await resize(product, 2, { operation: "op-2", fromUnits: 3 })).toMatchObject({ outcome: "resized" });
  expect(await resize(product, 2, { operation: "op-2", fromUnits: 2 })).toEqual({ outcome: "mismatch" });
  expect(await storedReservations(context, product)).toEqual({ cart: "held 2" });
});
