import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { running } from "../../support/lua/holders.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();
const { renew, complete, fail } = tenant.scripts.idempotency;

const key = (request: string) => keys.request(scope, request);

test("idempotency.renew counts the lease from now, extends it and never shortens it", async () => {
  let mine = await running(tenant, "lease");
  for (const leaseMs of [3 * hour, hour, 1, 31_622_400_000]) {
    const now = await nowMs(redis);
    const reply = await renew({ ...mine, leaseMs });
    if (reply.outcome !== "renewed") throw new Error(`it is ${reply.outcome}`);
    expect(reply.leaseEndsMs).toBeGreaterThan(mine.leaseEndsMs);
    expect(reply.leaseEndsMs).toBeGreaterThanOrEqual(now + leaseMs);
    expect(reply.leaseEndsMs).toBeLessThan(Math.max(now + leaseMs + hour, mine.leaseEndsMs + 2));
    expect(await redis.hget(key("lease"), "lease_ends_ms")).toBe(String(reply.leaseEndsMs));
    expect(await redis.pexpiretime(key("lease"))).toBe(reply.leaseEndsMs + 24 * hour);
    const owner = keys.requestOwner(scope, "lease", "worker-1");
    expect(await redis.pexpiretime(owner)).toBe(reply.leaseEndsMs + 660_000);
    expect(await redis.get(owner)).toBe(String(mine.fence));
    mine = { ...mine, leaseEndsMs: reply.leaseEndsMs };
  }
});

test("idempotency.renew renews only if owner, fence and the end of the lease match", async () => {
  const mine = await running(tenant, "mine");
  const held = { request: key("mine"), owner: keys.requestOwner(scope, "mine", "worker-1") };
  const before = await bytesOf(redis, held);
  for (const wrong of [{ owner: "worker-2" }, { fence: mine.fence + 1 }, { fence: mine.fence - 1 }]) {
    expect(await renew({ ...mine, ...wrong, leaseMs: 5 * hour })).toEqual({ outcome: "lost" });
  }
  for (const leaseEndsMs of [mine.leaseEndsMs - 1, mine.leaseEndsMs + 1]) {
    const stale = { outcome: "stale", leaseEndsMs: mine.leaseEndsMs };
    expect(await renew({ ...mine, leaseEndsMs, leaseMs: 5 * hour })).toEqual(stale);
  }
  expect(await bytesOf(redis, held)).toEqual(before);
});

test("idempotency.renew is lost after the lease, after fail and after complete", async () => {
  const lost = { outcome: "lost" };
  const slept = await running(tenant, "slept");
  await redis.hset(key("slept"), { lease_ends_ms: (await nowMs(redis)) - 1 });
  expect(await renew({ ...slept, leaseMs: hour })).toEqual(lost);
  const failed = await running(tenant, "failed");
  await fail(failed);
  expect(await renew({ ...failed, leaseMs: hour })).toEqual(lost);
  const done = await running(tenant, "done");
  await complete({ ...done, reply: "done", rememberMs: hour });
  const before = await redis.hgetall(key("done"));
  expect(await renew({ ...done, leaseMs: hour })).toEqual(lost);
  expect(await redis.hgetall(key("done"))).toEqual(before);
});

test.each([{ state: "lost" }, { lease_ends_ms: "soon" }, { fence: "-1" }])(
  "idempotency.renew reports a record with %j as corrupt",
  async (fields) => {
    const mine = await running(tenant, `corrupt-${Object.keys(fields)}`);
    await redis.hset(key(mine.request), fields);
    const before = await redis.hgetall(key(mine.request));
    expect(await failure(renew({ ...mine, leaseMs: hour }))).toMatchObject({ code: "CORRUPT" });
    expect(await redis.hgetall(key(mine.request))).toEqual(before);
  },
);

test("idempotency.renew reports a running record without the end of its lease as corrupt", async () => {
  const mine = await running(tenant, "endless");
  await redis.hdel(key("endless"), "lease_ends_ms");
  expect(await failure(renew({ ...mine, leaseMs: hour }))).toMatchObject({ code: "CORRUPT" });
});
