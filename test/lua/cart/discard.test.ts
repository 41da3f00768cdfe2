import { expect, test } from "vitest";
import { failure } from "../../support/lua/errors.js";
import { freshCarts, hour } from "./carts.js";

const { committed, redis, scripts } = freshCarts();

async function setAside(products: readonly string[]) {
  const attempt = await committed();
  const { cart, fence, dead, member } = attempt;
  for (const lineProduct of products) {
    await scripts.setAside({ cart, fence, lineProduct, reason: "shortfall" });
  }
  const sinceMs = Number((await redis.hget(dead, member))?.split(" ")[0]);
  return { ...attempt, sinceMs };
}

test("the lines are closed for good, and the record gets an end", async () => {
  const { cart, record, dead, member, sinceMs } = await setAside(["lamp", "vase"]);
  expect(await scripts.discard({ cart, sinceMs: sinceMs - 1 })).toEqual({ outcome: "unknown" });
  expect(await redis.pttl(record)).toBe(-1);
  expect(await scripts.discard({ cart, sinceMs })).toEqual({ outcome: "discarded" });
  expect(await redis.hexists(dead, member)).toBe(0);
  expect(await redis.pttl(record)).toBeGreaterThan(hour - 60_000);
  const { lines } = await scripts.read({ cart }).then((reply) => ("lines" in reply ? reply : { lines: [] }));
  expect(lines.map(({ state }) => state)).toEqual(["discarded", "discarded"]);
  // A late copy, and one of redrive.
  expect(await scripts.discard({ cart, sinceMs })).toEqual({ outcome: "unknown" });
  expect(await scripts.redrive({ cart, sinceMs })).toEqual({ outcome: "unknown" });
});

test("while another line is open, the record has no end", async () => {
  const { cart, fence, record, due, member, sinceMs } = await setAside(["lamp"]);
  expect(await scripts.discard({ cart, sinceMs })).toEqual({ outcome: "discarded" });
  expect(await redis.pttl(record)).toBe(-1);
  expect(await redis.zscore(due, member)).not.toBeNull();
  expect(await scripts.finish({ cart, fence, products: ["lamp", "vase"] })).toEqual({ outcome: "finished" });
  expect(await redis.hget(record, "line:lamp")).toBe("2 discarded");
  expect(await redis.pttl(record)).toBeGreaterThan(0);
});

test("an entry without a record is removed", async () => {
  const { cart, record, dead, member, sinceMs } = await setAside(["lamp", "vase"]);
  await redis.del(record);
  expect(await scripts.discard({ cart, sinceMs })).toEqual({ outcome: "discarded" });
  expect(await redis.exists(record)).toBe(0);
  expect(await redis.hexists(dead, member)).toBe(0);
});

test("corrupt records are errors, and stay as they are", async () => {
  const foreign = Object.fromEntries(
    Array.from({ length: 99 }, (_, position) => [`foreign-${position}`, "x"]),
  );
  for (const change of [{ "line:lamp": "2 perhaps" }, { open: "101" }, { remember_ms: "1" }, foreign]) {
    const { cart, record, sinceMs } = await setAside(["lamp"]);
    await redis.hset(record, change);
    const before = await redis.hgetall(record);
    expect(await failure(scripts.discard({ cart, sinceMs }))).toMatchObject({ code: "CORRUPT" });
    expect(await redis.hgetall(record)).toEqual(before);
  }
});
