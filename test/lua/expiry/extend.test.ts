import { expect, test } from "vitest";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant, keys, memberOf } from "../../support/lua/shard.js";

const latest = 8_640_000_000_000_000;
const { redis, scope, tenant } = freshTenant();
const messages = await Messages.of(redis, scope.namespace);

const extend = (queue: string, dueMs: number) => tenant.expiry.extend({ queue: queue, item: "offer", dueMs });

test("expiry.extend moves an instant in both directions over the whole range", async () => {
  await tenant.expiry.track({ queue: "moves", item: "offer", dueMs: 5 });
  for (const dueMs of [latest, 0, 7]) {
    expect(await extend("moves", dueMs)).toEqual({ outcome: "extended" });
    expect(Number(await redis.zscore(keys.due(scope, "moves"), "offer"))).toBe(dueMs);
  }
});

test("expiry.extend moves a due item that no worker has claimed", async () => {
  await tenant.expiry.track({ queue: "late", item: "offer", dueMs: 1 });
  expect(await extend("late", latest)).toEqual({ outcome: "extended" });
  const idle = await tenant.expiry.claim({ queue: "late", claim: "run", limit: 1, leaseMs: 1_000 });
  expect(idle).toMatchObject({ outcome: "idle" });
});

test("expiry.extend moves an item whose lease has expired, and no worker holds it until then", async () => {
  await redis.zadd(keys.processing(scope, "over"), 1, "offer");
  expect(await extend("over", latest)).toEqual({ outcome: "extended" });
  expect(await redis.exists(keys.processing(scope, "over"))).toBe(0);
  expect(Number(await redis.zscore(keys.due(scope, "over"), "offer"))).toBe(latest);
});

test("expiry.extend moves no item that was cancelled, claimed or acknowledged", async () => {
  expect(await extend("states", 5)).toEqual({ outcome: "missing" });
  await tenant.expiry.track({ queue: "states", item: "offer", dueMs: 1 });
  await tenant.expiry.cancel({ queue: "states", item: "offer" });
  expect(await extend("states", 5)).toEqual({ outcome: "missing" });
  await tenant.expiry.track({ queue: "states", item: "offer", dueMs: 1 });
  await tenant.expiry.claim({ queue: "states", claim: "run", limit: 1, leaseMs: 3_600_000 });
  expect(await extend("states", 5)).toEqual({ outcome: "claimed" });
  await tenant.expiry.ack({ queue: "states", claim: "run", items: ["offer"] });
  expect(await extend("states", 5)).toEqual({ outcome: "missing" });
  expect(await redis.exists(keys.due(scope, "states"))).toBe(0);
});

test("expiry.extend to an earlier time lowers the shard's time in the index and wakes workers", async () => {
  const queue = freshName();
  const index = keys.slotQueue(scope, queue);
  expect(await extend(queue, 5)).toEqual({ outcome: "missing" });
  await redis.zadd(keys.processing(scope, queue), latest, "offer");
  expect(await extend(queue, 5)).toEqual({ outcome: "claimed" });
  expect(await redis.exists(index)).toBe(0);
  await redis.zrem(keys.processing(scope, queue), "offer");
  await redis.zadd(keys.due(scope, queue), 90, "offer");
  await redis.zadd(index, 90, memberOf(scope, queue));
  for (const dueMs of [latest, 91]) expect(await extend(queue, dueMs)).toEqual({ outcome: "extended" });
  expect(await messages.on(index)).toEqual([]);
  expect(await extend(queue, 49)).toEqual({ outcome: "extended" });
  expect(await extend(queue, 60)).toEqual({ outcome: "extended" });
  expect(await messages.on(index)).toEqual(["49"]);
  expect(Number(await redis.zscore(index, memberOf(scope, queue)))).toBe(49);
});
