import { describe, expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { writtenBy } from "../../support/lua/written.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();
const scripts = tenant.scripts.idempotency;

const key = (request: string) => keys.request(scope, request);

const begin = (request: string, owner: string, payloadHash = "f00d", waits = false) =>
  scripts.begin({ request, owner, payloadHash, leaseMs: hour, waits });

async function running(request: string, owner: string) {
  const reply = await begin(request, owner);
  if (reply.outcome !== "run") throw new Error(`${request} is ${reply.outcome}`);
  return { request, owner, fence: reply.fence, leaseEndsMs: reply.leaseEndsMs };
}

async function endLease(request: string): Promise<void> {
  await redis.hset(key(request), { lease_ends_ms: (await nowMs(redis)) - 1 });
}

describe("a late copy of idempotency.begin runs nothing", () => {
  test("after its runner failed", async () => {
    await scripts.fail(await running("failed", "worker-1"));
    const before = await redis.hgetall(key("failed"));
    expect(await begin("failed", "worker-1")).toEqual({ outcome: "ended" });
    expect(await redis.hgetall(key("failed"))).toEqual(before);
    expect(await begin("failed", "worker-2")).toMatchObject({ outcome: "run" });
  });

  test("after its lease, whether or not another runner has taken over", async () => {
    await running("taken", "worker-1");
    await endLease("taken");
    expect(await begin("taken", "worker-1")).toEqual({ outcome: "ended" });
    await scripts.fail(await running("taken", "worker-2"));
    expect(await begin("taken", "worker-1")).toEqual({ outcome: "ended" });
  });

  test("after a busy answer that was the last word", async () => {
    const first = await running("busy", "worker-1");
    for (const _ of [1, 2]) expect(await begin("busy", "worker-2")).toMatchObject({ outcome: "busy" });
    await scripts.fail(first);
    expect(await begin("busy", "worker-2")).toEqual({ outcome: "ended" });
  });

  test("after its runner gave up waiting", async () => {
    const first = await running("waited", "worker-1");
    expect(await begin("waited", "worker-2", "f00d", true)).toMatchObject({ outcome: "busy" });
    expect(await scripts.fail({ request: "waited", owner: "worker-2" })).toEqual({ outcome: "lost" });
    expect(await begin("waited", "worker-2", "f00d", true)).toEqual({ outcome: "ended" });
    await scripts.fail(first);
    expect(await begin("waited", "worker-2", "f00d", true)).toEqual({ outcome: "ended" });
  });

  test("after a mismatch, if the request has failed since", async () => {
    const first = await running("mismatch", "worker-1");
    for (const _ of [1, 2])
      expect(await begin("mismatch", "worker-2", "beef")).toEqual({ outcome: "mismatch" });
    await scripts.fail(first);
    expect(await begin("mismatch", "worker-2", "beef")).toEqual({ outcome: "ended" });
  });

  test("after its lease, if the owner was forgotten in between", async () => {
    await running("own lease", "worker-1");
    // As after 11 minutes: the record is kept for a day, the owner is not.
    await endLease("own lease");
    await redis.del(keys.requestOwner(scope, "own lease", "worker-1"));
    for (const _ of [1, 2]) expect(await begin("own lease", "worker-1")).toEqual({ outcome: "ended" });
    await scripts.fail(await running("own lease", "worker-2"));
    expect(await begin("own lease", "worker-1")).toEqual({ outcome: "ended" });
  });

  test("after a mismatch with the owner's own run, if the owner was forgotten in between", async () => {
    await running("own", "worker-1");
    // As after 11 minutes: the record is kept for a day, the owner is not.
    await endLease("own");
    await redis.del(keys.requestOwner(scope, "own", "worker-1"));
    for (const _ of [1, 2]) expect(await begin("own", "worker-1", "beef")).toEqual({ outcome: "mismatch" });
    await scripts.fail(await running("own", "worker-2"));
    expect(await begin("own", "worker-1", "beef")).toEqual({ outcome: "ended" });
  });

  test("if its first copy comes after its runner let go", async () => {
    expect(await scripts.fail({ request: "unanswered", owner: "worker-1" })).toEqual({ outcome: "lost" });
    expect(await begin("unanswered", "worker-1")).toEqual({ outcome: "ended" });
    expect(await redis.exists(key("unanswered"))).toBe(0);
  });

  test("after the reply has been forgotten", async () => {
    const mine = await running("forgotten", "worker-1");
    await scripts.complete({ ...mine, reply: "done", rememberMs: 1_000 });
    await redis.del(key("forgotten"));
    expect(await begin("forgotten", "worker-1")).toEqual({ outcome: "ended" });
  });
});

test("a runner that waits may begin after a busy answer", async () => {
  const first = await running("turn", "worker-1");
  expect(await begin("turn", "worker-2", "f00d", true)).toMatchObject({ outcome: "busy" });
  await scripts.fail(first);
  expect(await begin("turn", "worker-2", "f00d", true)).toMatchObject({ outcome: "run" });
});

test("idempotency.begin of the live runner returns the same lease and writes nothing", async () => {
  const first = await begin("again", "worker-1");
  const watched = [key("again"), keys.requestOwner(scope, "again", "worker-1")];
  const written = await writtenBy(watched, async () => {
    expect(
      await scripts.begin({ request: "again", owner: "worker-1", payloadHash: "f00d", leaseMs: 1 }),
    ).toEqual({ ...first, repeated: true });
  });
  expect(written).toEqual([]);
});

test("idempotency.fail without a fence releases the request that its runner has begun", async () => {
  await running("fenceless", "worker-1");
  expect(await scripts.fail({ request: "fenceless", owner: "worker-1" })).toEqual({ outcome: "released" });
  expect(await begin("fenceless", "worker-2")).toMatchObject({ outcome: "run" });
});

test("a late copy of complete or fail changes no later run", async () => {
  const first = await running("later", "worker-1");
  await scripts.fail(first);
  const second = await running("later", "worker-2");
  const before = await redis.hgetall(key("later"));
  const done = { reply: "late", rememberMs: hour };
  expect(await scripts.complete({ ...first, ...done })).toEqual({ outcome: "lost" });
  expect(await scripts.fail(first)).toEqual({ outcome: "lost" });
  expect(await scripts.fail({ request: "later", owner: "worker-1" })).toEqual({ outcome: "lost" });
  expect(await redis.hgetall(key("later"))).toEqual(before);
  expect(await scripts.complete({ ...second, ...done })).toEqual({ outcome: "completed" });
});
