import { expect, test } from "vitest";
import { claimed, endLease, keysOfSet } from "../../support/lua/claims.js";
import { nowMs } from "../../support/lua/commands.js";
import { freshTenant } from "../../support/lua/shard.js";
import { bytesOf } from "../../support/lua/state.js";

const hour = 3_600_000;
const context = freshTenant();
const { redis, tenant } = context;

/** Renews from the end that is stored, or from another. */
const renew = async (queue: string, leaseMs: number, claim = "run", from?: number) => {
  const stored = Number((await redis.lindex(keysOfSet(context, queue, claim).claim, 0)) ?? 0);
  return tenant.expiry.renew({ queue, claim, leaseEndsMs: from ?? stored, leaseMs });
};

test("expiry.renew counts the lease from now, on items and claim, and does not end it earlier", async () => {
  await claimed(context, "lease", ["a", "b"]);
  const held = keysOfSet(context, "lease");
  let longest = 0;
  for (const leaseMs of [3 * hour, 3 * hour - 50_000, 3 * hour, 4 * hour, 31_622_400_000]) {
    const before = await nowMs(redis);
    const reply = await renew("lease", leaseMs);
    const after = await nowMs(redis);
    const ends = reply.outcome === "renewed" ? reply.leaseEndsMs : 0;
    expect(ends).toBeGreaterThanOrEqual(Math.max(longest, before + leaseMs));
    expect(ends).toBeLessThanOrEqual(Math.max(longest + 1, after + leaseMs));
    expect(ends).toBeGreaterThan(longest);
    expect((await redis.zmscore(held.processing, "a", "b")).map(Number)).toEqual([ends, ends]);
    expect(await redis.lrange(held.claim, 0, -1)).toEqual([String(ends), "a", "b"]);
    expect(await redis.pexpiretime(held.claim)).toBe(ends + 660_000);
    longest = ends;
  }
});

test("expiry.renew ends a lease at the time asked for if it ends more than a minute later", async () => {
  await claimed(context, "set back", ["a"]);
  const before = await renew("set back", hour);
  const now = await nowMs(redis);
  const reply = await renew("set back", 30_000);
  if (before.outcome !== "renewed" || reply.outcome !== "renewed") throw new Error("the claim was lost");
  expect(reply.leaseEndsMs - now - 30_000).toBeGreaterThanOrEqual(0);
  expect(reply.leaseEndsMs - now - 30_000).toBeLessThan(5_000);
  expect(await redis.zscore(keysOfSet(context, "set back").processing, "a")).toBe(String(reply.leaseEndsMs));
  expect(await renew("set back", hour, "run", before.leaseEndsMs)).toEqual({
    outcome: "stale",
    leaseEndsMs: reply.leaseEndsMs,
  });
});

test("expiry.renew renews 100 items at once and keeps the order of their claim", async () => {
  const items = Array.from({ length: 100 }, (_, position) => `offer-${position}`);
  await claimed(context, "many", items);
  const reply = await renew("many", 9 * hour);
  const again = await tenant.expiry.claim({ queue: "many", claim: "run", limit: 1, leaseMs: 1 });
  expect(again).toMatchObject({ items: items.map((item) => ({ item, attempts: 1 })) });
  const scores = await redis.zmscore(keysOfSet(context, "many").processing, ...items);
  expect(reply).toEqual({ outcome: "renewed", leaseEndsMs: Number(scores[0]) });
  expect(new Set(scores.map(Number)).size).toBe(1);
});

test("expiry.renew does not bring back an item that is completed", async () => {
  await claimed(context, "dealt", ["a", "b"]);
  await tenant.expiry.ack({ queue: "dealt", claim: "run", items: ["a"] });
  expect(await renew("dealt", 2 * hour)).toMatchObject({ outcome: "renewed" });
  expect(await redis.zrange(keysOfSet(context, "dealt").processing, "0", "-1")).toEqual(["b"]);
  await tenant.expiry.ack({ queue: "dealt", claim: "run", items: ["b"] });
  expect(await renew("dealt", 3 * hour)).toMatchObject({ outcome: "renewed" });
  expect(await redis.exists(keysOfSet(context, "dealt").processing)).toBe(0);
});

test("expiry.renew returns lost for an expired lease and does not restore it", async () => {
  await claimed(context, "over", ["a"]);
  await endLease(context, "over");
  const before = await bytesOf(redis, keysOfSet(context, "over"));
  expect(await renew("over", hour)).toEqual({ outcome: "lost" });
  expect(await bytesOf(redis, keysOfSet(context, "over"))).toEqual(before);
  expect(await renew("over", hour, "never")).toEqual({ outcome: "lost" });
});

test("a late copy of a renewal is stale and prolongs nothing", async () => {
  const first = await claimed(context, "stale", ["a"]);
  const second = await renew("stale", 2 * hour);
  const held = keysOfSet(context, "stale");
  const before = await bytesOf(redis, held);
  const leaseEndsMs = second.outcome === "renewed" ? second.leaseEndsMs : 0;
  expect(await renew("stale", 5 * hour, "run", first)).toEqual({ outcome: "stale", leaseEndsMs });
  expect(await bytesOf(redis, held)).toEqual(before);
});
