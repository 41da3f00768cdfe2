import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { Messages } from "../../support/lua/messages.js";
import { hour, keysOfStock, reserve, stocked, storedStock } from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { eventually } from "../../support/wait.js";

const context = freshTenant();
const { redis, scope, tenant } = context;

const recount = (product: string) => tenant.stock.recount({ product });

test("stock.recount repairs the stock after somebody deleted it and set its level again", async () => {
  const product = await stocked(context, "deleted", [9]);
  await reserve(context, product, "cart", 4);
  await redis.del(keysOfStock(context, product).stock);
  await tenant.stock.setLevel({ product, warehouse: "a", quantity: 9, sequence: 1, low: 0 });
  const release = { product, reservation: "cart", rememberMs: hour };
  const corrupt = { code: "CORRUPT", message: expect.stringContaining("held") };
  expect(await failure(tenant.stock.release(release))).toMatchObject(corrupt);
  expect(await recount(product)).toEqual({ outcome: "recounted", total: 9, available: 5 });
  expect(await tenant.stock.release(release)).toEqual({ outcome: "released", available: 9 });
});

test.each([{ total: "many" }, { total: "-1" }, { held: "x" }, { held: "5" }, { total: "1e1" }])(
  "stock.recount repairs %j and then finds nothing to repair",
  async (wrong) => {
    const product = await stocked(context, `wrong-${Object.entries(wrong)}`, [6, 4]);
    await reserve(context, product, "cart", 4);
    await redis.hset(keysOfStock(context, product).stock, wrong);
    const sums = { total: 10, available: 6 };
    expect(await recount(product)).toEqual({ outcome: "recounted", ...sums });
    expect(await storedStock(context, product)).toEqual({ total: 10, held: 4, levels: [6, 4] });
    const before = await bytesOf(redis, keysOfStock(context, product));
    expect(await recount(product)).toEqual({ outcome: "correct", ...sums });
    expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  },
);

test("stock.recount adds up 1,000 held reservations and refuses more", async () => {
  const product = await stocked(context, "many", [2_000]);
  const names = Array.from({ length: 1_000 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(context, product, name, 1)));
  await redis.hset(keysOfStock(context, product).stock, { held: 1 });
  expect(await recount(product)).toEqual({ outcome: "recounted", total: 2_000, available: 1_000 });
  await reserve(context, product, "one more", 1);
  await redis.hset(keysOfStock(context, product).stock, { total: 7 });
  expect(await recount(product)).toEqual({ outcome: "too_many" });
  expect(await storedStock(context, product)).toEqual({ total: 2_000, held: 1_001, levels: [2_000] });
});

test("stock.recount returns unknown without levels, and reports a corrupt text", async () => {
  expect(await recount("nothing")).toEqual({ outcome: "unknown" });
  const product = await stocked(context, "corrupt", [9]);
  await reserve(context, product, "cart", 4);
  await redis.hset(keysOfStock(context, product).reservations, { cart: "lost 4 1" });
  expect(await failure(recount(product))).toMatchObject({ code: "CORRUPT" });
});

test("stock.recount removes names without a text from both queues, and the product can be forgotten", async () => {
  const product = await stocked(context, "textless", [9]);
  for (const name of ["cart", "sold"]) await reserve(context, product, name, 2);
  await tenant.stock.commit({ product, reservation: "sold", rememberMs: hour });
  const { reservations, ends, closed } = keysOfStock(context, product);
  await redis.del(reservations);
  const forget = { product, limit: 10, rememberMs: hour };
  expect(await failure(tenant.stock.forget(forget))).toMatchObject({ code: "CORRUPT" });
  expect(await recount(product)).toEqual({ outcome: "recounted", total: 7, available: 7 });
  expect(await redis.exists(ends, closed)).toBe(0);
  expect(await recount(product)).toEqual({ outcome: "correct", total: 7, available: 7 });
  expect(await tenant.stock.forget(forget)).toEqual({ outcome: "forgotten", released: 0 });
});

test.each([2, 501])("stock.recount removes a name without a text among %d reservations", async (count) => {
  const product = await stocked(context, `one-textless-${count}`, [2_000]);
  const names = Array.from({ length: count }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(context, product, name, 1)));
  const { ends, closed } = keysOfStock(context, product);
  await redis.zadd(ends, "inf", "ghost");
  await redis.zadd(closed, "1.5", "old ghost");
  const sums = { total: 2_000, available: 2_000 - count };
  expect(await recount(product)).toEqual({ outcome: "recounted", ...sums });
  expect([await redis.zcard(ends), await redis.zcard(closed)]).toEqual([count, 0]);
  expect(await recount(product)).toEqual({ outcome: "correct", ...sums });
});

