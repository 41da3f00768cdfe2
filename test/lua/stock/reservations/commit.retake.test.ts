import { expect, test } from "vitest";
import { keys } from "../../../../src/index.js";
import { failure } from "../../../support/lua/errors.js";
import {
  endReservation,
  hour,
  keysOfStock,
  reserve,
  setEnd,
  stocked,
  storedReservations,
  storedStock,
} from "../../../support/lua/reservations.js";
import { bytesOf } from "../../../support/lua/state.js";
import { freshTenant } from "../../../support/lua/tenants.js";

const context = freshTenant();
const { redis, scope, tenant } = context;

const retake = (product: string, more: { warehouse?: string; operation?: string } = {}) =>
  tenant.stock.commit({ product, reservation: "cart", retake: true, rememberMs: hour, ...more });
const sweep = (product: string) => tenant.stock.sweep({ product, limit: 100, rememberMs: hour });

/** A reservation of the cart whose lease has ended, swept or not yet. */
async function expired(name: string, levels: readonly number[], units: number, swept: boolean) {
  const product = await stocked(context, `${name}-${swept}`, levels);
  await reserve(context, product, "cart", units);
  await endReservation(context, product, "cart");
  if (swept) await sweep(product);
  return product;
}

for (const swept of [false, true]) {
  const title = swept ? "after a sweep" : "before a sweep";

  test(`a payment after the lease sells the units in one step, ${title}`, async () => {
    const product = await expired("sells", [5, 2], 3, swept);
    await reserve(context, product, "other", 4);
    expect(await retake(product)).toEqual({ outcome: "committed", total: 4, available: 0 });
    expect(await storedStock(context, product)).toEqual({ total: 4, held: 4, levels: [2, 2] });
    expect(await storedReservations(context, product)).toMatchObject({ cart: "committed 3" });
    const { ends, closed } = keysOfStock(context, product);
    expect(await redis.zscore(ends, "cart")).toBeNull();
    expect(await redis.zscore(closed, "cart")).not.toBeNull();
    const before = await bytesOf(redis, keysOfStock(context, product));
    expect(await retake(product)).toEqual({ outcome: "already_committed" });
    expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  });

  test(`a payment after the lease falls short by the missing units, ${title}`, async () => {
    const product = await expired("short", [5], 4, swept);
    await tenant.stock.setLevel({ product, warehouse: "a", quantity: 3, sequence: 1, low: 0 });
    expect(await retake(product)).toEqual({ outcome: "shortfall", missing: 1 });
    expect(await storedStock(context, product)).toEqual({ total: 3, held: 0, levels: [3] });
    expect(await storedReservations(context, product)).toMatchObject({ cart: "expired 4" });
  });

  test(`units that others hold are missing, ${title}`, async () => {
    const product = await expired("others", [5], 4, swept);
    await sweep(product);
    await reserve(context, product, "other", 3);
    expect(await retake(product)).toEqual({ outcome: "shortfall", missing: 2 });
    expect(await storedStock(context, product)).toEqual({ total: 5, held: 3, levels: [5] });
  });

  test(`no more units are missing than the reservation has, ${title}`, async () => {
    const product = await expired("debt", [5], 4, swept);
    const sale = { product, operation: "sale", change: -9, backorder: true, low: 0, rememberMs: hour };
    await tenant.stock.adjust({ ...sale, warehouse: "a" });
    expect(await retake(product)).toEqual({ outcome: "shortfall", missing: 4 });
    expect(await retake(product, { warehouse: "a" })).toEqual({ outcome: "shortfall", missing: 4 });
  });

  test(`a given warehouse must have the units, ${title}`, async () => {
    const product = await expired("warehouse", [4, 2], 3, swept);
    expect(await retake(product, { warehouse: "b" })).toEqual({ outcome: "shortfall", missing: 1 });
    expect(await retake(product, { warehouse: "z" })).toEqual({ outcome: "shortfall", missing: 3 });
    expect(await retake(product, { warehouse: "a" })).toMatchObject({ outcome: "committed" });
    expect(await storedStock(context, product)).toEqual({ total: 3, held: 0, levels: [1, 2] });
  });

  test(`a late copy of a shortfall sells nothing when there are units again, ${title}`, async () => {
    const product = await expired("late", [5], 4, swept);
    await tenant.stock.setLevel({ product, warehouse: "a", quantity: 2, sequence: 1, low: 0 });
    const call = { operation: "op-1" };
    expect(await retake(product, call)).toEqual({ outcome: "shortfall", missing: 2 });
    const left = await redis.pttl(keys.commitOperation(scope, product, "op-1"));
    expect(left).toBeGreaterThan(650_000);
    expect(left).toBeLessThanOrEqual(660_000);
    await tenant.stock.setLevel({ product, warehouse: "a", quantity: 9, sequence: 2, low: 0 });
    const before = await bytesOf(redis, keysOfStock(context, product));
    expect(await retake(product, call)).toEqual({ outcome: "shortfall", missing: 2 });
    const args = { product, ...call, reservation: "cart", rememberMs: hour };
    for (const other of [{}, { retake: false }, { retake: true, warehouse: "a" }, { reservation: "next" }]) {
      expect(await tenant.stock.commit({ ...args, ...other })).toEqual({ outcome: "mismatch" });
    }
    expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
    expect(await retake(product)).toMatchObject({ outcome: "committed" });
    expect(await retake(product, call)).toEqual({ outcome: "shortfall", missing: 2 });
  });

  test(`a product that has no stock any more falls short, ${title}`, async () => {
    const product = await expired("gone", [5], 4, swept);
    await tenant.stock.setLevel({ product, warehouse: "a", quantity: 0, sequence: 1, low: 0 });
    await tenant.stock.dropWarehouse({ product, warehouse: "a", sequence: 2 });
    expect(await retake(product, { operation: "op-1" })).toEqual({ outcome: "shortfall", missing: 4 });
    expect(await redis.exists(keysOfStock(context, product).stock)).toBe(0);
    await tenant.stock.setLevel({ product, warehouse: "a", quantity: 9, sequence: 3, low: 0 });
    expect(await retake(product, { operation: "op-1" })).toEqual({ outcome: "shortfall", missing: 4 });
  });

  test(`a released reservation is not retaken, although its lease had ended, ${title}`, async () => {
    const product = await expired("released", [9], 4, swept);
    const release = { product, reservation: "cart", rememberMs: hour };
    expect(await tenant.stock.release(release)).toEqual({ outcome: "expired" });
    expect(await retake(product)).toEqual({ outcome: "released" });
    expect(await tenant.stock.release(release)).toEqual({ outcome: "released", available: 9 });
    expect(await storedStock(context, product)).toEqual({ total: 9, held: 0, levels: [9] });
  });
}

