import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { holding } from "../support/holders.js";
import { bytesOf } from "../support/state.js";
import { freshTenant } from "../support/tenants.js";

const { redis, scope, tenant } = freshTenant();

test("only owner and fence together release", async () => {
  const mine = await holding(tenant, "mine");
  const key = { lock: keys.lock(scope, "mine") };
  const before = await bytesOf(redis, key);
  for (const wrong of [
    { owner: "bob" },
    { fence: mine.fence - 1 },
    { fence: mine.fence + 1 },
    { fence: 1 },
  ]) {
    expect(await tenant.lock.release({ ...mine, ...wrong })).toEqual({ outcome: "lost" });
  }
  expect(await bytesOf(redis, key)).toEqual(before);
  expect(await tenant.lock.release(mine)).toEqual({ outcome: "released" });
});

test("the lock goes, its last fence stays", async () => {
  const mine = await holding(tenant, "fence");
  await tenant.lock.release(mine);
  expect(await redis.exists(keys.lock(scope, "fence"))).toBe(0);
  expect(await redis.get(keys.lockFence(scope, "fence"))).toBe(String(mine.fence));
});

test("a lock that was never held is lost", async () => {
  expect(await tenant.lock.release({ lock: "never", owner: "alice", fence: 1 })).toEqual({ outcome: "lost" });
});

test("who slept past its lease leaves the next holder's lock alone", async () => {
  const slept = await holding(tenant, "slept");
  await redis.pexpireat(keys.lock(scope, "slept"), 1);
  const next = await holding(tenant, "slept", "bob");
  expect(next.fence).toBeGreaterThan(slept.fence);
  expect(await tenant.lock.release(slept)).toEqual({ outcome: "lost" });
  // Under the same name as well: the fence tells them apart.
  expect(await tenant.lock.release({ ...slept, owner: "bob" })).toEqual({ outcome: "lost" });
  expect(await tenant.lock.release(next)).toEqual({ outcome: "released" });
});