test("stock.recount removes 500 names of a queue in one call, and the next call goes on", async () => {
  const product = await stocked(context, "many-textless", [9]);
  await reserve(context, product, "cart", 4);
  const { ends } = keysOfStock(context, product);
  const ghosts = Array.from({ length: 1_100 }, (_, position) => [position, `ghost-${position}`]);
  await redis.zadd(ends, ...ghosts.flat());
  for (const left of [601, 101, 1]) {
    expect(await recount(product)).toEqual({ outcome: "recounted", total: 9, available: 5 });
    expect(await redis.zcard(ends)).toBe(left);
  }
  expect(await recount(product)).toEqual({ outcome: "correct", total: 9, available: 5 });
});

test("above 1,000 names of held ones, stock.recount removes names without a text before it adds up", async () => {
  const product = await stocked(context, "crowded", [2_000]);
  const names = Array.from({ length: 950 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(context, product, name, 1)));
  const { ends, stock } = keysOfStock(context, product);
  await redis.zadd(
    ends,
    ...Array.from({ length: 60 }, (_, position) => [position, `ghost-${position}`]).flat(),
  );
  await redis.hset(stock, { held: "1" });
  expect(await recount(product)).toEqual({ outcome: "too_many" });
  expect(await redis.zcard(ends)).toBe(950);
  expect(await recount(product)).toEqual({ outcome: "recounted", total: 2_000, available: 1_050 });
});

test("after stock.recount has set a product due, an earlier set_aside does not take it away", async () => {
  const product = await stocked(context, "due", [9]);
  const slotDue = keys.slotDue(scope, product);
  const messages = await Messages.of(redis, scope.namespace);
  await redis.zadd(keysOfStock(context, product).ends, 1, "ghost");
  await recount(product);
  const member = `${scope.tenant}:${product}`;
  const dueMs = Number(await redis.zscore(slotDue, member));
  expect(Math.abs(dueMs - (await nowMs(redis)))).toBeLessThan(60_000);
  expect(await messages.on(slotDue)).toEqual([String(dueMs)]);
  const setAside = { product, member, dueMs, reason: "CORRUPT held" };
  expect(await tenant.scripts.slot.setAside(setAside)).toEqual({ outcome: "set_aside" });
  await redis.zadd(keysOfStock(context, product).ends, 1, "ghost");
  await eventually("the clock goes on", async () => expect(await nowMs(redis)).toBeGreaterThan(dueMs));
  await recount(product);
  expect(await tenant.scripts.slot.setAside(setAside)).toEqual({ outcome: "changed" });
  expect(await redis.zscore(slotDue, member)).not.toBeNull();
});

test("stock.recount removes a closed reservation from the queue of held ones", async () => {
  const product = await stocked(context, "closed", [10]);
  await reserve(context, product, "sold", 2);
  await tenant.stock.commit({ product, reservation: "sold", rememberMs: hour });
  const { ends } = keysOfStock(context, product);
  await redis.zadd(ends, 1, "sold");
  expect(await recount(product)).toEqual({ outcome: "recounted", total: 8, available: 8 });
  expect(await redis.zcard(ends)).toBe(0);
  expect(await recount(product)).toEqual({ outcome: "correct", total: 8, available: 8 });
});

test("stock.recount puts reservations back into the queue that their text names", async () => {
  const product = await stocked(context, "queues", [10]);
  for (const name of ["a", "b", "sold"]) await reserve(context, product, name, 2);
  await tenant.stock.commit({ product, reservation: "sold", rememberMs: hour });
  const { ends, closed } = keysOfStock(context, product);
  const times = { a: await redis.zscore(ends, "a"), sold: await redis.zscore(closed, "sold") };
  await redis.zrem(ends, "a");
  await redis.zadd(closed, times.a ?? "", "a");
  await redis.zrem(closed, "sold");
  await redis.zrem(keys.slotDue(scope, product), `${scope.tenant}:${product}`);
  expect(await recount(product)).toEqual({ outcome: "recounted", total: 8, available: 4 });
  expect(await redis.zrange(ends, "0", "-1")).toEqual(["a", "b"]);
  expect(await redis.zrange(closed, "0", "-1")).toEqual(["sold"]);
  expect(await redis.zscore(ends, "a")).toBe(times.a);
  expect(await redis.zscore(closed, "sold")).toBe(times.sold);
  expect(await redis.zscore(keys.slotDue(scope, product), `${scope.tenant}:${product}`)).not.toBeNull();
  expect(await recount(product)).toEqual({ outcome: "correct", total: 8, available: 4 });
  expect(await tenant.stock.release({ product, reservation: "a", rememberMs: hour })).toMatchObject({
    available: 6,
  });
});

