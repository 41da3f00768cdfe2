import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { expectAt, failure } from "../../support/lua/errors.js";
import {
  endReservation,
  hour,
  keysOfStock,
  reserve as reserveOf,
  setEnd,
  stocked,
  storedReservations,
  storedStock,
} from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const most = 1_000_000_000_000;
const context = freshTenant();
const { redis, scope, tenant } = context;

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
  expect(reply).not.toHaveProperty("repeated", true);
  expect(await tenant.stock.reserve(again)).toEqual({ ...reply, repeated: true });
  expect(await tenant.stock.reserve({ ...again, units: 3 })).toEqual({ outcome: "mismatch" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before2);
});

test("stock.reserve returns the final state of an ended reservation and changes nothing", async () => {
  const product = await stocked(context, "ended", [9]);
  for (const reservation of ["sold", "given back", "over"]) await reserve(product, reservation, 2);
  await commit(product, "sold");
  await tenant.stock.release({ product, reservation: "given back", rememberMs: hour });
  await endReservation(context, product, "over");
  await tenant.stock.sweep({ product, limit: 10, rememberMs: hour });
  const before = await bytesOf(redis, keysOfStock(context, product));
  // Each call has its own operation, so each looks again.
  for (const units of [2, 5]) {
    expect(await reserve(product, "sold", units)).toEqual({ outcome: "already_committed" });
    expect(await reserve(product, "given back", units)).toEqual({ outcome: "released" });
    expect(await reserve(product, "over", units)).toEqual({ outcome: "expired" });
  }
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test("stock.reserve of a name whose lease has ended closes it for good and frees its units", async () => {
  const product = await stocked(context, "own", [9]);
  await reserve(product, "cart", 9);
  await endReservation(context, product, "cart");
  expect(await reserve(product, "cart", 9)).toEqual({ outcome: "expired" });
  expect(await storedStock(context, product)).toEqual({ total: 9, held: 0, levels: [9] });
  expect(await storedReservations(context, product)).toEqual({ cart: "expired 9" });
  const { ends, closed } = keysOfStock(context, product);
  expect(await redis.zscore(ends, "cart")).toBeNull();
  expect(Number(await redis.zscore(closed, "cart"))).toBeGreaterThan((await nowMs(redis)) + hour - 60_000);
  const sale = { product, change: -9, backorder: false, low: 0, rememberMs: hour };
  expect(await tenant.stock.adjust(sale)).toMatchObject({ outcome: "adjusted", total: 0 });
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
  const { closed } = keysOfStock(context, product);
  const states = { a: "expired 3", b: "expired 3", c: "held 3" };
  expect(await storedReservations(context, product)).toEqual(states);
  expect(Number(await redis.zscore(closed, "a"))).toBeGreaterThan((await nowMs(redis)) + hour - 60_000);
  expect(await reserve(product, "d", 6)).toMatchObject({ outcome: "reserved", available: 0 });
});

test("one stock.reserve call closes at most 100 leases, the earliest first, and then says again", async () => {
  const product = await stocked(context, "many", [250]);
  const names = Array.from({ length: 250 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(product, name, 1)));
  await Promise.all(names.map((name, position) => endReservation(context, product, name, 9_000 - position)));
  expect(await reserve(product, "big", 250)).toEqual({ outcome: "again" });
  const states = await storedReservations(context, product);
  expect([states["cart-99"], states["cart-100"]]).toEqual(["expired 1", "held 1"]);
  expect(await reserve(product, "big", 250)).toEqual({ outcome: "again" });
  expect(await reserve(product, "big", 251)).toEqual({ outcome: "refused", available: 250 });
  expect(await reserve(product, "big", 250)).toMatchObject({ outcome: "reserved", available: 0 });
});

test("the last units are sold although 100 closed reservations wait to be forgotten before a dead cart", async () => {
  const product = await stocked(context, "row-e", [102]);
  const names = Array.from({ length: 100 }, (_, position) => `paid-${position}`);
  for (const name of [...names, "dead"]) await reserve(product, name, 1);
  await Promise.all(names.map((name) => commit(product, name)));
  for (const [position, name] of names.entries()) {
    await endReservation(context, product, name, 9_000 - position);
  }
  await endReservation(context, product, "dead");
  expect(await reserve(product, "last", 2)).toMatchObject({ outcome: "reserved", available: 0 });
  // Forgetting is a small part of each call. A sweep does the rest.
  expect(await redis.zcard(keysOfStock(context, product).closed)).toBe(91);
});

test("stock.reserve removes closed reservations in small parts", async () => {
  const product = await stocked(context, "closed", [102]);
  const names = Array.from({ length: 15 }, (_, position) => `cart-${position}`);
  for (const name of names) {
    await reserve(product, name, 1);
    await commit(product, name);
  }
  for (const [position, name] of names.entries()) {
    await endReservation(context, product, name, 9_000 - position);
  }
  await reserve(product, "next", 1);
  expect(Object.keys(await storedReservations(context, product)).sort()).toEqual(
    ["cart-10", "cart-11", "cart-12", "cart-13", "cart-14", "next"].sort(),
  );
  await reserve(product, "other", 1);
  expect(Object.keys(await storedReservations(context, product)).sort()).toEqual(["next", "other"]);
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
  expect(await redis.zscore(keys.slotDue(scope, "nothing"), `${scope.tenant}:nothing`)).toBeNull();
});

test("a refused stock.reserve changes no reservation if no lease has expired", async () => {
  const product = await stocked(context, "refused", [5]);
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await reserve(product, "cart", 6)).toMatchObject({ outcome: "refused" });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
});

test.each([
  { name: "an unknown state", stored: "lost 3 {past}", names: "reservation" },
  { name: "no units", stored: "held", names: "reservation" },
  { name: "no end", stored: "held 3", names: "reservation" },
  { name: "0 units", stored: "held 0 {past}", names: "reservation" },
  { name: "negative units", stored: "held -3 {past}", names: "reservation" },
  { name: "a fraction of a unit", stored: "held 1.5 {past}", names: "reservation" },
  { name: "more units than the maximum", stored: "held 1000000000001 {past}", names: "reservation" },
  { name: "an end beyond all times", stored: "held 3 8640000000000001", names: "reservation" },
  { name: "more units than the held total", stored: "held 6 {past}", names: "held" },
])(
  "stock.reserve reports an expired reservation with $name as corrupt, its own and another's",
  async ({ name, stored, names }) => {
    for (const own of [false, true]) {
      // Nobody needs the end of another's lease that is over by its place in the queue.
      if (!own && name.startsWith("an end")) continue;
      const product = await stocked(context, `${name}-${own}`, [9]);
      const past = String((await nowMs(redis)) - 1);
      await redis.hset(keysOfStock(context, product).stock, { held: 5 });
      await redis.hset(keysOfStock(context, product).reservations, { cart: stored.replace("{past}", past) });
      await redis.zadd(keysOfStock(context, product).ends, past, "cart");
      const before = await bytesOf(redis, keysOfStock(context, product));
      const error = await failure(reserve(product, own ? "cart" : "other", 1));
      expectAt(error, "CORRUPT", "stock.reserve", new RegExp(`err = "CORRUPT ${names}"`));
      expect(error.message).toContain(names);
      expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
    }
  },
);

test("stock.reserve reports a queued reservation without a text, or a closed one, as corrupt", async () => {
  const nameless = await stocked(context, "nameless", [9]);
  await setEnd(context, nameless, "cart", 1);
  expect(await failure(reserve(nameless, "other", 3))).toMatchObject({ code: "CORRUPT" });
  const closed = await stocked(context, "closed-in-queue", [9]);
  await reserve(closed, "cart", 3);
  await commit(closed, "cart");
  await redis.zadd(keysOfStock(context, closed).ends, 1, "cart");
  expect(await failure(reserve(closed, "other", 3))).toMatchObject({ code: "CORRUPT" });
});

test("after the stock was deleted, a reservation ends cleanly", async () => {
  const product = await stocked(context, "stockless", [9]);
  await reserve(product, "cart", 3);
  await redis.del(keysOfStock(context, product).stock);
  expect(await reserve(product, "cart", 3)).toEqual({ outcome: "unknown" });
  expect(await reserve(product, "other", 3)).toEqual({ outcome: "unknown" });
  expect(await commit(product, "cart")).toEqual({ outcome: "unknown" });
  expect(await tenant.stock.release({ product, reservation: "cart", rememberMs: hour })).toEqual({
    outcome: "released",
    available: 0,
  });
  expect(await redis.exists(keysOfStock(context, product).stock)).toBe(0);
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
