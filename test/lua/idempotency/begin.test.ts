import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createScriptClient, type Script } from "../../../src/client/index.js";
import { type IdempotencyBeginReply, keys, scripts } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { running } from "../../support/lua/holders.js";
import { repairsOn } from "../../support/lua/repairs/index.js";
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

/** The script, but a command that reads the reply of a request ends it with an error. */
function readingNoReply<Args, Reply>(script: Script<Args, Reply>): Script<Args, Reply> {
  const [shebang = "", ...body] = script.lua.split("\n");
  const lua = `${shebang}
local running_redis = redis
local redis = setmetatable({
  call = function(...)
    for _, word in ipairs({ ... }) do
      if word == "reply" then error({ err = "ERR it reads the reply" }) end
    end
    return running_redis.call(...)
  end,
}, { __index = running_redis })
${body.join("\n")}`;
  return { ...script, lua, digest: createHash("sha1").update(lua).digest("hex") };
}

/** Puts the end of the lease into the past, as if it had been slept through. */
async function endLease(request: string): Promise<void> {
  await redis.hset(key(request), { lease_ends_ms: (await nowMs(redis)) - 1 });
}

test("idempotency.begin gives the live runner its fence and lease, whatever lease it asks for", async () => {
  const first = await begin("same", "worker-1");
  const before = [await redis.hgetall(key("same")), await redis.pexpiretime(key("same"))];
  for (const leaseMs of [2 * hour, 1]) {
    expect(await begin("same", "worker-1", "f00d", leaseMs)).toEqual({ ...first, repeated: true });
  }
  expect([await redis.hgetall(key("same")), await redis.pexpiretime(key("same"))]).toEqual(before);
});

test("the lease counts from now, and the owner is remembered for 660 s after it", async () => {
  const now = await nowMs(redis);
  const reply = await begin("lease", "worker-1");
  const ends = reply.outcome === "run" ? reply.leaseEndsMs : 0;
  expect(ends).toBeGreaterThanOrEqual(now + hour);
  expect(ends).toBeLessThan(now + 2 * hour);
  expect(await redis.hget(key("lease"), "lease_ends_ms")).toBe(String(ends));
  expect(await redis.pexpiretime(key("lease"))).toBe(ends + 24 * hour);
  expect(await redis.pexpiretime(keys.requestOwner(scope, "lease", "worker-1"))).toBe(ends + 660_000);
});

test("a busy reply fits its type if the clock has gone back by years", async () => {
  const fields = { state: "running", owner: "worker-1", fence: "7", payload_hash: "f00d" };
  await redis.hset(key("years"), { ...fields, lease_ends_ms: "8000000000000000" });
  expect(await begin("years", "worker-2")).toEqual({
    outcome: "busy",
    retryAfterMs: 31_622_400_000,
    runnerFence: 7,
  });
});

test("a busy answer is remembered for 660 s, but not of a runner that waits", async () => {
  await begin("remembered", "worker-1");
  await begin("remembered", "worker-2");
  const waiting = {
    request: "remembered",
    owner: "worker-3",
    payloadHash: "f00d",
    leaseMs: hour,
    waits: true,
  };
  await tenant.scripts.idempotency.begin(waiting);
  const left = await redis.pttl(keys.requestOwner(scope, "remembered", "worker-2"));
  expect(Math.abs(left - 660_000)).toBeLessThan(60_000);
  expect(await redis.exists(keys.requestOwner(scope, "remembered", "worker-3"))).toBe(0);
});

test("idempotency.begin reads a stored reply only to replay it", async () => {
  const refusing = readingNoReply(scripts.idempotency.begin);
  const client = createScriptClient(redis, { request: { begin: refusing } }, { namespace: scope.namespace });
  const { request } = client.tenant(scope.tenant);
  const mine = { owner: "worker-1", payloadHash: "f00d", leaseMs: hour };
  const fence = fenceOf(await begin("large", "worker-1"));
  const done = { request: "large", owner: "worker-1", fence, reply: "x".repeat(1_000), rememberMs: hour };
  expect(await request.begin({ ...mine, request: "large" })).toMatchObject({ outcome: "run" });
  await tenant.scripts.idempotency.complete(done);
  const other = { ...mine, request: "large", payloadHash: "beef" };
  expect(await request.begin(other)).toEqual({ outcome: "mismatch" });
  await expect(request.begin({ ...mine, request: "large" })).rejects.toThrow();
});