test("above 500 reservations stock.recount only says that the queues do not agree", async () => {
  const product = await stocked(context, "disagree", [2_000]);
  const names = Array.from({ length: 501 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(context, product, name, 1)));
  expect(await recount(product)).toMatchObject({ outcome: "correct" });
  await redis.zrem(keysOfStock(context, product).ends, "cart-7");
  expect(await recount(product)).toEqual({ outcome: "too_many" });
  expect(await storedStock(context, product)).toMatchObject({ held: 501 });
});

test.each(["lost 1 1", "held x 1", "held 0 1", "held 1000000000001 1", "sold 1 1"])(
  "above 500 reservations stock.recount reports the text %j too",
  async (text) => {
    const product = await stocked(context, `text-${text}`, [2_000]);
    const { reservations, ends } = keysOfStock(context, product);
    const names = Array.from({ length: 501 }, (_, position) => `cart-${position}`);
    const texts = names.flatMap((name) => [name, "held 1 9999999990000"]);
    await redis.hset(reservations, ...texts, "cart-7", "held 1000000000000 9999999990000");
    await redis.zadd(ends, ...names.flatMap((name) => [9_999_999_990_000, name]));
    expect(await recount(product)).toMatchObject({ outcome: "recounted" });
    expect(await storedStock(context, product)).toMatchObject({ held: 1_000_000_000_500 });
    await redis.hset(reservations, { "cart-7": text });
    expect(await failure(recount(product))).toMatchObject({ code: "CORRUPT" });
  },
);

test("stock.recount puts each of 500 reservations back into its queue", async () => {
  const product = await stocked(context, "most", [2_000]);
  const names = Array.from({ length: 500 }, (_, position) => `cart-${position}`);
  await Promise.all(names.map((name) => reserve(context, product, name, 1)));
  const { ends } = keysOfStock(context, product);
  await redis.del(ends);
  const ghosts = Array.from({ length: 600 }, (_, position) => [position, `ghost-${position}`]);
  await redis.zadd(ends, ...ghosts.flat());
  for (const left of [100, 0]) {
    expect(await recount(product)).toEqual({ outcome: "recounted", total: 2_000, available: 1_500 });
    expect(await redis.zcard(ends)).toBe(500 + left);
  }
});

test("stock.recount adds up 100 warehouses, and reports more of them or foreign fields", async () => {
  const { stock } = keysOfStock(context, "warehouses");
  const levelsOf = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, position) => [
        [`level:${position}`, "1"],
        [`event:${position}`, "1 1"],
      ]).flat(),
    );
  await redis.hset(stock, { ...levelsOf(100), total: "1", held: "0", prepared: "0" });
  expect(await recount("warehouses")).toEqual({ outcome: "recounted", total: 100, available: 100 });
  await redis.hset(stock, { foreign: "x", watch: "1 3" });
  expect(await failure(recount("warehouses"))).toMatchObject({ code: "CORRUPT" });
  await redis.hdel(stock, "foreign", "watch", "event:0");
  await redis.hset(stock, { "level:100": "1" });
  expect(await failure(recount("warehouses"))).toMatchObject({ code: "CORRUPT" });
});

test("without a level stock.recount removes the total and repairs held", async () => {
  const { stock } = keysOfStock(context, "levelless");
  await redis.hset(stock, { total: 5, held: 0 });
  expect(await recount("levelless")).toEqual({ outcome: "unknown" });
  expect(await redis.hgetall(stock)).toEqual({ held: "0" });
  await stocked(context, "half", [9]);
  for (const name of ["a", "b"]) await reserve(context, "half", name, 2);
  await tenant.stock.forget({ product: "half", limit: 1, rememberMs: hour });
  await redis.hset(keysOfStock(context, "half").stock, { held: "abc" });
  expect(await recount("half")).toEqual({ outcome: "unknown" });
  expect(await redis.hgetall(keysOfStock(context, "half").stock)).toEqual({ held: "2" });
  await redis.hset(keysOfStock(context, "half").stock, { held: "abc" });
  const forget = { product: "half", limit: 10, rememberMs: hour };
  expect(await tenant.stock.forget(forget)).toEqual({ outcome: "forgotten", released: 1 });
  expect(await redis.exists(keysOfStock(context, "half").stock)).toBe(0);
});

test("stock.recount writes no held above 10^14", async () => {
  const product = await stocked(context, "huge", [9]);
  const { reservations, ends } = keysOfStock(context, product);
  const hold = async (index: number) => {
    await redis.hset(reservations, { [`c${index}`]: "held 1000000000000 9999999990000" });
    await redis.zadd(ends, 9_999_999_990_000, `c${index}`);
  };
  for (let index = 0; index < 100; index++) await hold(index);
  expect(await recount(product)).toMatchObject({ outcome: "recounted", available: 9 - 1e14 });
  await hold(100);
  expect(await failure(recount(product))).toMatchObject({ code: "CORRUPT" });
  expect(await storedStock(context, product)).toEqual({ total: 9, held: 1e14, levels: [9] });
});
