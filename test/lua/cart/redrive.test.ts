import { expect, test } from "vitest";
import { failure } from "../../support/lua/errors.js";
import { Messages } from "../../support/lua/messages.js";
import { freshCarts } from "./carts.js";

const { committed, redis, scope, scripts } = freshCarts();

const messages = await Messages.of(redis, scope.namespace);

async function setAside(products: readonly string[]) {
  const attempt = await committed();
  const { cart, fence, dead, member } = attempt;
  for (const lineProduct of products) {
    await scripts.setAside({ cart, fence, lineProduct, reason: "shortfall" });
  }
  const sinceMs = Number((await redis.hget(dead, member))?.split(" ")[0]);
  return { ...attempt, sinceMs };
}

test("all lines that were set aside are open again, and the worker hears of it", async () => {
  const { cart, fence, record, due, dead, member, sinceMs } = await setAside(["lamp", "vase"]);
  expect(await redis.zscore(due, member)).toBeNull();
  const before = [...(await messages.on(due))];
  expect(await scripts.redrive({ cart, sinceMs: sinceMs - 1 })).toEqual({ outcome: "unknown" });
  expect(await scripts.redrive({ cart, sinceMs })).toEqual({ outcome: "redriven" });
  expect(await redis.hmget(record, "open", "set_aside")).toEqual(["2", "0"]);
  const dueMs = await redis.zscore(due, member);
  expect(await messages.on(due)).toEqual([...before, dueMs]);
  expect(await redis.hexists(dead, member)).toBe(0);
  const { outcome } = await scripts.finish({ cart, fence, products: ["lamp", "vase"] });
  expect(outcome).toBe("finished");
  expect(await redis.pttl(record)).toBeGreaterThan(0);
});

test("open lines stay open, and finished ones finished", async () => {
  const { cart, fence, record, sinceMs } = await setAside(["lamp"]);
  expect(await scripts.redrive({ cart, sinceMs })).toEqual({ outcome: "redriven" });
  expect(await redis.hmget(record, "open", "line:vase")).toEqual(["2", "1 open"]);
  await scripts.finish({ cart, fence, products: ["vase"] });
  expect(await scripts.redrive({ cart, sinceMs })).toEqual({ outcome: "unknown" });
  expect(await redis.hget(record, "line:vase")).toBe("1 finished");
});

test("an entry without a line that is set aside is removed", async () => {
  const { cart, record, due, dead, member, sinceMs } = await setAside(["lamp", "vase"]);
  await redis.del(record);
  expect(await scripts.redrive({ cart, sinceMs })).toEqual({ outcome: "redriven" });
  expect(await redis.exists(record)).toBe(0);
  expect(await redis.zscore(due, member)).toBeNull();
  expect(await redis.hexists(dead, member)).toBe(0);
});

test("corrupt records are errors, and stay as they are", async () => {
  const foreign = Object.fromEntries(
    Array.from({ length: 99 }, (_, position) => [`foreign-${position}`, "x"]),
  );
  for (const change of [{ "line:lamp": "2 perhaps" }, { open: "101" }, foreign]) {
    const { cart, record, sinceMs } = await setAside(["lamp"]);
    await redis.hset(record, change);
    const before = await redis.hgetall(record);
    expect(await failure(scripts.redrive({ cart, sinceMs }))).toMatchObject({ code: "CORRUPT" });
    expect(await redis.hgetall(record)).toEqual(before);
  }
});
