import { expect, test } from "vitest";
import { failure } from "../../support/lua/errors.js";
import { freshCarts } from "./carts.js";

const { begun, committed, end, redis, scripts } = freshCarts();

test("an attempt has its time, and is aborted then, in one step", async () => {
  const { cart, fence, record } = await begun();
  const early = await scripts.settle({ cart });
  expect(early).toEqual({ outcome: "undecided", waitMs: expect.any(Number) });
  expect("waitMs" in early && early.waitMs).toBeGreaterThan(50_000);
  expect(await redis.hget(record, "state")).toBe("undecided");
  await end(cart);
  const openLines = expect.arrayContaining([{ product: "lamp", units: 2 }]);
  expect(await scripts.settle({ cart })).toEqual({ outcome: "aborted", fence, openLines });
  expect(await redis.hget(record, "state")).toBe("aborted");
});

test("a committed cart stays committed, long after its time", async () => {
  const { cart, fence, record } = await committed();
  await end(cart);
  await scripts.finish({ cart, fence, products: ["lamp"] });
  const openLines = [{ product: "vase", units: 1 }];
  expect(await scripts.settle({ cart })).toEqual({ outcome: "committed", fence, openLines });
  expect(await redis.hget(record, "state")).toBe("committed");
});

test("corrupt records are errors, and stay as they are", async () => {
  for (const change of [{ state: "perhaps" }, { "line:lamp": "2 perhaps" }, { "line:lamp": "two" }]) {
    const { cart, record } = await begun();
    await end(cart);
    await redis.hset(record, change);
    const before = await redis.hgetall(record);
    expect(await failure(scripts.settle({ cart }))).toMatchObject({ code: "CORRUPT" });
    expect(await redis.hgetall(record)).toEqual(before);
  }
});

test("a record with foreign fields is too long", async () => {
  const lines = Array.from({ length: 100 }, (_, position) => ({ product: `lamp-${position}`, units: 1 }));
  const { cart, record } = await begun(lines);
  await end(cart);
  expect(await scripts.settle({ cart })).toMatchObject({ outcome: "aborted" });
  await redis.hset(record, { foreign: "1" });
  expect(await failure(scripts.settle({ cart }))).toMatchObject({ code: "CORRUPT" });
});
