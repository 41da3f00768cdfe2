import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { holding } from "../../support/lua/holders.js";
import { bytesOf } from "../../support/lua/state.js";
import { moveLeaseEnd, storedLock } from "../../support/lua/stored-lock.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

test("lock.renew counts the lease from now, extends it and never shortens it", async () => {
  let mine = await holding(tenant, "lease");
  for (const leaseMs of [3 * hour, hour, 1, 4 * hour, 31_622_400_000]) {
    const now = await nowMs(redis);
    const reply = await tenant.scripts.lock.renew({ ...mine, leaseMs });
    if (reply.outcome !== "renewed") throw new Error(`it is ${reply.outcome}`);
    expect(reply.leaseEndsMs).toBeGreaterThan(mine.leaseEndsMs);
    expect(reply.leaseEndsMs).toBeGreaterThanOrEqual(now + leaseMs);
    expect(reply.leaseEndsMs).toBeLessThan(Math.max(now + leaseMs + hour, mine.leaseEndsMs + 2));
    const lock = await storedLock(redis, keys.lock(scope, "lease"));
    expect(lock).toEqual({ ...reply, outcome: undefined, fence: mine.fence, state: "held", owner: "alice" });
    mine = { ...mine, leaseEndsMs: reply.leaseEndsMs };
  }
});

test("lock.renew keeps the lock and its owner until 660 s after the lease", async () => {
  const mine = await holding(tenant, "kept");
  const reply = await tenant.scripts.lock.renew({ ...mine, leaseMs: 5 * hour });
  const ends = reply.outcome === "renewed" ? reply.leaseEndsMs : 0;
  for (const key of [keys.lock(scope, "kept"), keys.lockOwner(scope, "kept", "alice")]) {
    expect(await redis.pexpiretime(key), key).toBe(ends + 660_000);
  }
});

test("lock.renew keeps a fence that is ahead of Redis's clock until the clock has passed it", async () => {
  const key = keys.lock(scope, "ahead");
  const now = await nowMs(redis);
  const fence = (now + 24 * hour) * 1_000 + 1;
  const mine = { lock: "ahead", owner: "alice", fence, leaseEndsMs: now + hour };
  await redis.set(key, `${fence} ${now + hour} held alice`);
  expect(await tenant.scripts.lock.renew({ ...mine, leaseMs: hour })).toMatchObject({ outcome: "renewed" });
  expect(await redis.pexpiretime(key)).toBe(now + 24 * hour + 1 + 660_000);
});

test("lock.renew renews the lease only if owner, fence and the end of the lease match", async () => {
  const mine = await holding(tenant, "mine");
  const key = { lock: keys.lock(scope, "mine") };
  const before = await bytesOf(redis, key);
  const left = await redis.pttl(key.lock);
  const wrong = [{ owner: "bob" }, { fence: mine.fence - 1 }, { fence: mine.fence + 1 }, { owner: "Alice" }];
  for (const one of wrong) {
    const reply = await tenant.scripts.lock.renew({ ...mine, ...one, leaseMs: 5 * hour });
    expect(reply).toEqual({ outcome: "lost" });
  }
  for (const leaseEndsMs of [mine.leaseEndsMs - 1, mine.leaseEndsMs + 1]) {
    const reply = await tenant.scripts.lock.renew({ ...mine, leaseEndsMs, leaseMs: 5 * hour });
    expect(reply).toEqual({ outcome: "stale", leaseEndsMs: mine.leaseEndsMs });
  }
  expect(await bytesOf(redis, key)).toEqual(before);
  expect(await redis.pttl(key.lock)).toBeLessThanOrEqual(left);
});

test("lock.renew keeps the mark of the callers that wait", async () => {
  const mine = await holding(tenant, "waited");
  await tenant.scripts.lock.acquire({ lock: "waited", owner: "bob", leaseMs: hour, waits: true });
  await tenant.scripts.lock.renew({ ...mine, leaseMs: hour });
  expect(await storedLock(redis, keys.lock(scope, "waited"))).toMatchObject({ state: "waited" });
});

test("lock.renew returns lost after the lease or the release, and does not restore the lock", async () => {
  const mine = await holding(tenant, "ended");
  const key = keys.lock(scope, "ended");
  await moveLeaseEnd(redis, key);
  const before = await storedLock(redis, key);
  expect(await tenant.scripts.lock.renew({ ...mine, leaseMs: hour })).toEqual({ outcome: "lost" });
  expect(await storedLock(redis, key)).toEqual({ ...before, state: "released" });
  expect(await tenant.scripts.lock.release(mine)).toEqual({ outcome: "lost" });
  await moveLeaseEnd(redis, key, hour);
  const leaseEndsMs = (await storedLock(redis, key))?.leaseEndsMs ?? 0;
  expect(await tenant.scripts.lock.renew({ ...mine, leaseEndsMs, leaseMs: hour })).toEqual({
    outcome: "lost",
  });
  await redis.del(key);
  expect(await tenant.scripts.lock.renew({ ...mine, leaseMs: hour })).toEqual({ outcome: "lost" });
  expect(await redis.exists(key)).toBe(0);
});

test("a lease that lock.renew has found over stays over if a failover sets the clock back", async () => {
  const mine = await holding(tenant, "over");
  const key = keys.lock(scope, "over");
  const leaseEndsMs = (await nowMs(redis)) - 1;
  await redis.set(key, `${mine.fence} ${leaseEndsMs} held alice`, "KEEPTTL");
  const ended = await tenant.scripts.lock.renew({ ...mine, leaseEndsMs, leaseMs: hour });
  expect(ended).toEqual({ outcome: "lost" });
  // By a clock that is set back, the lease has not ended yet.
  const later = (await nowMs(redis)) + hour;
  const stored = String(await redis.get(key)).replace(` ${leaseEndsMs} `, ` ${later} `);
  await redis.set(key, stored, "KEEPTTL");
  const again = await tenant.scripts.lock.renew({ ...mine, leaseEndsMs: later, leaseMs: hour });
  expect(again).toEqual({ outcome: "lost" });
  // The fence is in microseconds, and rounded up it may be the next millisecond.
  expect(await redis.pttl(key)).toBeLessThanOrEqual(660_001);
  expect(await tenant.scripts.lock.acquire({ lock: "over", owner: "bob", leaseMs: hour })).toMatchObject({
    outcome: "acquired",
  });
});

test.each([
  "",
  "7",
  "7 8 held",
  "7 8 taken alice",
  "7.5 8 held alice",
  "7 8e3 held alice",
  "-7 8 held alice",
])("lock.renew and lock.release report %j as corrupt", async (text) => {
  const key = keys.lock(scope, `corrupt-${text}`);
  await redis.set(key, text);
  const mine = { lock: `corrupt-${text}`, owner: "alice", fence: 7 };
  for (const call of [
    tenant.scripts.lock.renew({ ...mine, leaseEndsMs: 8, leaseMs: hour }),
    tenant.scripts.lock.release(mine),
  ]) {
    expect(await failure(call)).toMatchObject({ code: "CORRUPT" });
  }
  expect(await redis.get(key)).toBe(text);
});
