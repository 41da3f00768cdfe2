import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshCarts, horizonMs } from "./carts.js";

const { begun, committed, redis, scope, scripts } = freshCarts();

const lamp = { lineProduct: "lamp", reason: "shortfall" };

test("a late copy does not set a line aside that redrive has opened", async () => {
  const { cart, fence, record, dead, due, member } = await committed();
  const call = { cart, fence, operation: "op-1", ...lamp };
  expect(await scripts.setAside(call)).toEqual({ outcome: "set_aside" });
  expect(await redis.zscore(due, member)).not.toBeNull();
  const [since = "", ...reason] = (await redis.hget(dead, member))?.split(" ") ?? [];
  expect(reason.join(" ")).toBe("lamp: shortfall");
  expect(await scripts.redrive({ cart, sinceMs: Number(since) })).toEqual({ outcome: "redriven" });
  expect(await scripts.setAside(call)).toEqual({ outcome: "set_aside" });
  expect(await redis.hmget(record, "open", "set_aside", "line:lamp")).toEqual(["2", "0", "2 open"]);
  expect(await redis.hexists(dead, member)).toBe(0);
  const operation = keys.cartOperation(scope, cart, "op-1");
  expect(await redis.pttl(operation)).toBeGreaterThan(horizonMs - 60_000);
  expect(await scripts.setAside({ ...call, operation: "op-2" })).toEqual({ outcome: "set_aside" });
});

test("after the last open line, the cart leaves the index of open carts", async () => {
  const { cart, fence, due, member } = await committed([{ product: "lamp", units: 2 }]);
  expect(await scripts.setAside({ cart, fence, ...lamp })).toEqual({ outcome: "set_aside" });
  expect(await redis.zscore(due, member)).toBeNull();
});

test("an answer that changed nothing is remembered, and other arguments are a mismatch", async () => {
  const { cart, fence } = await begun();
  const call = { cart, fence, operation: "op-1", ...lamp };
  expect(await scripts.setAside(call)).toEqual({ outcome: "superseded" });
  await scripts.decide({ cart, fence });
  expect(await scripts.setAside(call)).toEqual({ outcome: "superseded" });
  const other = { ...call, lineProduct: "vase" };
  expect(await scripts.setAside(other)).toEqual({ outcome: "mismatch" });
  expect(await scripts.setAside({ ...call, fence: fence + 1 })).toEqual({ outcome: "mismatch" });
  const later = { ...call, operation: "op-2", fence: fence + 1 };
  expect(await scripts.setAside(later)).toEqual({ outcome: "superseded" });
  const rug = { ...call, operation: "op-3", lineProduct: "rug" };
  for (const _ of [1, 2]) expect(await scripts.setAside(rug)).toEqual({ outcome: "not_open" });
  const unknown = { ...call, cart: "nobody" };
  for (const _ of [1, 2]) expect(await scripts.setAside(unknown)).toEqual({ outcome: "unknown" });
});

test("corrupt records and answers are errors, and stay as they are", async () => {
  for (const change of [{ state: "perhaps" }, { "line:lamp": "2 perhaps" }, { open: "0" }]) {
    const { cart, fence, record } = await committed();
    await redis.hset(record, change);
    const before = await redis.hgetall(record);
    expect(await failure(scripts.setAside({ cart, fence, ...lamp }))).toMatchObject({ code: "CORRUPT" });
    expect(await redis.hgetall(record)).toEqual(before);
  }
  const { cart, fence } = await committed();
  await redis.set(keys.cartOperation(scope, cart, "op-1"), `begun ${fence} lamp`);
  const call = scripts.setAside({ cart, fence, operation: "op-1", ...lamp });
  expect(await failure(call)).toMatchObject({ code: "CORRUPT" });
});
