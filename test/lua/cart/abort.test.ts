import { expect, test } from "vitest";
import { failure } from "../../support/lua/errors.js";
import { freshCarts, twoLines } from "./carts.js";

const { begun, committed, redis, scripts } = freshCarts();

test("an aborted attempt is never committed", async () => {
  const { cart, fence } = await begun();
  expect(await scripts.abort({ cart, fence })).toEqual({ outcome: "aborted" });
  expect(await scripts.abort({ cart, fence })).toEqual({ outcome: "aborted" });
  expect(await scripts.decide({ cart, fence })).toEqual({ outcome: "aborted" });
});

test("a committed attempt is never aborted", async () => {
  const { cart, fence, record } = await committed();
  expect(await scripts.abort({ cart, fence })).toEqual({ outcome: "committed" });
  expect(await redis.hget(record, "state")).toBe("committed");
});

test("an earlier attempt is over, also if a later one is committed", async () => {
  const { cart, fence } = await begun();
  await scripts.abort({ cart, fence });
  const next = await begun(twoLines, cart);
  expect(await scripts.abort({ cart, fence })).toEqual({ outcome: "aborted" });
  expect(await scripts.decide(next)).toEqual({ outcome: "committed" });
  expect(await scripts.abort({ cart, fence })).toEqual({ outcome: "aborted" });
});

test("without a record there is nothing to abort, and a corrupt state is an error", async () => {
  expect(await scripts.abort({ cart: "nobody", fence: 1 })).toEqual({ outcome: "unknown" });
  const { cart, fence, record } = await begun();
  await redis.hset(record, { state: "perhaps" });
  expect(await failure(scripts.abort({ cart, fence }))).toMatchObject({ code: "CORRUPT" });
});
