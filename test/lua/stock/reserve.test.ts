import { expect, test } from "vitest";
import { nowMs } from "../../support/lua/commands.js";
import { expectAt, failure } from "../../support/lua/errors.js";
import {
  endReservation,
  hour,
  keysOfStock,
  reserve as reserveOf,
  stocked,
  storedStock,
} from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const most = 1_000_000_000_000;
const context = freshTenant();
const { redis, tenant } = context;

const reserve = (product: string, reservation: string, units: number) =>
  reserveOf(context, product, reservation, units);
const commit = (product: string, reservation: string) =>
  tenant.stock.commit({ product, reservation, rememberMs: hour });

test.each([
  { levels: [5], units: 5, outcome: "reserved", available: 0 },
  { levels: [5], units: 6, outcome: "refused", available: 5 },
  { levels: [3, 2], units: 5, outcome: "reserved", available: 0 },
  { levels: [0], units: 1, outcome: "refused", available: 0 },
  { levels: [6, -2], units: 4, outcome: "reserved", available: 0 },
  { levels: [6, -2], units: 5, outcome: "refused", available: 4 },
  { levels: [-3], units: 1, outcome: "refused", available: -3 },
  { levels: [most, most], units: most, outcome: "reserved", available: most },
])(
  "stock.reserve returns $outcome for $units units of the levels $levels",
  async ({ levels, units, outcome, available }) => {
    const product = await stocked(context, `of-${levels}-${units}`, levels);
    expect(await reserve(product, "cart", units)).toMatchObject({ outcome, available });
    const held = outcome === "reserved" ? units : 0;
    expect(await storedStock(context, product)).toMatchObject({ held, levels });
  },
);

test("several reservations add up and do not change the levels", async () => {
  const product = await stocked(context, "several", [4, 6]);
  for (const [position, units] of [3, 3, 3].entries()) {
    expect(await reserve(product, `cart-${position}`, units)).toMatchObject({ available: 7 - 3 * position });
  }
  expect(await reserve(product, "cart-3", 2)).toEqual({ outcome: "refused", available: 1 });
  expect(await storedStock(context, product)).toEqual({ total: 10, held: 9, levels: [4, 6] });
});

