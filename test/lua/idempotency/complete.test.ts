import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { running } from "../../support/lua/holders.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

const key = (request: string) => keys.request(scope, request);

const complete = (
  run: Omit<Awaited<ReturnType<typeof running>>, "leaseEndsMs">,
  reply = "done",
  rememberMs = hour,
) => tenant.scripts.idempotency.complete({ ...run, reply, rememberMs });

test("idempotency.complete records a reply only if owner and fence both match", async () => {
  const mine = await running(tenant, "mine");
  const held = { request: key("mine") };
  const before = await bytesOf(redis, held);
  for (const wrong of [{ owner: "worker-2" }, { fence: mine.fence + 1 }, { fence: 1 }]) {
    expect(await complete({ ...mine, ...wrong })).toEqual({ outcome: "lost" });
  }
  expect(await bytesOf(redis, held)).toEqual(before);
});

test("idempotency.complete returns lost for a request that is not begun or has failed", async () => {
  expect(await complete({ request: "never", owner: "worker-1", fence: 1 })).toEqual({ outcome: "lost" });
  expect(await redis.exists(key("never"))).toBe(0);
  const mine = await running(tenant, "back");
  await tenant.scripts.idempotency.fail(mine);
  expect(await complete(mine)).toEqual({ outcome: "lost" });
  expect(await redis.hgetall(key("back"))).toEqual({ fence: String(mine.fence) });
});

test("idempotency.complete keeps the first reply and its expiry", async () => {
  const mine = await running(tenant, "first");
  expect(await complete(mine, "one")).toEqual({ outcome: "completed" });
  expect(await complete(mine, "two", 5 * hour)).toEqual({ outcome: "completed" });
  expect(await redis.hget(key("first"), "reply")).toBe("one");
  const left = await redis.pttl(key("first"));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(hour);
});

test("idempotency.complete accepts a runner with an expired lease unless another runner has begun", async () => {
  const late = await running(tenant, "late");
  await redis.hset(key("late"), { lease_ends_ms: (await nowMs(redis)) - 1 });
  expect(await complete(late, "late")).toEqual({ outcome: "completed" });

  const slow = await running(tenant, "slow");
  await redis.hset(key("slow"), { lease_ends_ms: (await nowMs(redis)) - 1 });
  const next = await running(tenant, "slow", "worker-2");
  expect(await complete(slow, "slow")).toEqual({ outcome: "lost" });
  expect(await complete(next, "next")).toEqual({ outcome: "completed" });
  expect(await complete(slow, "slow")).toEqual({ outcome: "lost" });
  expect(await redis.hget(key("slow"), "reply")).toBe("next");
});

test.each(["", "lost", "Running"])(
  "idempotency.complete reports the state %j as corrupt and writes nothing",
  async (state) => {
    const mine = await running(tenant, `state-${state}`);
    await redis.hset(key(mine.request), { state });
    const held = { request: key(mine.request) };
    const before = await bytesOf(redis, held);
    expect(await failure(complete(mine))).toMatchObject({ code: "CORRUPT" });
    expect(await bytesOf(redis, held)).toEqual(before);
  },
);

test.each([
  { name: "a reply over 512 KiB", wrong: { reply: "x".repeat(524_289) } },
  { name: "a reply that is not valid Unicode", wrong: { reply: "\ud800" } },
  { name: "a fence of 0", wrong: { fence: 0 } },
  { name: "a rememberMs of 999", wrong: { rememberMs: 999 } },
])("idempotency.complete refuses $name before it is sent", async ({ wrong }) => {
  const args = { request: "wrong", owner: "worker-1", fence: 1, reply: "", rememberMs: 1_000, ...wrong };
  expect(await failure(tenant.scripts.idempotency.complete(args))).toMatchObject({ code: "ARGUMENT" });
});
