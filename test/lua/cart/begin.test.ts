import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { freshCarts, horizonMs, hour, twoLines } from "./carts.js";

const { begun, end, keysOf, redis, scope, scripts } = freshCarts();

const messages = await Messages.of(redis, scope.namespace);

const begin = (cart: string, operation: string, lines = twoLines) =>
  scripts.begin({ cart, operation, lines, prepareLimitMs: 60_000, rememberMs: hour });

test("lines must be there, each product once", async () => {
  const cart = freshName();
  expect(await failure(begin(cart, "op-1", []))).toMatchObject({ code: "ARGUMENT" });
  const twice = [...twoLines, { product: "lamp", units: 2 }];
  expect(await failure(begin(cart, "op-1", twice))).toMatchObject({ code: "ARGUMENT" });
  expect(await redis.exists(keysOf(cart).record)).toBe(0);
});

test("the same operation has the same attempt, and other lines are a mismatch", async () => {
  const cart = freshName();
  const first = await begin(cart, "op-1");
  expect(first).toMatchObject({ outcome: "begun" });
  expect(await begin(cart, "op-1")).toEqual(first);
  const [lamp, vase] = twoLines;
  for (const lines of [
    [lamp],
    [lamp, { product: "vase", units: 2 }],
    [lamp, { product: "rug", units: 1 }],
    [lamp, vase, { product: "rug", units: 1 }],
  ]) {
    expect(await begin(cart, "op-1", lines as typeof twoLines)).toEqual({ outcome: "mismatch" });
  }
});

test("the same operation, after its attempt is over, begins nothing", async () => {
  const cart = freshName();
  const first = await begin(cart, "op-1");
  await scripts.abort({ cart, fence: "fence" in first ? first.fence : 0 });
  expect(await begin(cart, "op-1")).toEqual({ outcome: "aborted" });
  const next = await begin(cart, "op-2");
  expect(next).toMatchObject({ outcome: "begun" });
  // The record has the next attempt now.
  expect(await begin(cart, "op-1")).toEqual({ outcome: "aborted" });
  expect(await begin(cart, "op-2")).toEqual(next);
  await scripts.decide({ cart, fence: "fence" in next ? next.fence : 0 });
  expect(await begin(cart, "op-2")).toEqual({ outcome: "already_committed" });
  await redis.del(keysOf(cart).record);
  expect(await begin(cart, "op-2")).toEqual({ outcome: "aborted" });
});

test("a committed cart with a line that is set aside is known by its operation", async () => {
  const cart = freshName();
  const first = await begin(cart, "op-1");
  const fence = "fence" in first ? first.fence : 0;
  await scripts.decide({ cart, fence });
  await scripts.setAside({ cart, fence, lineProduct: "lamp", reason: "shortfall" });
  expect(await begin(cart, "op-1")).toEqual({ outcome: "already_committed" });
});

test("a late copy begins nothing after the record of a committed cart has ended", async () => {
  const { cart, fence, record } = await begun();
  await scripts.decide({ cart, fence });
  expect(await begin(cart, "op-2")).toEqual({ outcome: "already_committed" });
  await redis.del(record);
  expect(await begin(cart, "op-2")).toEqual({ outcome: "already_committed" });
  const ttl = await redis.pttl(keys.cartOperation(scope, cart, "op-2"));
  expect(ttl).toBeGreaterThan(horizonMs - 60_000);
});

test("a late copy of a busy call begins nothing, also after the time of the other attempt", async () => {
  const { cart } = await begun();
  expect(await begin(cart, "op-2")).toEqual({ outcome: "busy", waitMs: expect.any(Number) });
  await end(cart);
  expect(await begin(cart, "op-2")).toEqual({ outcome: "busy", waitMs: 0 });
});

test("the next attempt takes over an aborted record that has an end, and its lines alone count", async () => {
  const { cart, fence, record, due, member } = await begun();
  await scripts.abort({ cart, fence });
  expect(await scripts.finish({ cart, fence, products: ["lamp", "vase"] })).toEqual({ outcome: "finished" });
  expect(await redis.pttl(record)).toBeGreaterThan(0);
  const next = await begun([{ product: "rug", units: 3 }], cart);
  expect(next.fence).toBeGreaterThan(fence);
  expect(await redis.pttl(record)).toBe(-1);
  expect(await redis.hmget(record, "state", "lines", "open", "line:rug", "line:lamp")).toEqual([
    "undecided",
    "1",
    "1",
    "3 open",
    null,
  ]);
  expect(await redis.zscore(due, member)).toBe(await redis.hget(record, "deadline_ms"));
});

test("100 lines follow 100 others", async () => {
  const lines = (name: string) =>
    Array.from({ length: 100 }, (_, position) => ({ product: `${name}-${position}`, units: 1 }));
  const { cart, record } = await begun(lines("lamp"));
  await end(cart);
  await begun(lines("vase"), cart);
  expect(await redis.hlen(record)).toBe(107);
  await redis.hset(record, { foreign: "1" });
  await end(cart);
  expect(await failure(begin(cart, "op-1"))).toMatchObject({ code: "CORRUPT" });
});

test("a corrupt answer of the operation is an error", async () => {
  const cart = freshName();
  for (const text of ["begun", "begun x", "begun 0", "done"]) {
    await redis.set(keys.cartOperation(scope, cart, "op-1"), text);
    expect(await failure(begin(cart, "op-1"))).toMatchObject({ code: "CORRUPT" });
  }
});

test("a message says when the first cart of the slot is due", async () => {
  const { cart, due, record } = await begun();
  expect(await messages.on(due)).toEqual([await redis.hget(record, "deadline_ms")]);
  await redis.zadd(due, Date.now() + 20_000, "acme:earlier");
  await end(cart);
  await begun(twoLines, cart);
  expect(await messages.on(due)).toHaveLength(1);
  // A cart that is overdue does not hold back the message.
  await redis.zadd(due, 1, "acme:earlier");
  await end(cart);
  await begun(twoLines, cart);
  expect(await messages.on(due)).toHaveLength(2);
});

test("a cart that was committed with other lines is a mismatch, also for a late copy", async () => {
  const { cart, fence, record } = await begun();
  await scripts.decide({ cart, fence });
  const [lamp, vase, rug] = [...twoLines, { product: "rug", units: 1 }].map((line) => [line]);
  const others = [lamp, [...(lamp ?? []), { product: "vase", units: 9 }], [...twoLines, ...(rug ?? [])]];
  for (const [index, lines] of others.entries()) {
    expect(await begin(cart, `op-${index}`, lines)).toEqual({ outcome: "mismatch" });
  }
  expect(await begin(cart, "op-same")).toEqual({ outcome: "already_committed" });
  // The record has ended, and a late copy begins no attempt.
  await redis.del(record);
  expect(await begin(cart, "op-0", vase)).toEqual({ outcome: "mismatch" });
  expect(await redis.exists(record)).toBe(0);
});
