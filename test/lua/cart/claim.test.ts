import { expect, test } from "vitest";
import { nowMs } from "../../support/lua/commands.js";
import { freshCarts } from "./carts.js";

const { begun, redis, scripts } = freshCarts();

const retryMs = 600_000;

test("one worker takes a cart, and it is due again later", async () => {
  const { cart, due, member } = await begun();
  const dueMs = Number(await redis.zscore(due, member));
  expect(await scripts.claim({ cart, dueMs: dueMs - 1, retryMs })).toEqual({ outcome: "changed" });
  const before = await nowMs(redis);
  expect(await scripts.claim({ cart, dueMs, retryMs })).toEqual({ outcome: "claimed" });
  expect(await scripts.claim({ cart, dueMs, retryMs })).toEqual({ outcome: "changed" });
  const next = Number(await redis.zscore(due, member));
  expect(next).toBeGreaterThanOrEqual(before + retryMs);
  expect(next).toBeLessThanOrEqual((await nowMs(redis)) + retryMs);
});

test("a cart without an open line or without a record leaves the index", async () => {
  for (const isGone of [true, false]) {
    const { cart, record, due, member } = await begun();
    if (isGone) await redis.del(record);
    else await redis.hset(record, { open: "0" });
    const dueMs = Number(await redis.zscore(due, member));
    expect(await scripts.claim({ cart, dueMs, retryMs })).toEqual({ outcome: "finished" });
    expect(await redis.zscore(due, member)).toBeNull();
  }
});

test("a cart that is not in the index is not taken", async () => {
  expect(await scripts.claim({ cart: "nobody", dueMs: 1, retryMs })).toEqual({ outcome: "changed" });
});
