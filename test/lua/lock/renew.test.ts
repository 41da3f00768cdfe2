import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { holding } from "../../support/lua/holders.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

test("lock.renew counts the lease from now, extends it and never shortens it", async () => {
  const mine = await holding(tenant, "lease");
  let longest = hour;
  for (const leaseMs of [3 * hour, hour, 1, 4 * hour, 31_622_400_000]) {
    expect(await tenant.scripts.lock.renew({ ...mine, leaseMs })).toEqual({ outcome: "renewed" });
    longest = Math.max(longest, leaseMs);
    const left = await redis.pttl(keys.lock(scope, "lease"));
    expect(left).toBeGreaterThan(longest - hour);
    expect(left).toBeLessThanOrEqual(longest);
  }
});

test("lock.renew renews the lease only if owner and fence both match", async () => {
  const mine = await holding(tenant, "mine");
  const key = { lock: keys.lock(scope, "mine") };
  const before = await bytesOf(redis, key);
  const left = await redis.pttl(key.lock);
  const wrong = [{ owner: "bob" }, { fence: mine.fence - 1 }, { fence: mine.fence + 1 }, { owner: "Alice" }];
  for (const one of wrong) {
    const reply = await tenant.scripts.lock.renew({ ...mine, ...one, leaseMs: 5 * hour });
    expect(reply).toEqual({ outcome: "lost" });
  }
  expect(await bytesOf(redis, key)).toEqual(before);
  expect(await redis.pttl(key.lock)).toBeLessThanOrEqual(left);
});

test("lock.renew returns lost for an expired lease and does not restore it", async () => {
  const mine = await holding(tenant, "ended");
  await redis.pexpireat(keys.lock(scope, "ended"), 1);
  expect(await tenant.scripts.lock.renew({ ...mine, leaseMs: hour })).toEqual({ outcome: "lost" });
  expect(await redis.exists(keys.lock(scope, "ended"))).toBe(0);
});

test("lock.renew returns lost for an earlier fence of the same owner", async () => {
  const first = await holding(tenant, "twice");
  await redis.pexpireat(keys.lock(scope, "twice"), 1);
  const second = await holding(tenant, "twice");
  expect(await tenant.scripts.lock.renew({ ...first, leaseMs: hour })).toEqual({ outcome: "lost" });
  expect(await tenant.scripts.lock.renew({ ...second, leaseMs: hour })).toEqual({ outcome: "renewed" });
});
