import { expect, test } from "vitest";
import { keys } from "../../../../src/index.js";
import { freshLines } from "../../../support/cart/lines.js";
import { failure } from "../../../support/lua/errors.js";
import { endReservation, hour, keysOfStock, reserve } from "../../../support/lua/reservations.js";
import { bytesOf } from "../../../support/lua/state.js";

const { context, redis, scope, stock, prepare, sell, held, endLease, stored } = freshLines();
const rememberMs = hour;

/** The cart's line of 3 units, and other reservations of one unit each. All their leases have ended. */
async function ended(others: number, level: number, { isSwept = false, live = 0 } = {}): Promise<string> {
  const product = await held([999]);
  const { stock: key } = keysOfStock(context, product);
  const names = Array.from({ length: others }, (_, position) => `other-${position}`);
  for (const name of names) await reserve(context, product, name, 1);
  if (live > 0) await reserve(context, product, "live", live);
  for (const name of names) await endReservation(context, product, name);
  await endLease(product);
  // The lease of the cart has ended first.
  if (isSwept) await stock.sweep({ product, limit: 1, rememberMs });
  await redis.hset(key, { total: String(level), "level:a": String(level) });
  return product;
}

test.each([false, true])(
  "retake takes units of leases that no sweep has closed; the line swept: %s",
  async (isSwept) => {
    const product = await ended(4, 5, { isSwept });
    const of = keysOfStock(context, product);
    expect(await prepare(product, 7, { retake: true })).toEqual({ outcome: "prepared" });
    expect(await stored(product)).toEqual(["prepared 3 7", 3, 3]);
    expect(await redis.exists(of.ends)).toBe(0);
    const closed = ["other-0", "other-1", "other-2", "other-3"];
    expect((await redis.zrange(of.closed, "0", "-1")).sort()).toEqual(closed);
    for (const name of closed) expect(await redis.hget(of.reservations, name)).toMatch(/^expired 1 \d+$/);
    expect(await stock.recount({ product })).toMatchObject({ outcome: "correct" });
    expect(await sell(product, 7)).toMatchObject({ outcome: "committed", total: 2, available: 2 });
    // The sweeper finds the product before what was closed here may be forgotten.
    const due = Number(await redis.zscore(keys.slotDue(scope, product), `${scope.tenant}:${product}`));
    expect(due).toBeGreaterThan(0);
    expect(due).toBeLessThanOrEqual(Number((await redis.zrange(of.closed, "0", "0", "WITHSCORES"))[1]));
    for (const name of [...closed, "cart"]) await endReservation(context, product, name);
    expect(await stock.sweep({ product, limit: 10, rememberMs })).toMatchObject({ forgotten: 5 });
  },
);

test("a watched product reports the units of the leases that are closed", async () => {
  const product = await ended(4, 5);
  await stock.watch({ product, sequence: 1, low: 1 });
  const change = { statusBefore: "out_of_stock", status: "in_stock" };
  expect(await prepare(product, 7, { retake: true })).toEqual({ outcome: "prepared", ...change });
});

test("if the units do not suffice, the other leases stay as they are", async () => {
  const product = await ended(2, 6, { live: 4 });
  const { ends, stock: key } = keysOfStock(context, product);
  expect(await prepare(product, 7, { retake: true })).toEqual({ outcome: "shortfall", missing: 1 });
  expect((await redis.zrange(ends, "0", "-1")).sort()).toEqual(["live", "other-0", "other-1"]);
  expect(await stored(product)).toEqual(["expired 3 -", 6, 0]);
  await redis.hset(key, { total: "7", "level:a": "7" });
  expect(await prepare(product, 7, { retake: true })).toEqual({ outcome: "prepared" });
  expect(await redis.zrange(ends, "0", "-1")).toEqual(["live"]);
  expect(await stored(product)).toEqual(["prepared 3 7", 7, 3]);
});

test("at most 100 leases are counted", async () => {
  const product = await ended(101, 3, { isSwept: true });
  const { ends, stock: key } = keysOfStock(context, product);
  expect(await prepare(product, 7, { retake: true })).toEqual({ outcome: "shortfall", missing: 1 });
  await redis.hset(key, { total: "4", "level:a": "4" });
  expect(await prepare(product, 7, { retake: true })).toEqual({ outcome: "prepared" });
  expect(await redis.zcard(ends)).toBe(1);
  expect(await stored(product)).toEqual(["prepared 3 7", 4, 3]);
});

test.each([
  {
    what: "held",
    corrupt: (product: string) => redis.hset(keysOfStock(context, product).stock, { held: "5" }),
  },
  {
    what: "reservation",
    corrupt: (product: string) =>
      redis.hset(keysOfStock(context, product).reservations, { "other-1": "lost 1 1" }),
  },
])("a corrupt $what is an error, and nothing is written", async ({ what, corrupt }) => {
  const product = await ended(4, 3);
  await corrupt(product);
  const of = { ...keysOfStock(context, product), prepared: keys.slotPrepared(scope, product) };
  const before = await bytesOf(redis, of);
  const error = await failure(prepare(product, 7, { retake: true }));
  expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining(what) });
  expect(await bytesOf(redis, of)).toEqual(before);
});

test.each(["closed", "prepared"] as const)(
  "a wrong type of the %s ones is an error before the first write",
  async (wrong) => {
    const product = await ended(4, 5);
    const of = { ...keysOfStock(context, product), prepared: keys.slotPrepared(scope, product) };
    await redis.del(of[wrong]);
    await redis.set(of[wrong], "text");
    const before = await bytesOf(redis, of);
    expect(await failure(prepare(product, 7, { retake: true }))).toBeDefined();
    expect(await bytesOf(redis, of)).toEqual(before);
    await redis.del(of[wrong]);
  },
);
