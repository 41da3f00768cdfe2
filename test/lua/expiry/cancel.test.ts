import { expect, test } from "vitest";
import { freshTenant, keys } from "../../support/lua/shard.js";
import { bytesOf } from "../../support/lua/state.js";

const { redis, scope, tenant } = freshTenant();

const cancel = (queue: string, item: string) => tenant.expiry.cancel({ queue: queue, item });

test("expiry.cancel removes one item and keeps the others", async () => {
  for (const item of ["a", "b", "c"]) await tenant.expiry.track({ queue: "one", item, dueMs: 5 });
  expect(await cancel("one", "b")).toEqual({ outcome: "cancelled" });
  expect(await cancel("one", "b")).toEqual({ outcome: "missing" });
  expect(await redis.zrange(keys.due(scope, "one"), "0", "-1")).toEqual(["a", "c"]);
});

test("expiry.cancel removes the item's attempt count", async () => {
  await tenant.expiry.track({ queue: "counts", item: "offer", dueMs: 5 });
  await redis.hset(keys.attempts(scope, "counts"), { offer: 3, other: 1 });
  expect(await cancel("counts", "offer")).toEqual({ outcome: "cancelled" });
  expect(await redis.hgetall(keys.attempts(scope, "counts"))).toEqual({ other: "1" });
});

test("expiry.cancel removes an item whose lease has expired", async () => {
  await redis.zadd(keys.processing(scope, "over"), 1, "offer");
  await redis.hset(keys.attempts(scope, "over"), { offer: 1 });
  expect(await cancel("over", "offer")).toEqual({ outcome: "cancelled" });
  expect(await cancel("over", "offer")).toEqual({ outcome: "missing" });
  expect(await redis.exists(keys.processing(scope, "over"), keys.attempts(scope, "over"))).toBe(0);
});

test("expiry.cancel changes nothing for an item that a worker has claimed", async () => {
  await tenant.expiry.track({ queue: "held", item: "offer", dueMs: 1 });
  await tenant.expiry.claim({ queue: "held", claim: "run", limit: 1, leaseMs: 3_600_000 });
  const held = {
    processing: keys.processing(scope, "held"),
    attempts: keys.attempts(scope, "held"),
    claim: keys.claim(scope, "held", "run"),
  };
  const before = await bytesOf(redis, held);
  expect(await cancel("held", "offer")).toEqual({ outcome: "claimed" });
  expect(await bytesOf(redis, held)).toEqual(before);
});

test("expiry.cancel discards a dead item and keeps the others", async () => {
  const queue = "dead";
  await redis.zadd(keys.dead(scope, queue), 1, "offer", 2, "other");
  await redis.hset(keys.deadReason(scope, queue), { offer: "why", other: "why" });
  await redis.hset(keys.attempts(scope, queue), { offer: 5, other: 5 });
  expect(await cancel(queue, "offer")).toEqual({ outcome: "discarded" });
  expect(await cancel(queue, "offer")).toEqual({ outcome: "missing" });
  expect(await redis.zrange(keys.dead(scope, queue), "0", "-1")).toEqual(["other"]);
  expect(await redis.hgetall(keys.deadReason(scope, queue))).toEqual({ other: "why" });
  expect(await redis.hgetall(keys.attempts(scope, queue))).toEqual({ other: "5" });
});