/** The reservation of the cart, and those of others. All leases but one have ended. */
async function beside(name: string, level: number, isSwept: boolean) {
  const product = await stocked(context, `${name}-${isSwept}`, [9]);
  for (const [other, units] of [
    ["cart", 3],
    ["one", 2],
    ["two", 2],
    ["live", 1],
  ] as const)
    await reserve(context, product, other, units);
  for (const other of ["one", "two"]) await endReservation(context, product, other);
  await endReservation(context, product, "cart", 60_000);
  if (isSwept) await tenant.stock.sweep({ product, limit: 1, rememberMs: hour });
  await redis.hset(keysOfStock(context, product).stock, { total: String(level), "level:a": String(level) });
  return product;
}

for (const isSwept of [false, true]) {
  for (const warehouse of ["a", undefined]) {
    const title = `warehouse ${warehouse}, swept: ${isSwept}`;
    const more = warehouse === undefined ? {} : { warehouse };

    test(`a payment after the lease sells units of leases that no sweep has closed, ${title}`, async () => {
      const product = await beside(`beside-${warehouse}`, 4, isSwept);
      expect(await retake(product, more)).toEqual({ outcome: "committed", total: 1, available: 0 });
      expect(await storedStock(context, product)).toEqual({ total: 1, held: 1, levels: [1] });
      const sold = { cart: "committed 3", one: "expired 2", two: "expired 2", live: "held 1" };
      expect(await storedReservations(context, product)).toEqual(sold);
      const { ends, closed } = keysOfStock(context, product);
      expect(await redis.zrange(ends, "0", "-1")).toEqual(["live"]);
      expect((await redis.zrange(closed, "0", "-1")).sort()).toEqual(["cart", "one", "two"]);
      expect(await tenant.stock.recount({ product })).toMatchObject({ outcome: "correct" });
      expect(await retake(product, more)).toEqual({ outcome: "already_committed" });
    });

    test(`if the units of such leases do not suffice, they stay as they are, ${title}`, async () => {
      const product = await beside(`lacking-${warehouse}`, 3, isSwept);
      expect(await retake(product, more)).toEqual({ outcome: "shortfall", missing: 1 });
      const left = { cart: "expired 3", one: "held 2", two: "held 2", live: "held 1" };
      expect(await storedReservations(context, product)).toEqual(left);
      expect(await storedStock(context, product)).toEqual({ total: 3, held: 5, levels: [3] });
    });
  }
}

