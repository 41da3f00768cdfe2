import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
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

const release = (product: string, reservation = "cart") =>
  tenant.stock.release({ product, reservation, rememberMs: hour });

test("stock.release makes the units available once and changes no level", async () => {
  const product = await stocked(context, "once", [5, 4]);
  await reserve(context, product, "cart", 6);
  await reserve(context, product, "other", 2);
  expect(await release(product)).toEqual({ outcome: "released", available: 7 });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await release(product)).toEqual({ outcome: "released", available: 7 });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  expect(await storedStock(context, product)).toEqual({ total: 9, held: 2, levels: [5, 4] });
  expect(await reserve(context, product, "third", 7)).toMatchObject({ outcome: "reserved" });
  // What is told of a release that is sent again is what is available by then.
  expect(await release(product)).toEqual({ outcome: "released", available: 0 });
});

test("stock.release returns no units of a committed, swept or unknown reservation", async () => {
  const product = await stocked(context, "others", [9]);
  for (const name of ["sold", "swept"]) await reserve(context, product, name, 2);
  await tenant.stock.commit({ product, reservation: "sold", rememberMs: hour });
  await endReservation(context, product, "swept");
  await tenant.stock.sweep({ product, limit: 10, rememberMs: hour });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await release(product, "sold")).toEqual({ outcome: "already_committed" });
  expect(await release(product, "swept")).toEqual({ outcome: "expired" });
  expect(await release(product, "never")).toEqual({ outcome: "unknown" });
  expect(await release("nothing")).toEqual({ outcome: "unknown" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  expect(await redis.exists(...Object.values(keysOfStock(context, "nothing")))).toBe(0);
});

test("stock.release returns the units of an expired lease once", async () => {
  const product = await stocked(context, "over", [9]);
  await reserve(context, product, "cart", 4);
  await endReservation(context, product, "cart");
  expect(await tenant.stock.read({ product, low: 0 })).toMatchObject({ available: 5 });
  for (let time = 0; time < 2; time++) expect(await release(product)).toEqual({ outcome: "expired" });
  expect(await tenant.stock.read({ product, low: 0 })).toMatchObject({ available: 9 });
  expect(await tenant.stock.sweep({ product, limit: 10, rememberMs: hour })).toMatchObject({ expired: 0 });
});

test("stock.release returns units even if the levels are now lower", async () => {
  const product = await stocked(context, "short", [9]);
  await reserve(context, product, "cart", 6);
  await reserve(context, product, "other", 3);
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 2, sequence: 1, low: 0 });
  expect(await release(product)).toEqual({ outcome: "released", available: -1 });
});

test.each([
  { name: "a held total below the reserved units", stock: { held: "3" }, names: "held" },
  { name: "a total that is not an integer", stock: { total: "many" }, names: "total" },
])("stock.release reports $name as corrupt and returns no units", async ({ name, stock, names }) => {
  const product = await stocked(context, name, [9]);
  await reserve(context, product, "cart", 4);
  await redis.hset(keysOfStock(context, product).stock, stock);
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await failure(release(product))).toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining(names),
  });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("after the stock was deleted, stock.release ends the reservation and creates no stock", async () => {
  const stockless = await stocked(context, "stockless", [9]);
  await reserve(context, stockless, "cart", 4);
  await redis.del(keysOfStock(context, stockless).stock);
  for (let time = 0; time < 2; time++) {
    expect(await release(stockless)).toEqual({ outcome: "released", available: 0 });
  }
  expect(await redis.exists(keysOfStock(context, stockless).stock)).toBe(0);
});

test("a late copy of a release that found nothing releases no later reservation of that name", async () => {
  const product = await stocked(context, "late", [9]);
  const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
  expect(await tenant.stock.release(call)).toEqual({ outcome: "unknown" });
  await reserve(context, product, "cart", 4);
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await tenant.stock.release(call)).toEqual({ outcome: "unknown" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  // The same operation for another reservation is another call.
  expect(await tenant.stock.release({ ...call, reservation: "other" })).toEqual({ outcome: "mismatch" });
  expect(await release(product)).toEqual({ outcome: "released", available: 9 });
});

test("a late copy of a release that found an ended lease releases no later reservation", async () => {
  const product = await stocked(context, "late-expired", [9]);
  const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
  await reserve(context, product, "cart", 4);
  await endReservation(context, product, "cart");
  expect(await release(product)).toEqual({ outcome: "expired" });
  await endReservation(context, product, "cart", -60_000);
  expect(await tenant.stock.release(call)).toEqual({ outcome: "expired" });
  const { reservations, closed } = keysOfStock(context, product);
  await redis.del(reservations, closed);
  await reserve(context, product, "cart", 4);
  expect(await tenant.stock.release(call)).toEqual({ outcome: "expired" });
});

test("a late copy of a release that found a released one releases no later reservation", async () => {
  const product = await stocked(context, "late-released", [9]);
  const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
  await reserve(context, product, "cart", 4);
  expect(await release(product)).toEqual({ outcome: "released", available: 9 });
  await endReservation(context, product, "cart", -60_000);
  expect(await tenant.stock.release(call)).toEqual({ outcome: "released", available: 9 });
  const { reservations, closed } = keysOfStock(context, product);
  await redis.del(reservations, closed);
  await reserve(context, product, "cart", 4);
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await tenant.stock.release(call)).toEqual({ outcome: "released", available: 5 });
  expect(await tenant.stock.release({ ...call, reservation: "other" })).toEqual({ outcome: "mismatch" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  await redis.del(...Object.values(keysOfStock(context, product)));
  expect(await tenant.stock.release(call)).toEqual({ outcome: "released", available: 0 });
});

test("stock.release reports a remembered answer of another form as corrupt", async () => {
  const product = await stocked(context, "answer", [9]);
  await redis.set(keys.releaseOperation(scope, product, "op-1"), "lost cart");
  const call = tenant.stock.release({ product, operation: "op-1", reservation: "cart", rememberMs: hour });
  expect(await failure(call)).toMatchObject({ code: "CORRUPT" });
});

test("a repeated call remembers nothing while the reservation itself is known for the whole horizon", async () => {
  const product = await stocked(context, "long", [9]);
  const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
  const answers = [
    keys.releaseOperation(scope, product, "op-1"),
    keys.commitOperation(scope, product, "op-1"),
    keys.reserveOperation(scope, product, "op-1"),
  ];
  await reserve(context, product, "cart", 4);
  await release(product);
  for (const [agoMs, stored] of [
    [-700_000, 0],
    [-659_000, 3],
  ] as const) {
    await endReservation(context, product, "cart", agoMs);
    await tenant.stock.release(call);
    await tenant.stock.commit(call);
    await tenant.stock.reserve({ ...call, units: 4, leaseMs: hour });
    expect(await redis.exists(...answers)).toBe(stored);
  }
});
