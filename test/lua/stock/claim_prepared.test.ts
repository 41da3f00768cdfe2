import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshLines } from "../../support/cart/lines.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { keysOfStock } from "../../support/lua/reservations.js";

const { context, redis, scope, stock, prepare, held, dueMs } = freshLines();
const retryMs = 60_000;

const claim = (product: string, due = 0) =>
  stock.claimPrepared({ product, reservation: "cart", dueMs: due, retryMs });

test("one worker takes a line, and it is due again later", async () => {
  const product = await held();
  await prepare(product, 7);
  const due = (await dueMs(product)) ?? 0;
  expect(await claim(product, due - 1)).toEqual({ outcome: "changed" });
  const before = await nowMs(redis);
  expect(await claim(product, due)).toEqual({ outcome: "prepared", fence: 7 });
  expect(await claim(product, due)).toEqual({ outcome: "changed" });
  expect(await dueMs(product)).toBeGreaterThanOrEqual(before + retryMs);
  expect(await dueMs(product)).toBeLessThanOrEqual((await nowMs(redis)) + retryMs);
});

test("a line that is not prepared leaves the index", async () => {
  for (const isGone of [true, false]) {
    const product = await held();
    await redis.zadd(keys.slotPrepared(scope, product), 5, `${scope.tenant}:${product}\tcart`);
    if (isGone) await redis.del(keysOfStock(context, product).reservations);
    expect(await claim(product, 5)).toEqual({ outcome: "not_prepared" });
    expect(await dueMs(product)).toBeUndefined();
  }
  expect(await claim("nothing")).toEqual({ outcome: "changed" });
});

test("a corrupt text is an error, and the line stays in the index", async () => {
  const product = await held();
  await prepare(product, 7);
  await redis.hset(keysOfStock(context, product).reservations, { cart: "prepared 3 5" });
  const due = await dueMs(product);
  expect(await failure(claim(product, due))).toMatchObject({ code: "CORRUPT" });
  expect(await dueMs(product)).toBe(due);
});
