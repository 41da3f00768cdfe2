import { expect, test } from "vitest";
import { claimed, endLease, keysOfSet } from "../../support/lua/claims.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/shard.js";
import { bytesOf } from "../../support/lua/state.js";

const hour = 3_600_000;
const context = freshTenant();
const { redis, tenant } = context;

const park = (queue: string, items: readonly string[], reason = "no such offer", claim = "run") =>
  tenant.expiry.deadLetter({ queue: queue, claim, items, reason });

test("expiry.dead_letter stores the reason and the time, and no later claim returns the item", async () => {
  await claimed(context, "dead", ["a", "b"]);
  const before = await nowMs(redis);
  expect(await park("dead", ["a"], "ünknown: {offer}\n")).toEqual({ outcome: "dead_lettered", again: [] });
  const after = await nowMs(redis);
  const { items } = await tenant.expiry.listDead({ queue: "dead", limit: 10 });
  expect(items).toEqual([
    { item: "a", attempts: 1, reason: "ünknown: {offer}\n", deadSinceMs: expect.any(Number) },
  ]);
  expect(items[0]?.deadSinceMs).toBeGreaterThanOrEqual(before);
  expect(items[0]?.deadSinceMs).toBeLessThanOrEqual(after);
  await endLease(context, "dead");
  const next = await tenant.expiry.claim({ queue: "dead", claim: "next", limit: 9, leaseMs: hour });
  expect(next).toMatchObject({ items: [{ item: "b", attempts: 2 }] });
});

test("expiry.dead_letter accepts 100 items, none, an unclaimed item and a repeated item", async () => {
  const items = Array.from({ length: 100 }, (_, position) => `offer-${position}`);
  await claimed(context, "many", items);
  const held = keysOfSet(context, "many");
  const before = await bytesOf(redis, held);
  expect(await park("many", [])).toEqual({ outcome: "dead_lettered", again: [] });
  expect(await park("many", ["nobody's"])).toEqual({ outcome: "dead_lettered", again: [] });
  expect(await bytesOf(redis, held)).toEqual(before);
  expect(await park("many", ["offer-0", "offer-0", "nobody's"])).toEqual({
    outcome: "dead_lettered",
    again: [],
  });
  expect(await redis.zcard(held.dead)).toBe(1);
  expect(await park("many", items)).toEqual({ outcome: "dead_lettered", again: [] });
  expect([await redis.zcard(held.dead), await redis.hlen(held.reasons)]).toEqual([100, 100]);
  expect(await redis.exists(held.processing)).toBe(0);
});

test("expiry.dead_letter moves nothing after the lease has expired", async () => {
  await claimed(context, "late", ["a"]);
  await endLease(context, "late");
  const before = await bytesOf(redis, keysOfSet(context, "late"));
  expect(await park("late", ["a"])).toEqual({ outcome: "lost" });
  expect(await park("late", ["a"], "no such offer", "never")).toEqual({ outcome: "lost" });
  expect(await bytesOf(redis, keysOfSet(context, "late"))).toEqual(before);
});

test("an item that is dead-lettered again has the later reason and instant", async () => {
  await claimed(context, "again", ["a"]);
  await park("again", ["a"], "first");
  await redis.zadd(keysOfSet(context, "again").dead, 5, "a");
  await claimed(context, "again", ["a"], "next");
  await park("again", ["a"], "second", "next");
  const { items } = await tenant.expiry.listDead({ queue: "again", limit: 10 });
  expect(items).toMatchObject([{ item: "a", reason: "second" }]);
  expect(items[0]?.deadSinceMs).toBeGreaterThan(5);
});

test.each([
  { name: "an empty reason", reason: "" },
  { name: "a reason of 1,001 bytes", reason: "x".repeat(1_001) },
])("expiry.dead_letter refuses $name before it is sent", async ({ reason }) => {
  expect(await failure(park("wrong", ["a"], reason))).toMatchObject({ code: "ARGUMENT" });
});

test("expiry.dead_letter checks key types even if no item belongs to the claim", async () => {
  await claimed(context, "foreign", ["a"]);
  const held = keysOfSet(context, "foreign");
  await redis.set(held.dead, "foreign");
  const before = await bytesOf(redis, held);
  expect(await failure(park("foreign", ["never"]))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await bytesOf(redis, held)).toEqual(before);
});

test("expiry.dead_letter checks the type of due before it writes, if an item is due again", async () => {
  await claimed(context, "due", ["a", "b"]);
  const held = keysOfSet(context, "due");
  await redis.hset(held.attempts, { a: "1 again 5" });
  await redis.set(held.due, "foreign");
  const before = await bytesOf(redis, held);
  expect(await failure(park("due", ["a", "b"]))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await bytesOf(redis, held)).toEqual(before);
});
