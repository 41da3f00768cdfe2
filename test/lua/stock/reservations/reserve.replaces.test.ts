import { expect, test } from "vitest";
import { failure } from "../../../support/lua/errors.js";
import {
  endReservation,
  hour,
  keysOfStock,
  reserve,
  stocked,
  storedReservations,
  storedStock,
} from "../../../support/lua/reservations.js";
import { bytesOf } from "../../../support/lua/state.js";
import { freshTenant } from "../../../support/lua/tenants.js";

const context = freshTenant();
const { redis, tenant } = context;

const replace = (product: string, units: number, more: Replacing = {}) =>
  tenant.stock.reserve({
    product,
    reservation: "new",
    units,
    replaces: "old",
    leaseMs: hour,
    rememberMs: hour,
    ...more,
  });

interface Replacing {
  readonly operation?: string;
  readonly reservation?: string;
  readonly replaces?: string;
  readonly backorder?: boolean;
}

const sweep = (product: string) => tenant.stock.sweep({ product, limit: 100, rememberMs: hour });

async function held(name: string, levels: readonly number[], units: number): Promise<string> {
  const product = await stocked(context, name, levels);
  expect(await reserve(context, product, "old", units)).toMatchObject({ outcome: "reserved" });
  return product;
}

test("a buyer who changes the cart is not blocked by the older hold", async () => {
  const product = await held("own", [5], 4);
  expect(await reserve(context, product, "new", 5)).toMatchObject({ outcome: "refused" });
  expect(await replace(product, 5)).toMatchObject({ outcome: "reserved", available: 0 });
  expect(await storedStock(context, product)).toEqual({ total: 5, held: 5, levels: [5] });
  expect(await storedReservations(context, product)).toEqual({ old: "released 4", new: "held 5" });
  const { ends, closed, reservations } = keysOfStock(context, product);
  expect(await redis.zrange(ends, "0", "-1")).toEqual(["new"]);
  const forgetAt = await redis.zscore(closed, "old");
  expect(await redis.hget(reservations, "old")).toBe(`released 4 ${forgetAt}`);
});

