import { expect, test } from "vitest";
import { claimed, endLease, keysOfSet } from "../../support/lua/claims.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

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
  expect(await redis.zrange(claim, "0", "-1")).toEqual(["b", ""]);
  await redis.zadd(due, 1, "a");
  const next = await tenant.expiry.claim({ queue: "later", claim: "next", limit: 9, leaseMs: hour });
  expect(next).toMatchObject({ items: [{ item: "a", attempts: 2 }] });
});

test("expiry.retry accepts 1,000 items, none, an unclaimed item and a repeated item", async () => {
  const items = Array.from({ length: 1_000 }, (_, position) => `offer-${position}`);
  await claimed(context, "many", items);
  const held = keysOfSet(context, "many");
  const before = await bytesOf(redis, held);
  expect(await retry("many", [])).toEqual({ outcome: "returned" });
  expect(await retry("many", ["nobody's"])).toEqual({ outcome: "returned" });
  expect(await bytesOf(redis, held)).toEqual(before);
  expect(await retry("many", ["offer-0", "offer-0", "nobody's"])).toEqual({ outcome: "returned" });
  expect(await redis.zcard(held.due)).toBe(1);
  expect(await retry("many", items)).toEqual({ outcome: "returned" });
  expect([await redis.zcard(held.due), await redis.exists(held.processing)]).toEqual([1_000, 0]);
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

test("expiry.retry wakes waiting workers if the item is now the earliest", async () => {
  const queue = freshName();
  await claimed(context, queue, ["a", "b", "c"]);
  const { due } = keysOfSet(context, queue);
  await retry(queue, ["a"], 5 * hour);
  expect(await messages.on(due)).toHaveLength(1);
  await retry(queue, ["b"], 6 * hour);
  expect(await messages.on(due)).toHaveLength(1);
  await retry(queue, ["c", "a"], hour);
  expect(await messages.on(due)).toEqual(["earlier", "earlier"]);
  await retry(queue, ["c"], 1);
  expect(await messages.on(due)).toHaveLength(2);
});

test("expiry.retry checks key types even if no item belongs to the claim", async () => {
  await claimed(context, "foreign", ["a"]);
  const held = keysOfSet(context, "foreign");
  await redis.set(held.due, "foreign");
  const before = await bytesOf(redis, held);
  expect(await failure(retry("foreign", ["never"]))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await bytesOf(redis, held)).toEqual(before);
});
