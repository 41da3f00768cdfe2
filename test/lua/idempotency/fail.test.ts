import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { running } from "../../support/lua/holders.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

test("idempotency.fail releases a request only if owner and fence both match", async () => {
  const mine = await running(tenant, "mine");
  const held = { request: keys.request(scope, "mine") };
  const before = await bytesOf(redis, held);
  for (const wrong of [{ owner: "worker-2" }, { fence: mine.fence + 1 }, { fence: 1 }]) {
    expect(await tenant.scripts.idempotency.fail({ ...mine, ...wrong })).toEqual({ outcome: "lost" });
  }
  expect(await bytesOf(redis, held)).toEqual(before);
  expect(await redis.get(keys.requestOwner(scope, "mine", "worker-1"))).toBe(String(mine.fence));
  const left = await redis.pttl(keys.requestOwner(scope, "mine", "worker-2"));
  expect(Math.abs(left - 660_000)).toBeLessThan(60_000);
  expect(await tenant.scripts.idempotency.fail(mine)).toEqual({ outcome: "released" });
});

test("a failed request has no owner and keeps its fence for a limited time", async () => {
  const mine = await running(tenant, "back");
  await tenant.scripts.idempotency.fail(mine);
  expect(await redis.hgetall(keys.request(scope, "back"))).toEqual({ fence: String(mine.fence) });
  expect(await redis.pttl(keys.request(scope, "back"))).toBeGreaterThan(23 * hour);
  const rememberedMs = await redis.pttl(keys.requestOwner(scope, "back", "worker-1"));
  expect(rememberedMs).toBeLessThanOrEqual(660_000);
  expect(rememberedMs).toBeGreaterThan(600_000);
  const next = await running(tenant, "back", "worker-2");
  expect(next.fence).toBeGreaterThan(mine.fence);
  expect(await tenant.scripts.idempotency.fail(mine)).toEqual({ outcome: "lost" });
  expect(await tenant.scripts.idempotency.fail(next)).toEqual({ outcome: "released" });
});

test("idempotency.fail changes no request that is done or not begun", async () => {
  const mine = await running(tenant, "done");
  await tenant.scripts.idempotency.complete({ ...mine, reply: "done", rememberMs: hour });
  expect(await tenant.scripts.idempotency.fail(mine)).toEqual({ outcome: "lost" });
  expect(await redis.hget(keys.request(scope, "done"), "reply")).toBe("done");
  const never = { request: "never", owner: "worker-1", fence: 1 };
  expect(await tenant.scripts.idempotency.fail(never)).toEqual({ outcome: "lost" });
  expect(await redis.exists(keys.request(scope, "never"))).toBe(0);
});
