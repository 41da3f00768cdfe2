import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshLines } from "../../support/cart/lines.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { hour, keysOfStock, reserve, stocked } from "../../support/lua/reservations.js";

const { context, redis, scope, stock, prepare, giveBack, held, endLease, stored, dueMs } = freshLines();
const rememberMs = hour;

test("only the decision ends a prepared line", async () => {
  const product = await held();
  expect(await prepare(product, 7)).toEqual({ outcome: "prepared" });
  await endLease(product);
  const cart = { product, reservation: "cart", rememberMs };
  expect(await stock.release(cart)).toEqual({ outcome: "prepared" });
  expect(await stock.commit(cart)).toEqual({ outcome: "prepared" });
  expect(await stock.reserve({ ...cart, units: 3, leaseMs: hour })).toEqual({ outcome: "prepared" });
  expect(await stock.sweep({ product, limit: 10, rememberMs })).toMatchObject({ outcome: "nothing_due" });
  expect(await stock.forget({ product, limit: 10, rememberMs })).toEqual({ outcome: "prepared" });
  const others = { product, reservation: "other", units: 7, leaseMs: hour, rememberMs };
  expect(await stock.reserve(others)).toMatchObject({ outcome: "refused" });
  expect(await stored(product)).toEqual(["prepared 3 7", 3, 3]);
});

test("a prepared line is due in the index of its slot, and the same attempt changes nothing", async () => {
  const product = await held();
  const before = await nowMs(redis);
  await prepare(product, 7);
  const due = (await dueMs(product)) ?? 0;
  expect(due).toBeGreaterThanOrEqual(before + 600_000);
  expect(due).toBeLessThanOrEqual((await nowMs(redis)) + 600_000);
  const index = keys.slotPrepared(scope, product);
  await redis.zadd(index, 5, `${scope.tenant}:${product}\tcart`);
  expect(await prepare(product, 7)).toEqual({ outcome: "prepared" });
  expect(await dueMs(product)).toBe(5);
  expect(await prepare(product, 8)).toEqual({ outcome: "prepared" });
  expect(await dueMs(product)).toBeGreaterThan(before);
});

test("a line goes to a later attempt, and never to an earlier one", async () => {
  const product = await held();
  await prepare(product, 7);
  expect(await prepare(product, 6)).toEqual({ outcome: "superseded" });
  expect(await prepare(product, 8)).toEqual({ outcome: "prepared" });
  expect(await prepare(product, 7)).toEqual({ outcome: "superseded" });
  expect(await stored(product)).toEqual(["prepared 3 8", 3, 3]);
  await giveBack(product, 8);
  expect(await prepare(product, 8)).toEqual({ outcome: "superseded" });
  expect(await prepare(product, 9, { units: 2 })).toEqual({ outcome: "mismatch" });
  expect(await prepare(product, 9)).toEqual({ outcome: "prepared" });
});

test("a line whose lease has ended is prepared only with retake", async () => {
  for (const isSwept of [false, true]) {
    const product = await held([5]);
    await endLease(product);
    if (isSwept) await stock.sweep({ product, limit: 10, rememberMs });
    expect(await prepare(product, 7, { retake: true })).toEqual({ outcome: "prepared" });
    expect(await stored(product)).toEqual(["prepared 3 7", 3, 3]);
    const { ends, closed } = keysOfStock(context, product);
    expect([await redis.exists(ends), await redis.exists(closed)]).toEqual([0, 0]);
    expect(await giveBack(product, 7)).toEqual({ outcome: "expired" });
  }
});

test.each([false, true])(
  "a line whose lease has ended is closed for good if it is not prepared, with retake %s",
  async (retake) => {
    const product = await held([5]);
    await stock.watch({ product, sequence: 1, low: 2 });
    await redis.hset(keysOfStock(context, product).stock, { total: "2", "level:a": "2" });
    await endLease(product);
    const operation = "op-1";
    const answer = retake ? { outcome: "shortfall", missing: 1 } : { outcome: "expired" };
    const change = { statusBefore: "out_of_stock", status: "low_stock" };
    expect(await prepare(product, 7, { retake, operation })).toEqual({ ...answer, ...change });
    expect(await stored(product)).toEqual(["expired 3 -", 0, 0]);
    const { ends, closed } = keysOfStock(context, product);
    expect([await redis.exists(ends), await redis.zcard(closed)]).toEqual([0, 1]);
    expect(await prepare(product, 7, { retake, operation })).toEqual(answer);
    // A failover may set the clock back.
    expect(await prepare(product, 7)).toEqual({ outcome: "expired" });
    expect(await stock.recount({ product })).toMatchObject({ outcome: "correct" });
  },
);