test("another runner waits, and takes over with a higher fence after the lease", async () => {
  const first = fenceOf(await begin("taken", "worker-1"));
  const busy = await begin("taken", "worker-2");
  expect(busy).toMatchObject({ outcome: "busy" });
  const wait = busy.outcome === "busy" ? busy.retryAfterMs : 0;
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(hour);
  await endLease("taken");
  const second = fenceOf(await begin("taken", "worker-3"));
  expect(second).toBeGreaterThan(first);
  expect(await begin("taken", "worker-1")).toEqual({ outcome: "ended" });
  expect(await begin("taken", "worker-4")).toMatchObject({ outcome: "busy" });
});

test("a lease of 1 ms ends by itself", async () => {
  let polls = 1;
  await begin("short", "worker-1", "f00d", 1);
  await expect
    .poll(async () => (await begin("short", `worker-${++polls}`)).outcome, { timeout: 10_000, interval: 5 })
    .toBe("run");
});

test("idempotency.begin refuses another payload hash before and after the lease and when the request is done", async () => {
  const mismatch = { outcome: "mismatch" };
  const fence = fenceOf(await begin("print", "worker-1", "f00d"));
  expect(await begin("print", "worker-1", "beef")).toEqual(mismatch);
  expect(await redis.get(keys.requestOwner(scope, "print", "worker-1"))).toBe(String(fence));
  expect(await begin("print", "worker-2", "beef")).toEqual(mismatch);
  const rememberedMs = await redis.pttl(keys.requestOwner(scope, "print", "worker-2"));
  expect(Math.abs(rememberedMs - 660_000)).toBeLessThan(60_000);
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
  { name: "512 KiB", reply: "x".repeat(524_288) },
  { name: "control characters, quotes and an emoji", reply: 'a\u0000b\r\n"{}\u{1f680}' },
])("idempotency.begin replays a reply of $name unchanged", async ({ reply }) => {
  const request = `reply-${reply.length}`;
  const fence = fenceOf(await begin(request, "worker-1"));
  const done = { request, owner: "worker-1", fence, reply, rememberMs: hour };
  expect(await tenant.scripts.idempotency.complete(done)).toEqual({ outcome: "completed" });
  expect(await begin(request, "worker-2")).toEqual({ outcome: "replay", reply });
});

test.each<Record<string, string>>([
  { state: "done", payload_hash: "f00d", fence: "7", owner: "worker-1" },
  { state: "running", payload_hash: "f00d", fence: "7", owner: "worker-1" },
  { state: "running", payload_hash: "f00d", lease_ends_ms: "7", owner: "worker-1" },
  { state: "", payload_hash: "f00d", fence: "7", lease_ends_ms: "7", owner: "worker-1" },
  { state: "running", fence: "7", lease_ends_ms: "8000000000000", owner: "worker-1" },
  { state: "running", payload_hash: "f00d", fence: "7", lease_ends_ms: "8000000000000" },
  { state: "done", fence: "7", owner: "worker-1", reply: "fine" },
  { state: "done", payload_hash: "f00d", fence: "7", reply: "fine" },
  { fence: "9007199254740991" },
  { fence: "9007199254740990" },
  {
    state: "running",
    payload_hash: "f00d",
    fence: "9007199254740990",
    lease_ends_ms: "7",
    owner: "worker-1",
  },
  { state: "running", payload_hash: "f00d", fence: "-7", lease_ends_ms: "7" },
])("idempotency.begin reports the record %j as corrupt", async (fields) => {
  const request = `corrupt-${Object.entries(fields).join("-")}`;
  await redis.hset(key(request), fields);
  for (const owner of ["worker-1", "worker-2"]) {
    expect(await failure(begin(request, owner))).toMatchObject({ code: "CORRUPT" });
  }
  expect(await redis.hgetall(key(request))).toEqual(fields);
  // As the repair says, after a look in the database.
  await repairsOn(redis, { request: key(request) }).repair("request", "state", "DEL {request}");
  expect(await begin(request, "worker-2")).toMatchObject({ outcome: "run" });
});

test("the highest stored fence leaves room for the next one", async () => {
  await redis.hset(key("room"), { fence: "9007199254740989" });
  expect(fenceOf(await begin("room", "worker-1"))).toBe(9_007_199_254_740_990);
});

test("an owner whose own run has ended is remembered for a limited time, although it was forgotten", async () => {
  const mine = await running(tenant, "own end");
  const ownerKey = keys.requestOwner(scope, "own end", mine.owner);
  await redis.hset(keys.request(scope, "own end"), { lease_ends_ms: 1 });
  await redis.del(ownerKey);
  const again = { request: "own end", owner: mine.owner, payloadHash: "f00d", leaseMs: 60_000 };
  expect(await tenant.scripts.idempotency.begin(again)).toMatchObject({ outcome: "ended" });
  expect(await redis.pttl(ownerKey)).toBeGreaterThan(600_000);
});
