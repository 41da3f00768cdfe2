import { expect, test } from "vitest";
import { claimed, keysOfSet } from "../../support/lua/claims.js";
import { nowMs } from "../../support/lua/commands.js";
import { freshTenant } from "../../support/lua/shard.js";

const context = freshTenant();
const { redis, tenant } = context;

test("expiry.discard_old removes dead items from the oldest on, and keeps those that are young enough", async () => {
  const { dead: key, reasons } = keysOfSet(context, "old");
  const now = await nowMs(redis);
  await redis.zadd(key, now - 90_000, "a", now - 80_000, "b", now - 70_000, "c", now - 1_000, "d");
  await redis.hset(reasons, { a: "why", b: "why", c: "why", d: "why" });
  const discardOld = (limit: number) => tenant.expiry.discardOld({ queue: "old", maxAgeMs: 60_000, limit });
  expect(await discardOld(2)).toEqual({ outcome: "discarded", discarded: 2 });
  expect(await redis.zrange(key, "0", "-1")).toEqual(["c", "d"]);
  expect(await discardOld(2)).toEqual({ outcome: "discarded", discarded: 1 });
  expect(await discardOld(2)).toEqual({ outcome: "discarded", discarded: 0 });
  expect(await redis.hgetall(reasons)).toEqual({ d: "why" });
});

test("a late copy of expiry.discard_old removes no item that became dead after the first call", async () => {
  const call = { queue: "late", operation: "two", maxAgeMs: 1, limit: 100 };
  expect(await tenant.expiry.discardOld(call)).toEqual({ outcome: "discarded", discarded: 0 });
  await claimed(context, "late", ["a"]);
  await tenant.expiry.deadLetter({ queue: "late", claim: "run", items: ["a"], reason: "no such offer" });
  await redis.zadd(keysOfSet(context, "late").dead, 5, "a");
  expect(await tenant.expiry.discardOld(call)).toEqual({ outcome: "discarded", discarded: 0 });
  expect(await redis.zrange(keysOfSet(context, "late").dead, "0", "-1")).toEqual(["a"]);
  expect(await tenant.expiry.discardOld({ ...call, maxAgeMs: 2 })).toEqual({ outcome: "mismatch" });
});
