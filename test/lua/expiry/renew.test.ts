import { expect, test } from "vitest";
import { claimed, endLease, keysOfSet } from "../../support/lua/claims.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const context = freshTenant();
const { redis, tenant } = context;

const renew = (queue: string, leaseMs: number, claim = "run") =>
  tenant.expiry.renew({ queue: queue, claim, leaseMs });

test("expiry.renew counts the lease from now, on items and claim, and never shortens it", async () => {
  await claimed(context, "lease", ["a", "b"]);
  const held = keysOfSet(context, "lease");
  let longest = 0;
  for (const leaseMs of [3 * hour, hour, 1, 4 * hour, 31_622_400_000]) {
    const before = await nowMs(redis);
    const reply = await renew("lease", leaseMs);
    const after = await nowMs(redis);
    const ends = reply.outcome === "renewed" ? reply.leaseEndsMs : 0;
    expect(ends).toBeGreaterThanOrEqual(Math.max(longest, before + leaseMs));
    expect(ends).toBeLessThanOrEqual(Math.max(longest, after + leaseMs));
    expect((await redis.zmscore(held.processing, "a", "b")).map(Number)).toEqual([ends, ends]);
    expect(Number(await redis.zscore(held.claim, ""))).toBe(ends);
    expect(await redis.pexpiretime(held.claim)).toBe(ends);
    longest = ends;
  }
});

test("expiry.renew renews 1,000 items at once and keeps the order of their claim", async () => {
  const items = Array.from({ length: 1_000 }, (_, position) => `offer-${position}`);
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

test("expiry.renew reports a claim of more than 1,000 items as corrupt", async () => {
  const { claim } = keysOfSet(context, "crowd");
  const members = Array.from({ length: 1_001 }, (_, position) => [position + 1, `offer-${position}`]).flat();
  await redis.zadd(claim, ...members, (await nowMs(redis)) + hour, "");
  expect(await failure(renew("crowd", hour))).toMatchObject({ code: "CORRUPT" });
});

test("expiry.renew checks key types even if the claim holds no items", async () => {
  await claimed(context, "foreign", ["a"]);
  await tenant.expiry.ack({ queue: "foreign", claim: "run", items: ["a"] });
  const held = keysOfSet(context, "foreign");
  await redis.set(held.processing, "foreign");
  const before = await bytesOf(redis, held);
  expect(await failure(renew("foreign", 9 * hour))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await bytesOf(redis, held)).toEqual(before);
});
