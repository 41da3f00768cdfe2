import { expect, test } from "vitest";
import { keys } from "../../../../src/index.js";
import { freshLines } from "../../../support/cart/lines.js";
import { nowMs } from "../../../support/lua/commands.js";
import { failure } from "../../../support/lua/errors.js";
import { hour, keysOfStock } from "../../../support/lua/reservations.js";

const { context, redis, scope, stock, prepare, held, stored, dueMs } = freshLines();

test("the sums and the index of prepared lines are repaired, and a second call finds them right", async () => {
  const product = await held();
  await prepare(product, 7);
  const of = keysOfStock(context, product);
  const sums = { outcome: "correct", total: 9, available: 6 };
  expect(await stock.recount({ product })).toEqual(sums);
  await redis.hset(of.stock, { held: "0", prepared: "0" });
  expect(await stock.recount({ product })).toEqual({ ...sums, outcome: "recounted" });
  expect(await stored(product)).toEqual(["prepared 3 7", 3, 3]);
  await redis.del(keys.slotPrepared(scope, product));
  const before = await nowMs(redis);
  expect(await stock.recount({ product })).toEqual({ ...sums, outcome: "recounted" });
  expect(await dueMs(product)).toBeGreaterThanOrEqual(before);
  // A prepared line is in no queue.
  for (const queue of [of.ends, of.closed]) {
    await redis.zadd(queue, 5, "cart");
    expect(await stock.recount({ product })).toEqual({ ...sums, outcome: "recounted" });
    expect(await redis.exists(queue)).toBe(0);
  }
  expect(await stock.recount({ product })).toEqual(sums);
});

/** A product with 9 units, 501 reservations of one unit, and the prepared line of the cart, of 3 units. */
async function crowded() {
  const product = await held();
  await prepare(product, 7);
  const of = { ...keysOfStock(context, product), index: keys.slotPrepared(scope, product) };
  const names = Array.from({ length: 501 }, (_, position) => `cart-${position}`);
  const end = String((await nowMs(redis)) + hour);
  await redis.hset(of.reservations, Object.fromEntries(names.map((name) => [name, `held 1 ${end} 7`])));
  await redis.zadd(of.ends, ...names.flatMap((name) => [end, name]));
  return { product, of, end, sums: { total: 9, available: 9 - 3 - 501 } };
}

test("with more than 500 reservations, held and prepared ones are counted too", async () => {
  const { product, of, end, sums } = await crowded();
  // Other entries of the slot: of another product, and of a line that is sold.
  await redis.zadd(of.index, 1, `${scope.tenant}:${product}2\tcart`, 2, `${scope.tenant}:${product}\tsold`);
  await redis.hset(of.reservations, { sold: `committed 4 ${end} 6` });
  await redis.zadd(of.closed, end, "sold");
  for (const wrong of [{ held: "1" }, { prepared: "0" }, { prepared: "many" }]) {
    await redis.hset(of.stock, wrong);
    expect(await stock.recount({ product })).toEqual({ outcome: "recounted", ...sums });
    expect(await stock.recount({ product })).toEqual({ outcome: "correct", ...sums });
    expect(await redis.hmget(of.stock, "held", "prepared")).toEqual(["504", "3"]);
  }
});

test("with more than 500 reservations, prepared ones outside the index are not counted", async () => {
  const { product, of, end, sums } = await crowded();
  await redis.hset(of.reservations, { "cart-1": `prepared 1 ${end} 8` });
  await redis.zrem(of.ends, "cart-1");
  expect(await stock.recount({ product })).toEqual({ outcome: "too_many" });
  const member = (name: string) => `${scope.tenant}:${product}\t${name}`;
  await redis.zadd(of.index, 5, member("cart-1"));
  expect(await stock.recount({ product })).toEqual({ outcome: "recounted", ...sums });
  expect(await redis.hmget(of.stock, "held", "prepared")).toEqual(["504", "4"]);
  // The index has more entries than one call reads.
  const others = Array.from({ length: 498 }, (_, position) => [1, `other:lamp\tcart-${position}`]);
  await redis.zadd(of.index, ...others.flat());
  expect(await stock.recount({ product })).toEqual({ outcome: "correct", ...sums });
  await redis.zadd(of.index, 1, "other:lamp\tlast");
  expect(await stock.recount({ product })).toEqual({ outcome: "too_many" });
});

test.each(["prepared x 1 7", "prepared 0 1 7", "prepared 1000000000001 1 7", "prepared 1 1", "lost 1 1"])(
  "with more than 500 reservations, the text %j of a prepared one is an error",
  async (text) => {
    const { product, of } = await crowded();
    await redis.hset(of.reservations, { cart: text });
    expect(await failure(stock.recount({ product }))).toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining("reservation"),
    });
  },
);

test("the last warehouse stays while a cart is being committed", async () => {
  const product = await held([0]);
  const of = keysOfStock(context, product);
  const line = { cart: `held 3 ${(await nowMs(redis)) + hour}` };
  await redis.hset(of.reservations, line);
  await redis.hset(of.stock, { held: "3", prepared: "3", "event:a": "1 0" });
  const drop = { product, warehouse: "a" };
  expect(await stock.dropWarehouse({ ...drop, sequence: 2 })).toEqual({ outcome: "not_empty" });
  expect(await redis.hget(of.stock, "event:a")).toBe("2 0");
  expect(await stock.dropWarehouse({ ...drop, sequence: 2 })).toEqual({ outcome: "repeated" });
  await redis.hset(of.stock, { prepared: "0" });
  expect(await stock.dropWarehouse({ ...drop, sequence: 3 })).toEqual({ outcome: "dropped" });
  expect(await redis.hgetall(of.stock)).toEqual({ held: "3" });
  // A recount of a product without a level may find prepared units.
  await redis.hset(of.stock, { prepared: "3" });
  expect(await stock.read({ product, low: 0 })).toEqual({ outcome: "unknown" });
});