test("a watched product reports the units of such leases", async () => {
  const product = await beside("watched", 7, false);
  await tenant.stock.watch({ product, sequence: 1, low: 9 });
  const change = { statusBefore: "out_of_stock", status: "low_stock" };
  expect(await retake(product)).toEqual({ outcome: "committed", total: 4, available: 3, ...change });
});

test.each([
  { what: "held", change: { held: "3" }, texts: {} },
  { what: "reservation", change: {}, texts: { one: "lost 2 1" } },
])("a corrupt $what beside is an error, and nothing is written", async ({ what, change, texts }) => {
  const product = await beside(`corrupt-${what}`, 4, true);
  const { stock, reservations } = keysOfStock(context, product);
  await redis.hset(stock, { total: "4", ...change });
  await redis.hset(reservations, { live: "held 1 9999999990000", ...texts });
  const before = await bytesOf(redis, keysOfStock(context, product));
  const error = await failure(retake(product));
  expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining(what) });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("a payment after the lease sells nothing of a released or an unknown reservation", async () => {
  const product = await stocked(context, "never", [9]);
  expect(await retake(product)).toEqual({ outcome: "unknown" });
  await reserve(context, product, "cart", 4);
  await tenant.stock.release({ product, reservation: "cart", rememberMs: hour });
  expect(await retake(product)).toEqual({ outcome: "released" });
  expect(await storedStock(context, product)).toEqual({ total: 9, held: 0, levels: [9] });
});

test("retake changes nothing for a payment within the lease", async () => {
  const product = await stocked(context, "within", [2, 2]);
  await reserve(context, product, "cart", 3);
  expect(await retake(product, { warehouse: "a" })).toEqual({ outcome: "short" });
  expect(await retake(product)).toEqual({ outcome: "committed", total: 1, available: 1 });
});

test("after a shortfall the reservation stays expired, although the clock goes back", async () => {
  const product = await expired("back", [5], 4, false);
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 1, sequence: 1, low: 0 });
  expect(await retake(product)).toEqual({ outcome: "shortfall", missing: 3 });
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 9, sequence: 2, low: 0 });
  // The text no longer has the end of the lease, so no clock makes it a hold again.
  await setEnd(context, product, "cart", Date.now() + hour);
  const plain = { product, reservation: "cart", rememberMs: hour };
  expect(await tenant.stock.commit(plain)).toEqual({ outcome: "expired" });
  expect(await tenant.stock.extend({ ...plain, leaseEndsMs: 1, leaseMs: hour })).toEqual({
    outcome: "expired",
  });
});

test.each([
  { name: "a held total below the own hold", stock: { held: "3" }, names: "held" },
  { name: "a level without a total", stock: { total: "" }, names: "total" },
])("a payment after the lease reports $name as corrupt and sells nothing", async ({ name, stock, names }) => {
  const product = await expired(name, [9], 4, false);
  await redis.hset(keysOfStock(context, product).stock, stock);
  const before = await bytesOf(redis, keysOfStock(context, product));
  for (const warehouse of [undefined, "a"]) {
    expect(await failure(retake(product, warehouse ? { warehouse } : {}))).toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining(names),
    });
  }
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test.each(["shortfall", "shortfall=", "shortfall=0", "shortfall=x", "shortfall=1000000000001"])(
  "stock.commit reports the remembered answer %j as corrupt",
  async (outcome) => {
    const product = await stocked(context, `answer-${outcome}`, [9]);
    await redis.set(keys.commitOperation(scope, product, "op-1"), `${outcome} cart\t\tretake`);
    expect(await failure(retake(product, { operation: "op-1" }))).toMatchObject({ code: "CORRUPT" });
  },
);
