import { expect, test } from "vitest";
import { type IdempotencyBeginReply, keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

const key = (request: string) => keys.request(scope, request);
const begin = (request: string, owner: string, payloadHash = "f00d", leaseMs = hour) =>
  tenant.scripts.idempotency.begin({ request, owner, payloadHash, leaseMs });

function fenceOf(reply: IdempotencyBeginReply): number {
  if (reply.outcome !== "run") throw new Error(`it is ${reply.outcome}`);
  return reply.fence;
}

/** Puts the end of the lease into the past, as if it had been slept through. */
async function endLease(request: string): Promise<void> {
  await redis.hset(key(request), { lease_ends: (await nowMs(redis)) - 1 });
}

test("idempotency.begin gives the same runner its fence and a new lease, even after expiry", async () => {
  const fence = fenceOf(await begin("same", "worker-1"));
  await endLease("same");
  expect(await begin("same", "worker-1", "f00d", 2 * hour)).toEqual({ outcome: "run", fence });
  const now = await nowMs(redis);
  const ends = Number(await redis.hget(key("same"), "lease_ends"));
  expect(ends - now).toBeGreaterThan(hour);
  expect(ends - now).toBeLessThanOrEqual(2 * hour);
});

test("idempotency.begin extends the lease and the record's expiry, and shortens neither", async () => {
  const start = await nowMs(redis);
  let longest = 0;
  for (const leaseMs of [2 * hour, hour, 3 * hour, 1]) {
    await begin("grows", "worker-1", "f00d", leaseMs);
    longest = Math.max(longest, leaseMs);
    const ends = Number(await redis.hget(key("grows"), "lease_ends"));
    expect(ends).toBeGreaterThanOrEqual(start + longest);
    expect(ends).toBeLessThan(start + longest + hour);
    expect(await redis.pexpiretime(key("grows"))).toBe(ends + 24 * hour);
  }
});

test("another runner waits, and takes over with a higher fence after the lease", async () => {
  const first = fenceOf(await begin("taken", "worker-1"));
  const busy = await begin("taken", "worker-2");
  expect(busy).toMatchObject({ outcome: "busy" });
  const wait = busy.outcome === "busy" ? busy.retryAfterMs : 0;
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(hour);
  await endLease("taken");
  const second = fenceOf(await begin("taken", "worker-2"));
  expect(second).toBeGreaterThan(first);
  expect(await begin("taken", "worker-1")).toMatchObject({ outcome: "busy" });
});

test("a lease of 1 ms ends by itself", async () => {
  await begin("short", "worker-1", "f00d", 1);
  await expect
    .poll(async () => (await begin("short", "worker-2")).outcome, { timeout: 10_000, interval: 5 })
    .toBe("run");
});

test("idempotency.begin refuses another payload hash before and after the lease and when the request is done", async () => {
  const mismatch = { outcome: "mismatch" };
  const fence = fenceOf(await begin("print", "worker-1", "f00d"));
  expect(await begin("print", "worker-1", "beef")).toEqual(mismatch);
  expect(await begin("print", "worker-2", "beef")).toEqual(mismatch);
  await endLease("print");
  expect(await begin("print", "worker-2", "beef")).toEqual(mismatch);
  const done = { request: "print", owner: "worker-1", fence, reply: "done", rememberMs: hour };
  expect(await tenant.scripts.idempotency.complete(done)).toEqual({ outcome: "completed" });
  expect(await begin("print", "worker-1", "beef")).toEqual(mismatch);
  expect(await begin("print", "worker-3", "f00d")).toEqual({ outcome: "replay", reply: "done" });
});

test("any runner may begin a failed request at once, with another payload hash and a higher fence", async () => {
  const fence = fenceOf(await begin("failed", "worker-1", "f00d"));
  await tenant.scripts.idempotency.fail({ request: "failed", owner: "worker-1", fence });
  expect(fenceOf(await begin("failed", "worker-2", "beef"))).toBeGreaterThan(fence);
});

test("the record is kept for a day after its lease", async () => {
  await begin("record", "worker-1", "f00d", hour);
  const left = await redis.pttl(key("record"));
  expect(left).toBeGreaterThan(24 * hour);
  expect(left).toBeLessThanOrEqual(25 * hour);
});

test.each([
  { name: "no characters", reply: "" },
  { name: "1 MiB", reply: "x".repeat(1_048_576) },
  { name: "control characters, quotes and an emoji", reply: 'a\u0000b\r\n"{}\u{1f680}' },
])("idempotency.begin replays a reply of $name unchanged", async ({ reply }) => {
  const request = `reply-${reply.length}`;
  const fence = fenceOf(await begin(request, "worker-1"));
  const done = { request, owner: "worker-1", fence, reply, rememberMs: hour };
  expect(await tenant.scripts.idempotency.complete(done)).toEqual({ outcome: "completed" });
  expect(await begin(request, "worker-2")).toEqual({ outcome: "replay", reply });
});

test.each<Record<string, string>>([
  { state: "done", payload_hash: "f00d", fence: "7" },
  { state: "running", payload_hash: "f00d", fence: "7", owner: "worker-1" },
  { state: "running", payload_hash: "f00d", lease_ends: "7", owner: "worker-1" },
  { state: "", payload_hash: "f00d", fence: "7", lease_ends: "7" },
  { state: "running", payload_hash: "f00d", fence: "-7", lease_ends: "7" },
])("idempotency.begin reports the record %j as corrupt", async (fields) => {
  const request = `corrupt-${Object.entries(fields).join("-")}`;
  await redis.hset(key(request), fields);
  for (const owner of ["worker-1", "worker-2"]) {
    expect(await failure(begin(request, owner))).toMatchObject({ code: "CORRUPT" });
  }
  expect(await redis.hgetall(key(request))).toEqual(fields);
});
