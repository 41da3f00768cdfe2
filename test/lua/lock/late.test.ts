import { describe, expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { holding } from "../../support/lua/holders.js";
import { moveLeaseEnd, storedLock } from "../../support/lua/stored-lock.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { writtenBy } from "../../support/lua/written.js";

const hour = 3_600_000;
/** The lateness horizon and the tolerated clock error: see docs/locks.md. */
const keptMs = 660_000;
const { redis, scope, tenant } = freshTenant();
const scripts = tenant.scripts.lock;

async function acquired(lock: string, owner: string, leaseMs = hour) {
  const reply = await scripts.acquire({ lock, owner, leaseMs });
  if (reply.outcome !== "acquired") throw new Error(`${lock} is ${reply.outcome}`);
  return { lock, owner, fence: reply.fence, leaseEndsMs: reply.leaseEndsMs };
}

const late = (lock: string, owner: string, waits = false) =>
  scripts.acquire({ lock, owner, leaseMs: hour, waits });

const endLease = (lock: string) => moveLeaseEnd(redis, keys.lock(scope, lock));

describe("a late copy of lock.acquire takes no lock", () => {
  test("after the release", async () => {
    const mine = await acquired("released", "alice");
    await scripts.release(mine);
    const key = keys.lock(scope, "released");
    const before = await redis.get(key);
    expect(await late("released", "alice")).toEqual({ outcome: "ended" });
    expect(await redis.get(key)).toBe(before);
    expect(await late("released", "bob")).toMatchObject({ outcome: "acquired" });
  });

  test("after the release of the next holder", async () => {
    await scripts.release(await acquired("next", "alice"));
    await scripts.release(await acquired("next", "bob"));
    expect(await late("next", "alice")).toEqual({ outcome: "ended" });
  });

  test("after the end of the lease, and after the next holder", async () => {
    await acquired("slept", "alice");
    await endLease("slept");
    expect(await late("slept", "alice")).toEqual({ outcome: "ended" });
    await scripts.release(await acquired("slept", "bob"));
    expect(await late("slept", "alice")).toEqual({ outcome: "ended" });
  });

  test("after a busy answer that was the last word", async () => {
    const held = await acquired("busy", "alice");
    for (const _ of [1, 2])
      expect(await late("busy", "bob")).toMatchObject({ outcome: "busy", holder: "alice" });
    await scripts.release(held);
    expect(await late("busy", "bob")).toEqual({ outcome: "ended" });
  });

  test("after its owner gave up waiting", async () => {
    const held = await acquired("waited", "alice");
    expect(await late("waited", "bob", true)).toMatchObject({ outcome: "busy" });
    expect(await scripts.release({ lock: "waited", owner: "bob" })).toEqual({ outcome: "lost" });
    expect(await late("waited", "bob", true)).toEqual({ outcome: "ended" });
    await scripts.release(held);
    expect(await late("waited", "bob", true)).toEqual({ outcome: "ended" });
  });

  test("if the first copy comes after its owner let go", async () => {
    expect(await scripts.release({ lock: "unanswered", owner: "alice" })).toEqual({ outcome: "lost" });
    expect(await late("unanswered", "alice")).toEqual({ outcome: "ended" });
    expect(await redis.exists(keys.lock(scope, "unanswered"))).toBe(0);
  });
});

test("lock.release without a fence releases what its owner has acquired", async () => {
  await acquired("fenceless", "alice");
  expect(await scripts.release({ lock: "fenceless", owner: "bob" })).toEqual({ outcome: "lost" });
  expect(await late("fenceless", "carol")).toMatchObject({ outcome: "busy", holder: "alice" });
  expect(await scripts.release({ lock: "fenceless", owner: "alice" })).toEqual({ outcome: "released" });
});

test("an owner that waits may acquire the lock after a busy answer", async () => {
  const held = await acquired("turn", "alice");
  expect(await late("turn", "bob", true)).toMatchObject({ outcome: "busy" });
  await scripts.release(held);
  expect(await late("turn", "bob", true)).toMatchObject({ outcome: "acquired" });
});

test("lock.acquire of the live holder returns the same lease and writes nothing", async () => {
  const first = await scripts.acquire({ lock: "again", owner: "alice", leaseMs: hour });
  expect(first).toMatchObject({ outcome: "acquired", repeated: false });
  const key = keys.lock(scope, "again");
  const written = await writtenBy([key], async () => {
    expect(await scripts.acquire({ lock: "again", owner: "alice", leaseMs: 2 * hour })).toEqual({
      ...first,
      repeated: true,
    });
  });
  expect(written).toEqual([]);
});

test("only the first poll of a busy lock writes that somebody waits", async () => {
  await acquired("polled", "alice");
  const key = keys.lock(scope, "polled");
  expect(await writtenBy([key], () => late("polled", "bob", true))).toEqual([key]);
  expect(await writtenBy([key], () => late("polled", "bob", true))).toEqual([]);
  expect(await writtenBy([key], () => late("polled", "carol", true))).toEqual([]);
});

test("a lock leaves keys for the horizon and the tolerated clock error, and none for longer", async () => {
  const namespaceKeys = async (lock: string) => redis.keys(`${scope.namespace}:{acme:${lock}}:*`);
  await scripts.release(await acquired("short", "alice", 1_000));
  const found = await namespaceKeys("short");
  expect(found.length).toBeGreaterThan(0);
  for (const key of found) {
    const left = await redis.pttl(key);
    expect(left, key).toBeGreaterThan(keptMs - 10_000);
    expect(left, key).toBeLessThanOrEqual(keptMs + 1_000);
  }
});

test("a lock without a TTL is not held after its lease, and a renewal gives it a TTL", async () => {
  const mine = await acquired("endless", "alice");
  const key = keys.lock(scope, "endless");
  await redis.persist(key);
  const renewal = { ...mine, leaseMs: hour };
  expect(await scripts.renew(renewal)).toMatchObject({ outcome: "renewed" });
  expect(await redis.pttl(key)).toBeGreaterThan(0);
  await redis.persist(key);
  await endLease("endless");
  expect(await scripts.renew(renewal)).toEqual({ outcome: "lost" });
  expect(await late("endless", "bob")).toMatchObject({ outcome: "acquired" });
});

test("a late copy of lock.renew does not prolong the lease", async () => {
  const mine = await acquired("renewed", "alice");
  const key = keys.lock(scope, "renewed");
  const renewal = { ...mine, leaseMs: 1_000 };
  const first = await scripts.renew(renewal);
  expect(first).toMatchObject({ outcome: "renewed" });
  const before = await redis.get(key);
  const leaseEndsMs = (await storedLock(redis, key))?.leaseEndsMs;
  expect(await scripts.renew({ ...renewal, leaseMs: 2 * hour })).toEqual({ outcome: "stale", leaseEndsMs });
  expect(await redis.get(key)).toBe(before);
});

test("an owner that is told ended is remembered for the whole horizon from then on", async () => {
  const mine = await holding(tenant, "told");
  await tenant.scripts.lock.release(mine);
  const key = keys.lockOwner(scope, "told", "alice");
  await redis.pexpire(key, 5_000);
  const late = { lock: "told", owner: "alice", leaseMs: hour };
  expect(await tenant.scripts.lock.acquire(late)).toEqual({ outcome: "ended" });
  expect(await redis.pttl(key)).toBeGreaterThan(650_000);
  await tenant.scripts.lock.acquire({ ...late, owner: "bob" });
  await redis.pexpire(key, 5_000);
  expect(await tenant.scripts.lock.acquire(late)).toEqual({ outcome: "ended" });
  expect(await redis.pttl(key)).toBeGreaterThan(650_000);
});
