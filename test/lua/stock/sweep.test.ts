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

const sweep = (product: string, limit = 100, rememberMs = hour) =>
  tenant.stock.sweep({ product, limit, rememberMs });

test("stock.sweep writes nothing for a product without reservations", async () => {
  const none = { outcome: "nothing_due", expired: 0, forgotten: 0 };
  expect(await sweep("nothing")).toEqual(none);
  expect(await redis.exists(...Object.values(keysOfStock(context, "nothing")))).toBe(0);
  const product = await stocked(context, "quiet", [9]);
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await sweep(product)).toEqual(none);
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("stock.sweep keeps current leases and returns the time until the first one ends", async () => {
  const product = await stocked(context, "running", [9]);
  const first = await reserve(context, product, "first", 2);
  const ends = first.outcome === "reserved" ? first.leaseEndsMs : 0;
  await tenant.stock.reserve({
    product,
    reservation: "second",
    units: 2,
    leaseMs: 2 * hour,
    rememberMs: hour,
  });
  const before = ends - (await nowMs(redis));
  const { waitMs = -1, ...rest } = await sweep(product);
  expect(rest).toEqual({ outcome: "nothing_due", expired: 0, forgotten: 0 });
  expect(waitMs).toBeLessThanOrEqual(before);
  expect(waitMs).toBeGreaterThanOrEqual(ends - (await nowMs(redis)));
});

test("stock.sweep ends 250 leases in parts, the earliest first, and later forgets them", async () => {
  const product = await stocked(context, "many", [250]);
  const names = Array.from({ length: 250 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(context, product, name, 1)));
  await Promise.all(names.map((name, position) => endReservation(context, product, name, 9_000 - position)));
  for (const [expired, waits, held] of [
    [100, 0, 150],
    [100, 0, 50],
    [50, hour, 0],
  ]) {
    const reply = await sweep(product, 100);
    expect(reply).toMatchObject({ outcome: "swept", expired, forgotten: 0 });
    expect((reply.waitMs ?? -1) <= (waits ?? 0) && (reply.waitMs ?? -1) >= (waits ?? 0) - 60_000).toBe(true);
    expect((await storedStock(context, product)).held).toBe(held);
  }
  for (const name of names) await endReservation(context, product, name);
  for (const forgotten of [100, 100, 49]) {
    const limit = forgotten;
    expect(await sweep(product, limit)).toEqual({ outcome: "swept", expired: 0, forgotten, waitMs: 0 });
  }
  expect(await sweep(product)).toEqual({ outcome: "swept", expired: 0, forgotten: 1 });
  const { stock: _, ...gone } = keysOfStock(context, product);
  expect(await redis.exists(...Object.values(gone))).toBe(0);
});

test("stock.sweep closes ended leases before it removes closed reservations", async () => {
  const product = await stocked(context, "kinds", [1_000]);
  const names = Array.from({ length: 90 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(context, product, name, 1)));
  const end = { product, rememberMs: hour };
  for (const [position, reservation] of names.entries()) {
    if (position % 3 === 1) await tenant.stock.commit({ ...end, reservation });
    if (position % 3 === 2) await tenant.stock.release({ ...end, reservation });
    await endReservation(context, product, reservation, 9_000 - position);
  }
  expect(await sweep(product, 70)).toMatchObject({ outcome: "swept", expired: 30, forgotten: 40, waitMs: 0 });
  expect(await sweep(product)).toMatchObject({ outcome: "swept", expired: 0, forgotten: 20 });
  expect((await storedStock(context, product)).held).toBe(0);
  expect(await redis.hlen(keysOfStock(context, product).reservations)).toBe(30);
});

test("stock.sweep keeps an expired reservation for rememberMs, and waitMs is at most that", async () => {
  const product = await stocked(context, "known", [9]);
  await reserve(context, product, "over", 2);
  await reserve(context, product, "runs", 2);
  await endReservation(context, product, "over");
  const { waitMs } = await sweep(product, 10, 1_000);
  expect(waitMs).toBe(1_000);
  expect(await redis.hget(keysOfStock(context, product).stock, "held")).toBe("2");
  const left =
    Number(await redis.zscore(keysOfStock(context, product).closed, "over")) - (await nowMs(redis));
  expect(left).toBeLessThanOrEqual(1_000);
});

test("stock.sweep forgets closed reservations even if the stock is missing, and creates no stock", async () => {
  const product = await stocked(context, "gone", [9]);
  await reserve(context, product, "cart", 2);
  await tenant.stock.commit({ product, reservation: "cart", rememberMs: hour });
  await redis.del(keysOfStock(context, product).stock);
  await endReservation(context, product, "cart");
  expect(await sweep(product)).toEqual({ outcome: "swept", expired: 0, forgotten: 1 });
  expect(await redis.exists(...Object.values(keysOfStock(context, product)))).toBe(0);
  expect(await tenant.stock.read({ product, low: 0 })).toEqual({ outcome: "unknown" });
});

test("after the stock was deleted, stock.sweep closes its reservations and creates no stock", async () => {
  const product = await stocked(context, "deleted", [9]);
  await reserve(context, product, "over", 2);
  await reserve(context, product, "runs", 2);
  await redis.del(keysOfStock(context, product).stock);
  await endReservation(context, product, "over");
  expect(await sweep(product)).toMatchObject({ outcome: "swept", expired: 1, forgotten: 0 });
  await endReservation(context, product, "runs");
  expect(await sweep(product)).toMatchObject({ outcome: "swept", expired: 1, forgotten: 0 });
  expect(await redis.exists(keysOfStock(context, product).stock)).toBe(0);
  for (const name of ["over", "runs"]) await endReservation(context, product, name);
  expect(await sweep(product)).toEqual({ outcome: "swept", expired: 0, forgotten: 2 });
});

test("a sweep of a product that was forgotten in part leaves the held units of the others", async () => {
  const product = await stocked(context, "half", [9]);
  for (const name of ["first", "over", "runs"]) await reserve(context, product, name, 2);
  await tenant.stock.forget({ product, limit: 1, rememberMs: hour });
  const { stock } = keysOfStock(context, product);
  await endReservation(context, product, "over");
  expect(await sweep(product)).toMatchObject({ outcome: "swept", expired: 1 });
  expect(await redis.hgetall(stock)).toEqual({ held: "2" });
  await endReservation(context, product, "runs");
  expect(await sweep(product)).toMatchObject({ outcome: "swept", expired: 1 });
  expect(await redis.exists(stock)).toBe(0);
});

test("stock.sweep sets when its product is due again in the index of the slot", async () => {
  const product = await stocked(context, "indexed", [9]);
  const index = keys.slotDue(scope, product);
  const member = `${scope.tenant}:${product}`;
  const due = async () => Number(await redis.zscore(index, member));
  await reserve(context, product, "first", 2);
  await tenant.stock.reserve({
    product,
    reservation: "second",
    units: 2,
    leaseMs: 2 * hour,
    rememberMs: hour,
  });
  const { ends, closed } = keysOfStock(context, product);
  const secondEnds = Number(await redis.zscore(ends, "second"));
  await tenant.stock.commit({ product, reservation: "first", rememberMs: 60_000 });
  await redis.zadd(index, 1, member);
  expect(await sweep(product)).toMatchObject({ outcome: "nothing_due" });
  expect(await due()).toBe(Number(await redis.zscore(closed, "first")));
  await endReservation(context, product, "first");
  await sweep(product);
  expect(await due()).toBe(secondEnds);
  await endReservation(context, product, "second");
  await sweep(product);
  expect(await redis.hget(keysOfStock(context, product).stock, "held")).toBe("0");
  expect(await due()).toBe(Number(await redis.zscore(closed, "second")));
  await endReservation(context, product, "second");
  await sweep(product);
  expect(await redis.zscore(index, member)).toBeNull();
});

test("stock.sweep removes nothing if the key of the reservations has another type", async () => {
  const product = await stocked(context, "foreign", [9]);
  const { reservations, closed } = keysOfStock(context, product);
  await redis.set(reservations, "foreign");
  await redis.zadd(closed, 1, "sold");
  expect(await failure(sweep(product))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await redis.zcard(closed)).toBe(1);
});

test.each([
  { name: "an unknown state", stored: "lost 2 1", names: "reservation" },
  { name: "more units than the held total", stored: "held 3 1", names: "held" },
  { name: "a next end with a fraction", stored: "held 2 1", nextEnd: 0.5, names: "end of a reservation" },
])("stock.sweep reports $name as corrupt and sweeps nothing", async ({ name, stored, nextEnd, names }) => {
  const product = await stocked(context, name, [9]);
  await reserve(context, product, "cart", 2);
  const { reservations, ends } = keysOfStock(context, product);
  await endReservation(context, product, "cart");
  await redis.hset(reservations, { cart: stored });
  if (nextEnd) await redis.zadd(ends, (await nowMs(redis)) + hour + nextEnd, "later");
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await failure(sweep(product))).toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining(names),
  });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});
