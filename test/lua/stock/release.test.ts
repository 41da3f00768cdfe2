import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { clockKey, withClock } from "../../support/lua/clock.js";
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
  expect(await release(product, "never")).toEqual({ outcome: "unknown" });
  expect(await release("nothing")).toEqual({ outcome: "unknown" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  expect(await redis.exists(...Object.values(keysOfStock(context, "nothing")))).toBe(0);
  expect(await release(product, "swept")).toEqual({ outcome: "expired" });
  expect(await storedStock(context, product)).toEqual({ total: 7, held: 0, levels: [7] });
});

test("stock.release returns the units of an expired lease once", async () => {
  const product = await stocked(context, "over", [9]);
  await reserve(context, product, "cart", 4);
  await endReservation(context, product, "cart");
  expect(await tenant.stock.read({ product, low: 0 })).toMatchObject({ available: 5 });
  expect(await release(product)).toEqual({ outcome: "expired" });
  expect(await release(product)).toEqual({ outcome: "released", available: 9 });
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

test("after the product was forgotten, stock.release leaves the held units of the others", async () => {
  const product = await stocked(context, "half", [9]);
  for (const name of ["a", "cart", "other"]) await reserve(context, product, name, 2);
  await tenant.stock.forget({ product, limit: 1, rememberMs: hour });
  expect(await release(product)).toEqual({ outcome: "released", available: -2 });
  expect(await redis.hgetall(keysOfStock(context, product).stock)).toEqual({ held: "2" });
});

test("a late copy of a release that found nothing releases no later reservation of that name", async () => {
  const product = await stocked(context, "late", [9]);
  const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
  expect(await tenant.stock.release(call)).toEqual({ outcome: "unknown" });
  const left = await redis.pttl(keys.releaseOperation(scope, product, "op-1"));
  expect(left).toBeGreaterThan(650_000);
  expect(left).toBeLessThanOrEqual(660_000);
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
  await tenant.stock.sweep({ product, limit: 10, rememberMs: hour });
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

test.each(["", "released", "lost cart"])(
  "stock.release reports the remembered answer %j as corrupt",
  async (text) => {
    const product = await stocked(context, `answer-${text}`, [9]);
    await redis.set(keys.releaseOperation(scope, product, "op-1"), text);
    const call = tenant.stock.release({ product, operation: "op-1", reservation: "cart", rememberMs: hour });
    expect(await failure(call)).toMatchObject({ code: "CORRUPT" });
  },
);

test.each(["already_committed", "expired", "unknown", "released"])(
  "stock.release returns the remembered answer %s, releases nothing and does not remember it for longer",
  async (outcome) => {
    const product = await stocked(context, `remembered-${outcome}`, [9]);
    await reserve(context, product, "cart", 4);
    const answer = keys.releaseOperation(scope, product, "op-1");
    await redis.set(answer, `${outcome} cart`, "PX", 60_000);
    const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
    expect(await tenant.stock.release(call)).toMatchObject({ outcome });
    expect(await storedStock(context, product)).toEqual({ total: 9, held: 4, levels: [9] });
    expect(await redis.pttl(answer)).toBeLessThanOrEqual(60_000);
  },
);

test("a repeated call remembers nothing while the reservation itself is known for the whole horizon", async () => {
  const product = await stocked(context, "long", [9]);
  const call = { product, operation: "op-1", reservation: "cart", rememberMs: hour };
  const answers = [
    keys.releaseOperation(scope, product, "op-1"),
    keys.commitOperation(scope, product, "op-1"),
    keys.reserveOperation(scope, product, "op-1"),
  ];
  const { stock } = createScriptClient(
    redis,
    {
      stock: {
        release: withClock(scripts.stock.release),
        commit: withClock(scripts.stock.commit),
        reserve: withClock(scripts.stock.reserve),
      },
    },
    { namespace: scope.namespace, deadlineMs: 15_000 },
  ).tenant(scope.tenant);
  const now = 1_800_000_000_000;
  await redis.set(clockKey(keysOfStock(context, product).stock), now);
  for (const [leftMs, stored] of [
    [660_000, 0],
    [659_999, 3],
  ] as const) {
    await redis.hset(keysOfStock(context, product).reservations, { cart: `released 4 ${now + leftMs}` });
    expect(await stock.release(call)).toMatchObject({ outcome: "released" });
    expect(await stock.commit(call)).toEqual({ outcome: "released" });
    expect(await stock.reserve({ ...call, units: 4, leaseMs: hour })).toEqual({ outcome: "released" });
    expect(await redis.exists(...answers)).toBe(stored);
  }
});