test("never more units are missing than the line has", async () => {
  const product = await held([9]);
  const { stock: key } = keysOfStock(context, product);
  await redis.hset(key, { total: "2", "level:a": "2" });
  const other = { product, reservation: "other", units: 5, leaseMs: hour, rememberMs };
  await stock.reserve({ ...other, backorder: true });
  const line = {
    product,
    reservation: "other",
    fence: 7,
    retake: false,
    prepareLimitMs: 600_000,
    rememberMs,
  };
  await redis.hset(key, { total: "5", "level:a": "5" });
  expect(await stock.prepare({ ...line, units: 5 })).toEqual({ outcome: "prepared" });
  await redis.hset(key, { total: "-9", "level:a": "-9" });
  expect(await prepare(product, 7)).toEqual({ outcome: "short", missing: 3 });
  await endLease(product);
  expect(await prepare(product, 7, { retake: true })).toEqual({ outcome: "shortfall", missing: 3 });
});

test("retake takes no units that others hold, and says how many are missing", async () => {
  for (const [others, missing] of [
    [2, 0],
    [3, 1],
    [5, 3],
  ] as const) {
    const product = await held([5]);
    await endLease(product);
    await stock.sweep({ product, limit: 10, rememberMs });
    await reserve(context, product, "other", others);
    const reply = missing > 0 ? { outcome: "shortfall", missing } : { outcome: "prepared" };
    const operation = `op-${others}`;
    expect(await prepare(product, 7, { retake: true, operation })).toEqual(reply);
    expect(await prepare(product, 7, { retake: true, operation })).toEqual(reply);
  }
});

test("units that a count has taken are missing, for a held line and for one whose lease has ended", async () => {
  const product = await held([5]);
  await redis.hset(keysOfStock(context, product).stock, { total: "2", "level:a": "2" });
  expect(await prepare(product, 7)).toEqual({ outcome: "short", missing: 1 });
  await endLease(product);
  expect(await prepare(product, 7, { retake: true })).toEqual({ outcome: "shortfall", missing: 1 });
});

test("prepared lines of other carts leave no units for a held one", async () => {
  const product = await held([6]);
  const other = { product, reservation: "other", units: 3, leaseMs: hour, rememberMs };
  await stock.reserve(other);
  await prepare(product, 7);
  await redis.hset(keysOfStock(context, product).stock, { total: "4", "level:a": "4" });
  const call = { product, reservation: "other", units: 3, fence: 7, retake: false, prepareLimitMs: 600_000 };
  expect(await stock.prepare({ ...call, rememberMs })).toEqual({ outcome: "short", missing: 2 });
  expect(await stock.commit({ product, reservation: "other", rememberMs })).toEqual({ outcome: "short" });
  const warehouse = { product, reservation: "other", warehouse: "a", rememberMs };
  expect(await stock.commit(warehouse)).toEqual({ outcome: "short" });
});

test("sold and released lines say so", async () => {
  const product = await held();
  await stock.commit({ product, reservation: "cart", rememberMs });
  expect(await prepare(product, 7)).toEqual({ outcome: "already_committed" });
  expect(await prepare(product, 7, { units: 2 })).toEqual({ outcome: "mismatch" });
  const other = await held();
  await stock.release({ product: other, reservation: "cart", rememberMs });
  expect(await prepare(other, 7, { retake: true })).toEqual({ outcome: "released" });
  expect(await prepare("nothing", 7)).toEqual({ outcome: "unknown" });
  const forgotten = await held();
  await redis.hdel(keysOfStock(context, forgotten).stock, "total", "level:a");
  expect(await prepare(forgotten, 7)).toEqual({ outcome: "unknown" });
});

test("an answer is remembered for 11 minutes, and other arguments are a mismatch", async () => {
  const product = await stocked(context, "later", [9]);
  const operation = "op-1";
  expect(await prepare(product, 7, { operation })).toEqual({ outcome: "unknown" });
  await reserve(context, product, "cart", 3);
  expect(await prepare(product, 7, { operation })).toEqual({ outcome: "unknown" });
  for (const other of [{ units: 2 }, { retake: true }]) {
    expect(await prepare(product, 7, { operation, ...other })).toEqual({ outcome: "mismatch" });
  }
  expect(await prepare(product, 8, { operation })).toEqual({ outcome: "mismatch" });
  const key = keys.prepareOperation(scope, product, operation);
  expect(await redis.pttl(key)).toBeGreaterThan(600_000);
  expect(await redis.pttl(key)).toBeLessThanOrEqual(660_000);
  for (const text of ["done 0 3 7 no cart", "unknown x 3 7 no cart", "unknown"]) {
    await redis.set(key, text);
    expect(await failure(prepare(product, 7, { operation }))).toMatchObject({ code: "CORRUPT" });
  }
});

test.each(["mismatch", "superseded", "already_committed", "released", "expired", "unknown"])(
  "the remembered answer %s comes again",
  async (outcome) => {
    const product = await held();
    const operation = "op-1";
    await redis.set(keys.prepareOperation(scope, product, operation), `${outcome} 0 3 7 no cart`);
    expect(await prepare(product, 7, { operation })).toEqual({ outcome });
    expect(await stored(product)).toEqual(["held 3 -", 3, 0]);
  },
);
