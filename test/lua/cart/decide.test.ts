import { expect, test } from "vitest";
import { failure } from "../../support/lua/errors.js";
import { freshCarts, twoLines } from "./carts.js";

const { begun, end, redis, scripts } = freshCarts();

test("only the attempt of the record is committed", async () => {
  const { cart, fence } = await begun();
  await end(cart);
  const next = await begun(twoLines, cart);
  expect(await scripts.decide({ cart, fence })).toEqual({ outcome: "aborted" });
  expect(await scripts.decide({ cart, fence: next.fence + 1 })).toEqual({ outcome: "aborted" });
  expect(await scripts.decide(next)).toEqual({ outcome: "committed" });
  expect(await scripts.decide(next)).toEqual({ outcome: "committed" });
  expect(await scripts.decide({ cart, fence })).toEqual({ outcome: "aborted" });
});

test("a worker that comes first wins over a call after the time of the attempt", async () => {
  const { cart, fence } = await begun();
  await end(cart);
  expect(await scripts.settle({ cart })).toMatchObject({ outcome: "aborted" });
  expect(await scripts.decide({ cart, fence })).toEqual({ outcome: "aborted" });
});

test("a record that is absent stays absent", async () => {
  const { cart, fence, record } = await begun();
  await redis.del(record);
  expect(await scripts.decide({ cart, fence })).toEqual({ outcome: "unknown" });
  expect(await redis.exists(record)).toBe(0);
});

test.each(["fence", "state"])("a record without %s is corrupt, or is none", async (field) => {
  const { cart, fence, record } = await begun();
  await redis.hset(record, { [field]: "perhaps" });
  expect(await failure(scripts.decide({ cart, fence }))).toMatchObject({ code: "CORRUPT" });
});