test("stock.reserve sets the requested lease, and a repeated call returns the first lease", async () => {
  const product = await stocked(context, "lease", [9]);
  const before = await nowMs(redis);
  const reply = await reserve(product, "cart", 4);
  const ends = reply.outcome === "reserved" ? reply.leaseEndsMs : 0;
  expect(ends).toBeGreaterThanOrEqual(before + hour);
  expect(ends).toBeLessThanOrEqual((await nowMs(redis)) + hour);
  const before2 = await bytesOf(redis, keysOfStock(context, product));
  const again = { product, reservation: "cart", units: 4, leaseMs: 9 * hour, rememberMs: hour };
  expect(await tenant.stock.reserve(again)).toEqual(reply);
  expect(await tenant.stock.reserve({ ...again, units: 3 })).toEqual({ outcome: "mismatch" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before2);
});

test("stock.reserve returns the final state of an ended reservation and changes nothing", async () => {
  const product = await stocked(context, "ended", [9]);
  for (const reservation of ["sold", "given back", "over"]) await reserve(product, reservation, 2);
  await commit(product, "sold");
  await tenant.stock.release({ product, reservation: "given back", rememberMs: hour });
  await endReservation(context, product, "over");
  const before = await bytesOf(redis, keysOfStock(context, product));
  for (const units of [2, 5]) {
    expect(await reserve(product, "sold", units)).toEqual({ outcome: "already_committed" });
    expect(await reserve(product, "given back", units)).toEqual({ outcome: "released" });
    expect(await reserve(product, "over", units)).toEqual({ outcome: "expired" });
  }
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("stock.reserve treats a forgotten reservation as a new one", async () => {
  const product = await stocked(context, "forgotten", [9]);
  await reserve(product, "cart", 2);
  await tenant.stock.release({ product, reservation: "cart", rememberMs: hour });
  await endReservation(context, product, "cart");
  expect(await reserve(product, "other", 1)).toMatchObject({ outcome: "reserved", available: 8 });
  expect(await redis.hexists(keysOfStock(context, product).reservations, "cart")).toBe(0);
  expect(await reserve(product, "cart", 3)).toMatchObject({ outcome: "reserved", available: 5 });
});

test("stock.reserve ends expired leases, also when it refuses, and keeps them for rememberMs", async () => {
  const product = await stocked(context, "over", [9]);
  for (const name of ["a", "b", "c"]) await reserve(product, name, 3);
  await endReservation(context, product, "a");
  await endReservation(context, product, "b");
  expect(await reserve(product, "d", 7)).toEqual({ outcome: "refused", available: 6 });
  const { reservations, ends } = keysOfStock(context, product);
  expect(await redis.hgetall(reservations)).toEqual({ a: "expired 3", b: "expired 3", c: "held 3" });
  expect(Number(await redis.zscore(ends, "a"))).toBeGreaterThan((await nowMs(redis)) + hour - 60_000);
  expect(await reserve(product, "d", 6)).toMatchObject({ outcome: "reserved", available: 0 });
});

test("one stock.reserve call ends at most 100 leases, the earliest first", async () => {
  const product = await stocked(context, "many", [250]);
  const names = Array.from({ length: 250 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(product, name, 1)));
  await Promise.all(names.map((name, position) => endReservation(context, product, name, 9_000 - position)));
  expect(await reserve(product, "big", 250)).toEqual({ outcome: "refused", available: 100 });
  const stored = await redis.hmget(keysOfStock(context, product).reservations, "cart-99", "cart-100");
  expect(stored).toEqual(["expired 1", "held 1"]);
  expect(await reserve(product, "big", 250)).toEqual({ outcome: "refused", available: 200 });
  expect(await reserve(product, "big", 250)).toMatchObject({ outcome: "reserved", available: 0 });
});

test("a lease of 1 ms ends by itself", async () => {
  const product = await stocked(context, "short", [1]);
  await tenant.stock.reserve({ product, reservation: "quick", units: 1, leaseMs: 1, rememberMs: hour });
  await expect
    .poll(async () => (await reserve(product, "next", 1)).outcome, { timeout: 10_000, interval: 5 })
    .toBe("reserved");
  expect(await commit(product, "quick")).toEqual({ outcome: "expired" });
  expect(await commit(product, "next")).toMatchObject({ outcome: "committed", total: 0 });
});

test("held units are not for sale except on backorder", async () => {
  const product = await stocked(context, "sale", [5]);
  await reserve(product, "cart", 3);
  const sale = { product, change: -3, low: 0, rememberMs: hour };
  expect(await tenant.stock.adjust({ ...sale, backorder: false })).toMatchObject({
    outcome: "refused",
    total: 5,
    available: 2,
  });
  expect(await tenant.stock.adjust({ ...sale, backorder: true })).toMatchObject({
    outcome: "adjusted",
    total: 2,
    available: -1,
    status: "out_of_stock",
  });
  expect(await commit(product, "cart")).toEqual({ outcome: "short" });
});

test("stock.reserve returns unknown for a product without stock and writes nothing", async () => {
  expect(await reserve("nothing", "cart", 1)).toEqual({ outcome: "unknown" });
  expect(await redis.exists(...Object.values(keysOfStock(context, "nothing")))).toBe(0);
});

test("a refused stock.reserve writes nothing if no lease has expired", async () => {
  const product = await stocked(context, "refused", [5]);
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await reserve(product, "cart", 6)).toMatchObject({ outcome: "refused" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test.each([
  { name: "an unknown state", stored: "lost 3", names: "reservation" },
  { name: "no units", stored: "held", names: "reservation" },
  { name: "0 units", stored: "held 0", names: "units of a reservation" },
  { name: "negative units", stored: "held -3", names: "reservation" },
  { name: "a fraction of a unit", stored: "held 1.5", names: "reservation" },
  { name: "more units than the maximum", stored: "held 1000000000001", names: "units of a reservation" },
  { name: "more units than the held total", stored: "held 6", names: "held" },
])(
  "stock.reserve reports an expired reservation with $name as corrupt, its own and another's",
  async ({ name, stored, names }) => {
    for (const own of [false, true]) {
      if (own && name.startsWith("more units than the held")) continue;
      const product = await stocked(context, `${name}-${own}`, [9]);
      await redis.hset(keysOfStock(context, product).stock, { held: 5 });
      await redis.hset(keysOfStock(context, product).reservations, { cart: stored });
      await endReservation(context, product, "cart");
      const before = await bytesOf(redis, keysOfStock(context, product));
      const error = await failure(reserve(product, own ? "cart" : "other", 1));
      expectAt(error, "CORRUPT", "stock.reserve", /corrupt\(|stored_reservation\(|stored_integer\(/);
      expect(error.message).toContain(names);
      expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
    }
  },
);

test("stock.reserve reports a reservation without an end, state or stock as corrupt", async () => {
  const endless = await stocked(context, "endless", [9]);
  await redis.hset(keysOfStock(context, endless).reservations, { cart: "held 3" });
  expect(await failure(reserve(endless, "cart", 3))).toMatchObject({ code: "CORRUPT" });
  const nameless = await stocked(context, "nameless", [9]);
  await endReservation(context, nameless, "cart");
  expect(await failure(reserve(nameless, "other", 3))).toMatchObject({ code: "CORRUPT" });
  const stockless = await stocked(context, "stockless", [9]);
  await reserve(stockless, "cart", 3);
  await redis.del(keysOfStock(context, stockless).stock);
  expect(await failure(reserve(stockless, "cart", 3))).toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining("total"),
  });
});

test.each([
  { units: 0 },
  { units: -1 },
  { units: most + 1 },
  { leaseMs: 0 },
  { rememberMs: 999 },
  { reservation: "" },
])("stock.reserve refuses %j before it is sent", async (wrong) => {
  const args = { product: "wrong", reservation: "cart", units: 1, leaseMs: hour, rememberMs: hour };
  expect(await failure(tenant.stock.reserve({ ...args, ...wrong }))).toMatchObject({ code: "ARGUMENT" });
});
