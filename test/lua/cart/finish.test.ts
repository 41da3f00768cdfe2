import { expect, test } from "vitest";
import { failure } from "../../support/lua/errors.js";
import { freshCarts, horizonMs, hour, twoLines } from "./carts.js";

const { begun, committed, redis, scripts } = freshCarts();

test("the record ends after its last line, never before, and at least after the horizon", async () => {
  for (const [rememberMs, ttlMs] of [
    [2 * hour, 2 * hour],
    [1_000, horizonMs],
  ] as const) {
    const { cart, fence, record, due, member } = await begun(twoLines, undefined, rememberMs);
    await scripts.decide({ cart, fence });
    expect(await scripts.finish({ cart, fence, products: ["vase"] })).toEqual({ outcome: "open" });
    expect(await redis.pttl(record)).toBe(-1);
    expect(await redis.zscore(due, member)).not.toBeNull();
    expect(await scripts.finish({ cart, fence, products: ["vase", "lamp"] })).toEqual({
      outcome: "finished",
    });
    expect(await redis.pttl(record)).toBeGreaterThan(ttlMs - 60_000);
    expect(await redis.pttl(record)).toBeLessThanOrEqual(ttlMs);
    expect(await redis.zscore(due, member)).toBeNull();
    // A second run does not give it another end.
    await redis.pexpire(record, 5_000);
    expect(await scripts.finish({ cart, fence, products: ["lamp"] })).toEqual({ outcome: "finished" });
    expect(await redis.pttl(record)).toBeLessThanOrEqual(5_000);
  }
});

test("nothing follows before the decision, and a line is counted once", async () => {
  const { cart, fence, record } = await begun();
  const products = ["lamp", "lamp", "rug"];
  expect(await scripts.finish({ cart, fence, products })).toEqual({ outcome: "undecided" });
  expect(await scripts.finish({ cart, fence: fence + 1, products })).toEqual({ outcome: "superseded" });
  expect(await redis.hget(record, "open")).toBe("2");
  await scripts.abort({ cart, fence });
  expect(await scripts.finish({ cart, fence, products })).toEqual({ outcome: "open" });
  expect(await redis.hmget(record, "open", "line:lamp")).toEqual(["1", "2 finished"]);
  expect(await scripts.finish({ cart, fence, products: [] })).toEqual({ outcome: "open" });
  expect(await scripts.finish({ cart: "nobody", fence, products })).toEqual({ outcome: "unknown" });
});

test("a record with a line that is set aside has no end", async () => {
  const { cart, fence, record, due, member } = await committed();
  await scripts.setAside({ cart, fence, lineProduct: "lamp", reason: "shortfall" });
  expect(await scripts.finish({ cart, fence, products: ["vase"] })).toEqual({ outcome: "finished" });
  expect(await redis.pttl(record)).toBe(-1);
  expect(await redis.hget(record, "line:lamp")).toBe("2 set_aside");
  expect(await redis.zscore(due, member)).toBeNull();
});

test("corrupt records are errors, and stay as they are", async () => {
  for (const change of [{ state: "perhaps" }, { "line:lamp": "2 perhaps" }, { open: "0" }]) {
    const { cart, fence, record } = await committed();
    await redis.hset(record, change);
    const before = await redis.hgetall(record);
    const call = scripts.finish({ cart, fence, products: ["lamp"] });
    expect(await failure(call)).toMatchObject({ code: "CORRUPT" });
    expect(await redis.hgetall(record)).toEqual(before);
  }
});

test("a line that a slower worker has set aside is finished", async () => {
  const { cart, fence, record, dead, member } = await committed();
  for (const lineProduct of ["lamp", "vase"]) {
    await scripts.setAside({ cart, fence, lineProduct, reason: "shortfall" });
  }
  expect(await scripts.finish({ cart, fence, products: ["lamp"] })).toEqual({ outcome: "finished" });
  expect(await redis.hmget(record, "open", "set_aside", "line:lamp")).toEqual(["0", "1", "2 finished"]);
  expect(await redis.hexists(dead, member)).toBe(1);
  expect(await redis.pttl(record)).toBe(-1);
  expect(await scripts.finish({ cart, fence, products: ["vase"] })).toEqual({ outcome: "finished" });
  expect(await redis.hexists(dead, member)).toBe(0);
  expect(await redis.pttl(record)).toBeGreaterThan(0);
});
