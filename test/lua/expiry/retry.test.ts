import { expect, test } from "vitest";
import { claimed, endLease, keysOfSet } from "../../support/lua/claims.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant, memberOf } from "../../support/lua/shard.js";
import { bytesOf } from "../../support/lua/state.js";

const hour = 3_600_000;
const context = freshTenant();
const { redis, tenant } = context;
const messages = await Messages.of(redis, context.scope.namespace);

const retry = (queue: string, items: readonly string[], delayMs = hour, claim = "run") =>
  tenant.expiry.retry({ queue: queue, claim, items, delayMs });

test("expiry.retry makes an item due after the delay and keeps its attempt count", async () => {
  await claimed(context, "later", ["a", "b"]);
  const before = await nowMs(redis);
  expect(await retry("later", ["a"])).toEqual({ outcome: "returned" });
  const after = await nowMs(redis);
  const { due, processing, claim } = keysOfSet(context, "later");
  const dueMs = Number(await redis.zscore(due, "a"));
  expect(dueMs).toBeGreaterThanOrEqual(before + hour);
  expect(dueMs).toBeLessThanOrEqual(after + hour);
  expect(await redis.zrange(processing, "0", "-1")).toEqual(["b"]);
  expect(await redis.lrange(claim, 1, -1)).toEqual(["b"]);
  await redis.zadd(due, 1, "a");
  const next = await tenant.expiry.claim({ queue: "later", claim: "next", limit: 9, leaseMs: hour });
  expect(next).toMatchObject({ items: [{ item: "a", attempts: 2 }] });
});

test("expiry.retry accepts 100 items, none, an unclaimed item and a repeated item", async () => {
  const items = Array.from({ length: 100 }, (_, position) => `offer-${position}`);
  await claimed(context, "many", items);
  const held = keysOfSet(context, "many");
  const before = await bytesOf(redis, held);
  expect(await retry("many", [])).toEqual({ outcome: "returned" });
  expect(await retry("many", ["nobody's"])).toEqual({ outcome: "returned" });
  expect(await bytesOf(redis, held)).toEqual(before);
  expect(await retry("many", ["offer-0", "offer-0", "nobody's"])).toEqual({ outcome: "returned" });
  expect(await redis.zcard(held.due)).toBe(1);
  expect(await retry("many", items)).toEqual({ outcome: "returned" });
  expect([await redis.zcard(held.due), await redis.exists(held.processing)]).toEqual([100, 0]);
  expect(await failure(retry("many", [...items, "one more"]))).toMatchObject({ code: "ARGUMENT" });
});

test("expiry.retry returns no item after the lease, and no item of another claim", async () => {
  await claimed(context, "late", ["a"]);
  await endLease(context, "late");
  const before = await bytesOf(redis, keysOfSet(context, "late"));
  expect(await retry("late", ["a"])).toEqual({ outcome: "lost" });
  expect(await retry("late", ["a"], hour, "never")).toEqual({ outcome: "lost" });
  expect(await bytesOf(redis, keysOfSet(context, "late"))).toEqual(before);
  await claimed(context, "late", ["b"], "next");
  // The next claim has got the item that was left behind, too.
  expect(await retry("late", ["a"])).toEqual({ outcome: "lost" });
  expect(await redis.zcard(keysOfSet(context, "late").processing)).toBe(2);
});

test("expiry.retry lowers the shard's time in the index, and then wakes workers", async () => {
  const queue = freshName();
  const leaseEndsMs = await claimed(context, queue, ["a", "b", "c", "d"]);
  const { index } = keysOfSet(context, queue);
  const indexed = async () => Number(await redis.zscore(index, memberOf(context.scope, queue)));
  expect(await indexed()).toBe(leaseEndsMs);
  // The lease of an hour ends before.
  await retry(queue, ["a"], 2 * hour);
  expect(await indexed()).toBe(leaseEndsMs);
  expect(await messages.on(index)).toEqual([]);
  await retry(queue, ["b"], hour / 2);
  const first = await indexed();
  expect(first).toBeLessThan(leaseEndsMs);
  await retry(queue, ["c"], hour / 2 + 60_000);
  expect(await indexed()).toBe(first);
  expect(await messages.on(index)).toEqual([String(first)]);
  await retry(queue, ["d", "a"], 1_000);
  expect(await messages.on(index)).toEqual([String(first), String(await indexed())]);
});

test("an item that no worker has tried has no attempt; one that was tried has one", async () => {
  await claimed(context, "tried", ["a", "b"]);
  const { attempts, due } = keysOfSet(context, "tried");
  expect(await redis.exists(attempts)).toBe(0);
  await tenant.expiry.retry({ queue: "tried", claim: "run", items: ["a"], delayMs: hour, untried: true });
  await retry("tried", ["b"]);
  expect(await redis.hgetall(attempts)).toEqual({ b: "1" });
  await redis.zadd(due, 1, "a", 2, "b");
  const next = await tenant.expiry.claim({ queue: "tried", claim: "next", limit: 9, leaseMs: hour });
  expect(next).toMatchObject({
    items: [
      { item: "a", attempts: 1 },
      { item: "b", attempts: 2 },
    ],
  });
});

test("expiry.retry checks key types even if no item belongs to the claim", async () => {
  await claimed(context, "foreign", ["a"]);
  const held = keysOfSet(context, "foreign");
  await redis.set(held.due, "foreign");
  const before = await bytesOf(redis, held);
  expect(await failure(retry("foreign", ["never"]))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await bytesOf(redis, held)).toEqual(before);
});

test("expiry.retry of an item that was tracked meanwhile takes the later time and keeps the attempts", async () => {
  const queue = freshName();
  await claimed(context, queue, ["early", "late"]);
  const { due, attempts, index } = keysOfSet(context, queue);
  await redis.hset(attempts, { early: "1 again 5", late: "2 again 8000000000000 since 7" });
  expect(await retry(queue, ["early", "late"], 1)).toEqual({ outcome: "returned" });
  expect(await redis.hgetall(attempts)).toEqual({ early: "1", late: "2 since 7" });
  const dueMs = Number(await redis.zscore(due, "early"));
  expect(dueMs).toBeGreaterThan(1_000_000_000_000);
  expect(await redis.zscore(due, "late")).toBe("8000000000000");
  expect(Number(await redis.zscore(index, memberOf(context.scope, queue)))).toBe(dueMs);
});
