import { expect, test } from "vitest";
import { claimed, endLease, keysOfSet } from "../../../support/lua/claims.js";
import { nowMs } from "../../../support/lua/commands.js";
import { freshName } from "../../../support/lua/property.js";
import { freshTenant, memberOf } from "../../../support/lua/shard.js";

const hour = 3_600_000;
const context = freshTenant();
const { redis, scope, tenant } = context;
const { expiry } = tenant;

const claim = (queue: string, name: string, limit = 100) =>
  expiry.claim({ queue, claim: name, limit, leaseMs: hour });

/** A queue whose worker claimed these items and died. Each of `later` was tracked before its lease ended. */
async function abandoned(items: readonly string[], later: Readonly<Record<string, number>>) {
  const queue = freshName();
  await claimed(context, queue, items);
  for (const [item, dueMs] of Object.entries(later)) {
    expect(await expiry.track({ queue, item, dueMs })).toEqual({ outcome: "again" });
  }
  await endLease(context, queue);
  return { queue, stored: keysOfSet(context, queue) };
}

test("an item that was tracked for later is due then if its worker dies, with its attempts", async () => {
  const dueMs = (await nowMs(redis)) + 24 * hour;
  const { queue, stored } = await abandoned(["offer"], { offer: dueMs });
  expect(await claim(queue, "next")).toEqual({
    outcome: "claimed",
    items: [],
    leaseEndsMs: expect.any(Number),
    nextDueMs: dueMs,
    waitMs: expect.any(Number),
  });
  expect(await redis.zrange(stored.due, "0", "-1", "WITHSCORES")).toEqual(["offer", String(dueMs)]);
  expect(await redis.hgetall(stored.attempts)).toEqual({ offer: "1" });
  expect(await redis.zrange(stored.index, "0", "-1", "WITHSCORES")).toEqual([
    memberOf(scope, queue),
    String(dueMs),
  ]);
  expect(await redis.exists(stored.processing)).toBe(0);
  expect(await expiry.ack({ queue, claim: "next", items: ["offer"] })).toEqual({ outcome: "acked" });
  await redis.zadd(stored.due, 1, "offer");
  expect(await claim(queue, "last")).toMatchObject({ items: [{ item: "offer", attempts: 2 }] });
});

test("a claim takes the others: those that nobody tracked, those that are due now, and due ones", async () => {
  const now = await nowMs(redis);
  const later = { a: now + 2 * hour, b: now - 1, d: now + 3 * hour };
  const { queue, stored } = await abandoned(["a", "b", "c", "d"], later);
  await redis.zadd(stored.due, now - 5, "e");
  expect(await claim(queue, "next")).toMatchObject({
    items: [
      { item: "b", attempts: 2 },
      { item: "c", attempts: 2 },
      { item: "e", attempts: 1 },
    ],
  });
  const dueAt = [later.a, later.d].map(String);
  expect(await redis.zrange(stored.due, "0", "-1", "WITHSCORES")).toEqual(["a", dueAt[0], "d", dueAt[1]]);
  expect(await redis.zrange(stored.processing, "0", "-1")).toEqual(["b", "c", "e"]);
  expect(await redis.hgetall(stored.attempts)).toEqual({ a: "1", b: "2", c: "2", d: "1" });
  const repeated = await claim(queue, "next");
  expect(repeated).toMatchObject({ items: [{ item: "b" }, { item: "c" }, { item: "e" }] });
});

test("items that are due later count among the limit, and the reply says that more is due", async () => {
  const dueMs = (await nowMs(redis)) + hour;
  const { queue } = await abandoned(["a", "b", "c"], { a: dueMs, b: dueMs });
  expect(await claim(queue, "one", 2)).toMatchObject({ outcome: "claimed", items: [], waitMs: 0 });
  expect(await claim(queue, "two", 2)).toMatchObject({ items: [{ item: "c", attempts: 2 }] });
});

test("a series of debounced calls goes on after the death of a worker", async () => {
  const now = await nowMs(redis);
  const { queue, stored } = await abandoned(["offer"], {});
  await redis.hset(stored.attempts, "offer", `1 again ${now + hour} since ${now - 7}`);
  await claim(queue, "next");
  expect(await redis.hget(stored.attempts, "offer")).toBe(`1 since ${now - 7}`);
});

test("an item has at least one attempt after a claim, whatever its text says", async () => {
  const { queue, stored } = await abandoned(["offer"], {});
  await redis.hset(stored.attempts, "offer", `0 again ${(await nowMs(redis)) + hour}`);
  await claim(queue, "next");
  expect(await redis.hget(stored.attempts, "offer")).toBe("1");
});

test("an item that is due is claimed, also beside items that are due later", async () => {
  const dueMs = (await nowMs(redis)) + hour;
  const { queue, stored } = await abandoned(["a"], { a: dueMs });
  await redis.zadd(stored.due, 1, "b");
  await redis.hset(stored.attempts, "b", `1 again ${dueMs}`);
  expect(await claim(queue, "next")).toMatchObject({ items: [{ item: "b", attempts: 2 }] });
});

test("a corrupt text of an item is an error, and no other item is moved", async () => {
  const { queue, stored } = await abandoned(["a", "b"], { a: (await nowMs(redis)) + hour });
  await redis.hset(stored.attempts, "b", "1 again soon");
  await expect(claim(queue, "next")).rejects.toMatchObject({ code: "CORRUPT" });
  expect(await redis.exists(stored.due)).toBe(0);
  expect(await redis.zcard(stored.processing)).toBe(2);
});