test("if the new hold is refused, the older one stays as it was", async () => {
  const product = await held("refused", [5], 4);
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await replace(product, 6)).toEqual({ outcome: "refused", available: 1 });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("an older one that is unknown or closed adds no units", async () => {
  const product = await stocked(context, "closed", [5]);
  expect(await replace(product, 6)).toEqual({ outcome: "refused", available: 5 });
  await reserve(context, product, "old", 2);
  await tenant.stock.release({ product, reservation: "old", rememberMs: hour });
  expect(await replace(product, 6)).toEqual({ outcome: "refused", available: 5 });
  await reserve(context, product, "sold", 2);
  await tenant.stock.commit({ product, reservation: "sold", rememberMs: hour });
  expect(await replace(product, 3, { replaces: "sold" })).toMatchObject({ outcome: "reserved" });
  expect(await storedReservations(context, product)).toMatchObject({
    sold: "committed 2",
    old: "released 2",
  });
});

for (const swept of [false, true]) {
  const title = swept ? "after a sweep" : "before a sweep";

  test(`an older one whose lease has ended is released for good, ${title}`, async () => {
    const product = await held(`ended-${swept}`, [5], 4);
    await endReservation(context, product, "old");
    if (swept) await sweep(product);
    expect(await replace(product, 3)).toMatchObject({ outcome: "reserved", available: 2 });
    expect(await storedStock(context, product)).toEqual({ total: 5, held: 3, levels: [5] });
    expect(await storedReservations(context, product)).toEqual({ old: "released 4", new: "held 3" });
    // So a late payment of the older cart does not sell its units too.
    const late = { product, reservation: "old", retake: true, rememberMs: hour };
    expect(await tenant.stock.commit(late)).toEqual({ outcome: "released" });
  });

  test(`if the new hold is refused, an older one whose lease has ended is expired, ${title}`, async () => {
    const product = await held(`ended-refused-${swept}`, [5], 4);
    await endReservation(context, product, "old");
    if (swept) await sweep(product);
    expect(await replace(product, 6)).toEqual({ outcome: "refused", available: 5 });
    expect(await storedReservations(context, product)).toEqual({ old: "expired 4" });
  });
}

test("an older one behind 100 other ended leases is released too, and counted once", async () => {
  const product = await stocked(context, "behind", [110]);
  const names = Array.from({ length: 100 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(context, product, name, 1)));
  await Promise.all(names.map((name) => endReservation(context, product, name, 60_000)));
  await reserve(context, product, "last", 1);
  // The reserve above has closed them all.
  for (const name of names) await reserve(context, product, `next-${name}`, 1);
  for (const name of names) await endReservation(context, product, `next-${name}`, 60_000);
  // A hold that no call has closed yet: 101 leases are over now.
  const { reservations, ends, stock } = keysOfStock(context, product);
  await redis.hset(reservations, { old: `held 9 ${Date.now() - 1_000}` });
  await redis.zadd(ends, Date.now() - 1_000, "old");
  await redis.hincrby(stock, "held", 9);
  expect(await replace(product, 109)).toMatchObject({ outcome: "reserved", available: 0 });
  expect(await storedStock(context, product)).toMatchObject({ total: 110, held: 110 });
  expect(await storedReservations(context, product)).toMatchObject({ old: "released 9", new: "held 109" });
});

test("an older one that no call has removed yet, although it is remembered no longer, is not forgotten", async () => {
  const product = await held("forgotten", [5], 4);
  await endReservation(context, product, "old");
  await sweep(product);
  await reserve(context, product, "other", 1);
  await tenant.stock.release({ product, reservation: "other", rememberMs: hour });
  for (const name of ["old", "other"]) await endReservation(context, product, name);
  expect(await replace(product, 3)).toMatchObject({ outcome: "reserved", available: 2 });
  expect(await storedReservations(context, product)).toEqual({ old: "released 4", new: "held 3" });
  const { closed } = keysOfStock(context, product);
  expect(await redis.zrange(closed, "0", "-1")).toEqual(["old"]);
  // So a late copy of the older call holds no units.
  expect(await reserve(context, product, "old", 4)).toEqual({ outcome: "released" });
});

test("an older one that is remembered no longer is forgotten if the new hold is refused", async () => {
  const product = await held("forgotten-refused", [5], 4);
  await endReservation(context, product, "old");
  await sweep(product);
  await endReservation(context, product, "old");
  expect(await replace(product, 6)).toEqual({ outcome: "refused", available: 5 });
  expect(await storedReservations(context, product)).toEqual({});
});

test("a late copy does not end the older one after it was reserved again", async () => {
  const product = await held("again", [9], 4);
  const call = { operation: "op-1" };
  const first = await replace(product, 3, call);
  expect(first).toMatchObject({ outcome: "reserved", available: 6 });
  const { reservations, closed } = keysOfStock(context, product);
  // The older one is forgotten, and its name is used once more.
  await redis.hdel(reservations, "old");
  await redis.zrem(closed, "old");
  await reserve(context, product, "old", 2);
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await replace(product, 3, call)).toEqual({ ...first, available: 4, repeated: true });
  expect(await replace(product, 3)).toEqual({ ...first, available: 4, repeated: true });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("a late copy of a refused call does not end the older one when there are units", async () => {
  const product = await held("late", [5], 4);
  const call = { operation: "op-1" };
  expect(await replace(product, 6, call)).toEqual({ outcome: "refused", available: 1 });
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 9, sequence: 1, low: 0 });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await replace(product, 6, call)).toEqual({ outcome: "refused", available: 1 });
  for (const other of [{ replaces: "older" }, { backorder: true }, { reservation: "other" }]) {
    expect(await replace(product, 6, { ...call, ...other })).toEqual({ outcome: "mismatch" });
  }
  const plain = { product, ...call, reservation: "new", units: 6, leaseMs: hour, rememberMs: hour };
  expect(await tenant.stock.reserve(plain)).toEqual({ outcome: "mismatch" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("a late copy of a chain ends nothing: each cart replaced the one before", async () => {
  const product = await held("chain", [9], 4);
  await replace(product, 3, { operation: "op-1", reservation: "second" });
  await replace(product, 2, { operation: "op-2", reservation: "third", replaces: "second" });
  const before = await bytesOf(redis, keysOfStock(context, product));
  const copy = await replace(product, 3, { operation: "op-1", reservation: "second" });
  expect(copy).toEqual({ outcome: "released" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  expect(await storedStock(context, product)).toMatchObject({ held: 2 });
});

test("a reservation that is known already replaces nothing", async () => {
  const product = await held("known", [9], 4);
  await reserve(context, product, "new", 3);
  expect(await replace(product, 3)).toMatchObject({ outcome: "reserved", available: 2 });
  expect(await storedReservations(context, product)).toEqual({ old: "held 4", new: "held 3" });
  // It does not replace itself either.
  expect(await replace(product, 3, { replaces: "new" })).toMatchObject({ outcome: "reserved", available: 2 });
  expect(await replace(product, 1, { reservation: "self", replaces: "self" })).toMatchObject({
    available: 1,
  });
});

test.each([
  { name: "a held total below the older hold", stock: { held: "3" }, old: undefined, names: "held" },
  { name: "a corrupt older hold", stock: {}, old: "lost 4 1", names: "reservation" },
])("$name is corrupt, and nothing is written", async ({ name, stock, old, names }) => {
  const product = await held(name, [9], 4);
  const { reservations, stock: stockKey } = keysOfStock(context, product);
  await redis.hset(stockKey, { total: "9", ...stock });
  if (old !== undefined) await redis.hset(reservations, { old });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await failure(replace(product, 1))).toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining(names),
  });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});
