import { expect, test } from "vitest";
import { claimed, keysOfSet } from "../../support/lua/claims.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant, keys, memberOf } from "../../support/lua/shard.js";
import { bytesOf } from "../../support/lua/state.js";

const hour = 3_600_000;
const context = freshTenant();
const { redis, scope, tenant } = context;
const messages = await Messages.of(redis, context.scope.namespace);

const redrive = (queue: string, items: readonly string[]) => tenant.expiry.redrive({ queue: queue, items });
const claim = (queue: string, name: string) =>
  tenant.expiry.claim({ queue: queue, claim: name, limit: 100, leaseMs: hour });

async function dead(queue: string, items: readonly string[]): Promise<void> {
  await claimed(context, queue, items);
  await tenant.expiry.deadLetter({ queue: queue, claim: "run", items, reason: "no such offer" });
}

test("expiry.redrive makes 100 dead items due now and removes their attempt counts", async () => {
  const items = Array.from({ length: 100 }, (_, position) => `offer-${position}`);
  await dead("many", items);
  const before = await nowMs(redis);
  expect(await redrive("many", items)).toEqual({ outcome: "redriven", redriven: 100 });
  const after = await nowMs(redis);
  const held = keysOfSet(context, "many");
  for (const score of (await redis.zmscore(held.due, ...items)).map(Number)) {
    expect(score).toBeGreaterThanOrEqual(before);
    expect(score).toBeLessThanOrEqual(after);
  }
  expect(await redis.exists(held.dead, held.reasons, held.attempts)).toBe(0);
  expect(await claim("many", "next")).toMatchObject({
    items: [...items].sort().map((item) => ({ item, attempts: 1 })),
  });
  expect(await failure(redrive("many", [...items, "one more"]))).toMatchObject({ code: "ARGUMENT" });
});

test("expiry.redrive makes only dead items due, each once", async () => {
  await dead("some", ["a", "b"]);
  const held = keysOfSet(context, "some");
  const before = await bytesOf(redis, held);
  expect(await redrive("some", [])).toEqual({ outcome: "redriven", redriven: 0 });
  expect(await redrive("some", ["nobody's"])).toEqual({ outcome: "redriven", redriven: 0 });
  expect(await bytesOf(redis, held)).toEqual(before);
  expect(await redrive("some", ["a", "a", "nobody's"])).toEqual({ outcome: "redriven", redriven: 1 });
  expect(await redis.zrange(held.due, "0", "-1")).toEqual(["a"]);
  expect(await redrive("some", ["a", "b"])).toEqual({ outcome: "redriven", redriven: 1 });
});

test("expiry.redrive changes no item that was tracked again, also while a worker has it", async () => {
  await dead("tracked", ["a", "b"]);
  const later = (await nowMs(redis)) + hour;
  await tenant.expiry.track({ queue: "tracked", item: "a", dueMs: later });
  await tenant.expiry.track({ queue: "tracked", item: "b", dueMs: 5 });
  await claim("tracked", "again");
  expect(await redrive("tracked", ["a", "b"])).toEqual({ outcome: "redriven", redriven: 0 });
  expect(Number(await redis.zscore(keysOfSet(context, "tracked").due, "a"))).toBe(later);
  expect(await claim("tracked", "again")).toMatchObject({ items: [{ item: "b", attempts: 1 }] });
});

test("expiry.redrive makes the shard due now in the index and wakes workers", async () => {
  const queue = freshName();
  await dead(queue, ["a"]);
  const { index } = keysOfSet(context, queue);
  await tenant.expiry.track({ queue, item: "later", dueMs: (await nowMs(redis)) + hour / 2 });
  expect(await messages.on(index)).toHaveLength(1);
  await redrive(queue, ["nobody's"]);
  expect(await messages.on(index)).toHaveLength(1);
  await redrive(queue, ["a"]);
  const dueMs = await redis.zscore(index, memberOf(context.scope, queue));
  expect(await messages.on(index)).toEqual([expect.any(String), dueMs]);
  expect(Number(dueMs)).toBeLessThanOrEqual(await nowMs(redis));
});

test("expiry.redrive is remembered for a limited time", async () => {
  await redis.zadd(keysOfSet(context, "remembered").dead, 1, "offer");
  await tenant.expiry.redrive({ queue: "remembered", operation: "redrive-1", items: ["offer"] });
  const leftMs = await redis.pttl(keys.expiryOperation(scope, "remembered", "redrive-1"));
  expect(leftMs).toBeGreaterThan(600_000);
  expect(leftMs).toBeLessThanOrEqual(660_000);
});
