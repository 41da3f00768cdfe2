import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { holding } from "../../support/lua/holders.js";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { bytesOf } from "../../support/lua/state.js";
import { isHeld, moveLeaseEnd, storedLock } from "../../support/lua/stored-lock.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const messages = await Messages.of(redis, scope.namespace);

const waitFor = (lock: string, owner: string) =>
  tenant.scripts.lock.acquire({ lock, owner, leaseMs: 3_600_000, waits: true });

test("lock.release releases the lock only if owner and fence both match", async () => {
  const mine = await holding(tenant, "mine");
  const key = { lock: keys.lock(scope, "mine") };
  const before = await bytesOf(redis, key);
  for (const wrong of [
    { owner: "bob" },
    { fence: mine.fence - 1 },
    { fence: mine.fence + 1 },
    { fence: 1 },
  ]) {
    expect(await tenant.scripts.lock.release({ ...mine, ...wrong })).toEqual({ outcome: "lost" });
  }
  expect(await bytesOf(redis, key)).toEqual(before);
  expect(await tenant.scripts.lock.release(mine)).toEqual({ outcome: "released" });
});

test("lock.release ends the lease and keeps the fence", async () => {
  const mine = await holding(tenant, "fence");
  await tenant.scripts.lock.release(mine);
  const lock = await storedLock(redis, keys.lock(scope, "fence"));
  expect(lock).toMatchObject({ fence: mine.fence, owner: "alice", state: "released" });
  expect(lock?.leaseEndsMs).toBeLessThanOrEqual(await nowMs(redis));
});

test("lock.release keeps a fence that is ahead of Redis's clock until the clock has passed it", async () => {
  const key = keys.lock(scope, "ahead");
  const aheadMs = (await nowMs(redis)) + 86_400_000;
  await redis.set(key, `${aheadMs * 1_000} ${aheadMs} held alice`);
  const mine = { lock: "ahead", owner: "alice", fence: aheadMs * 1_000 };
  expect(await tenant.scripts.lock.release(mine)).toEqual({ outcome: "released" });
  expect(await redis.pexpiretime(key)).toBe(aheadMs + 660_000);
});

test("lock.release after the lease returns lost, and the hold stays over if the clock goes back", async () => {
  const mine = await holding(tenant, "over");
  const key = keys.lock(scope, "over");
  await moveLeaseEnd(redis, key);
  expect(await tenant.scripts.lock.release(mine)).toEqual({ outcome: "lost" });
  // As a failover to a server with a slower clock would see it.
  await moveLeaseEnd(redis, key, 3_600_000);
  expect(await isHeld(redis, key)).toBe(false);
  expect((await holding(tenant, "over", "bob")).fence).toBeGreaterThan(mine.fence);
});

test("lock.release returns lost for a lock that was never held", async () => {
  expect(await tenant.scripts.lock.release({ lock: "never", owner: "alice", fence: 1 })).toEqual({
    outcome: "lost",
  });
});

test("an owner with an expired lease does not release the next holder's lock", async () => {
  const slept = await holding(tenant, "slept");
  await moveLeaseEnd(redis, keys.lock(scope, "slept"));
  const next = await holding(tenant, "slept", "bob");
  expect(next.fence).toBeGreaterThan(slept.fence);
  expect(await tenant.scripts.lock.release(slept)).toEqual({ outcome: "lost" });
  expect(await tenant.scripts.lock.release({ ...next, fence: slept.fence })).toEqual({ outcome: "lost" });
  expect(await tenant.scripts.lock.release(next)).toEqual({ outcome: "released" });
});

test("lock.release notifies waiters once, and the next holder's release notifies none", async () => {
  const lock = freshName();
  const channel = keys.lock(scope, lock);
  const mine = await holding(tenant, lock);
  for (const owner of ["bob", "carol"]) await waitFor(lock, owner);
  expect(await messages.on(channel)).toEqual([]);
  expect(await tenant.scripts.lock.release(mine)).toEqual({ outcome: "released" });
  expect(await messages.on(channel)).toEqual(["released"]);
  const next = await holding(tenant, lock, "dora");
  expect(await tenant.scripts.lock.release(next)).toEqual({ outcome: "released" });
  expect(await messages.on(channel)).toEqual(["released"]);
});

test("lock.release publishes nothing if no client waits", async () => {
  const lock = freshName();
  const mine = await holding(tenant, lock);
  await tenant.scripts.lock.acquire({ lock, owner: "bob", leaseMs: 1_000 });
  expect(await tenant.scripts.lock.release(mine)).toEqual({ outcome: "released" });
  expect(await messages.on(keys.lock(scope, lock))).toEqual([]);
});

test("a client that does not hold the lock wakes no waiter and keeps the waiters' mark", async () => {
  const lock = freshName();
  const channel = keys.lock(scope, lock);
  const mine = await holding(tenant, lock);
  await waitFor(lock, "bob");
  for (const wrong of [{ owner: "bob" }, { fence: mine.fence - 1 }]) {
    expect(await tenant.scripts.lock.release({ ...mine, ...wrong })).toEqual({ outcome: "lost" });
  }
  expect(await messages.on(channel)).toEqual([]);
  expect(await tenant.scripts.lock.renew({ ...mine, leaseMs: 3_600_000 })).toMatchObject({
    outcome: "renewed",
  });
  expect(await tenant.scripts.lock.release(mine)).toEqual({ outcome: "released" });
  expect(await tenant.scripts.lock.release(mine)).toEqual({ outcome: "lost" });
  expect(await messages.on(channel)).toEqual(["released"]);
});
