import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshLines } from "../../support/cart/lines.js";
import { failure } from "../../support/lua/errors.js";
import { keysOfStock, storedStock } from "../../support/lua/reservations.js";
import { bytesOf } from "../../support/lua/state.js";

const { context, redis, scope, prepare, sell, giveBack, held, stored, dueMs } = freshLines();

test.each([
  { levels: [1, 5, 2], left: [1, 2, 2] },
  { levels: [2, 2, 0], left: [0, 1, 0] },
  { levels: [1, 1, 0], left: [-1, 0, 0] },
  { levels: [-4, -2], left: [-4, -5] },
])("3 units of the levels $levels leave $left", async ({ levels, left }) => {
  const product = await held([9]);
  await prepare(product, 7);
  const { stock } = keysOfStock(context, product);
  const fields = levels.map((level, position) => [`level:${"abc"[position]}`, String(level)]);
  const before = levels.reduce((sum, level) => sum + level, 0);
  await redis.hset(stock, { ...Object.fromEntries(fields), total: String(before) });
  const total = before - 3;
  expect(await sell(product, 7)).toEqual({ outcome: "committed", total, available: total });
  expect(await storedStock(context, product)).toEqual({ total, held: 0, levels: left });
  expect(await stored(product)).toEqual(["committed 3 7", 0, 0]);
  expect(await dueMs(product)).toBeUndefined();
  expect(await sell(product, 7)).toEqual({ outcome: "already_committed" });
  // The sweeper removes the text later.
  const due = await redis.zscore(keys.slotDue(scope, product), `${scope.tenant}:${product}`);
  expect(due).not.toBeNull();
});

test("only the attempt that has prepared the line sells it", async () => {
  const product = await held();
  expect(await sell(product, 7)).toEqual({ outcome: "not_prepared" });
  await prepare(product, 8);
  expect(await sell(product, 7)).toEqual({ outcome: "not_prepared" });
  expect(await sell(product, 9)).toEqual({ outcome: "not_prepared" });
  await giveBack(product, 8);
  expect(await sell(product, 8)).toEqual({ outcome: "not_prepared" });
  expect(await sell("nothing", 8)).toEqual({ outcome: "unknown" });
  expect(await stored(product)).toEqual(["held 3 8", 3, 0]);
});

test.each([{ prepared: "2" }, { prepared: "many" }, { held: "2" }, { total: "8" }, { "level:a": "nine" }])(
  "a corrupt stock of %o is an error, and nothing is written",
  async (change) => {
    const product = await held();
    await prepare(product, 7);
    const of = { ...keysOfStock(context, product), prepared: keys.slotPrepared(scope, product) };
    await redis.hset(of.stock, change);
    const before = await bytesOf(redis, of);
    expect(await failure(sell(product, 7))).toMatchObject({ code: "CORRUPT" });
    expect(await bytesOf(redis, of)).toEqual(before);
  },
);

test("no sale makes a level below -10^12: the line stays prepared until a person raises the level", async () => {
  const lowest = -1_000_000_000_000;
  const product = await held();
  await prepare(product, 7);
  const { stock } = keysOfStock(context, product);
  await redis.hset(stock, { total: lowest + 2, "level:a": lowest + 2 });
  const before = await bytesOf(redis, keysOfStock(context, product));
  expect(await failure(sell(product, 7))).toMatchObject({
    code: "ARGUMENT",
    message: expect.stringContaining("the level of a warehouse stays from -10^12 to 10^12"),
  });
  expect(await bytesOf(redis, keysOfStock(context, product))).toEqual(before);
  expect(await dueMs(product)).toBeDefined();
  await redis.hset(stock, { total: lowest + 3, "level:a": lowest + 3 });
  expect(await sell(product, 7)).toEqual({ outcome: "committed", total: lowest, available: lowest });
});

test("a product without a total or a level has lost its stock", async () => {
  for (const field of ["total", "level:a"]) {
    const product = await held();
    await prepare(product, 7);
    await redis.hdel(keysOfStock(context, product).stock, field);
    expect(await failure(sell(product, 7))).toMatchObject({ code: "CORRUPT" });
  }
});
