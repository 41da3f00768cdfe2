import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { clockKey, withClock } from "../../support/lua/clock.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { isHeld, moveLeaseEnd, storedLock } from "../../support/lua/stored-lock.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();
const atClock = createScriptClient(
  redis,
  { lock: { acquire: withClock(scripts.lock.acquire) } },
  { namespace: scope.namespace, deadlineMs: 15_000 },
).tenant(scope.tenant);

const acquire = (lock: string, owner: string, leaseMs = hour) =>
  tenant.scripts.lock.acquire({ lock, owner, leaseMs });

async function fenceOf(lock: string, owner: string): Promise<number> {
  const reply = await acquire(lock, owner);
  if (reply.outcome !== "acquired") throw new Error(`${lock} is ${reply.outcome}`);
  return reply.fence;
}

test("the first fence is Redis's clock in microseconds", async () => {
  const micros = async () => {
    const [seconds, rest] = await redis.time();
    return Number(seconds) * 1_000_000 + Number(rest);
  };
  const before = await micros();
  const fence = await fenceOf("clock", "alice");
  expect(fence).toBeGreaterThanOrEqual(before);
  expect(fence).toBeLessThanOrEqual(await micros());
});

test("every grant has a higher fence, after a release and after the end of a lease", async () => {
  let last = 0;
  for (let round = 0; round < 20; round++) {
    const owner = `owner-${round}`;
    const fence = await fenceOf("rising", owner);
    expect(fence).toBeGreaterThan(last);
    expect(await storedLock(redis, keys.lock(scope, "rising"))).toMatchObject({
      fence,
      owner,
      state: "held",
    });
    if (round % 2) await moveLeaseEnd(redis, keys.lock(scope, "rising"));
    else await tenant.scripts.lock.release({ lock: "rising", owner, fence });
    last = fence;
  }
});

test("fences rise if the clock goes back and if the lock is forgotten", async () => {
  const ahead = 8_500_000_000_000_000;
  const key = keys.lock(scope, "ahead");
  await redis.set(key, `${ahead} 5 released zoe`);
  expect(await fenceOf("ahead", "alice")).toBe(ahead + 1);
  await moveLeaseEnd(redis, key);
  expect(await fenceOf("ahead", "bob")).toBe(ahead + 2);

  const before = await fenceOf("forgotten", "alice");
  await redis.del(keys.lock(scope, "forgotten"));
  expect(await fenceOf("forgotten", "bob")).toBeGreaterThan(before);
});

test.each([
  { last: 7, fence: 1_800_000_000_000_000 },
  { last: 1_799_999_999_999_999, fence: 1_800_000_000_000_000 },
  { last: 1_800_000_000_000_000, fence: 1_800_000_000_000_001 },
])("at 1800000000000000 us, the fence after $last is $fence", async ({ last, fence }) => {
  const lock = `after-${last}`;
  const key = keys.lock(scope, lock);
  await redis.set(clockKey(key), 1_800_000_000_000);
  await redis.set(key, `${last} 5 released zoe`);
  expect(await atClock.lock.acquire({ lock, owner: "alice", leaseMs: hour })).toMatchObject({ fence });
});

test("a late copy prolongs the memory of its owner, also while nobody holds the lock", async () => {
  const owner = keys.lockOwner(scope, "remembered", "alice");
  await redis.set(owner, "ended", "PX", 60_000);
  expect(await acquire("remembered", "alice")).toEqual({ outcome: "ended" });
  expect(Math.abs((await redis.pttl(owner)) - 660_000)).toBeLessThan(60_000);
  expect(await redis.get(owner)).toBe("ended");
});

test("a lock and its owner are kept until 660 s after the lease", async () => {
  const reply = await acquire("kept", "alice");
  const ends = reply.outcome === "acquired" ? reply.leaseEndsMs : 0;
  expect(Math.abs(ends - (await nowMs(redis)) - hour)).toBeLessThan(60_000);
  for (const key of [keys.lock(scope, "kept"), keys.lockOwner(scope, "kept", "alice")]) {
    expect(await redis.pexpiretime(key), key).toBe(ends + 660_000);
  }
});

test("a fence that is ahead of Redis's clock is kept until the clock has passed it", async () => {
  const aheadMs = (await nowMs(redis)) + 24 * hour;
  await redis.set(keys.lock(scope, "clock-back"), `${aheadMs * 1_000} 5 released zoe`);
  expect(await fenceOf("clock-back", "alice")).toBe(aheadMs * 1_000 + 1);
  for (const key of [keys.lock(scope, "clock-back"), keys.lockOwner(scope, "clock-back", "alice")]) {
    expect(await redis.pexpiretime(key), key).toBe(aheadMs + 1 + 660_000);
  }
});

test("lock.acquire returns the holder its fence and lease, whatever lease it asks for", async () => {
  const first = await acquire("again", "alice");
  const key = keys.lock(scope, "again");
  const before = [await redis.get(key), await redis.pexpiretime(key)];
  for (const leaseMs of [2 * hour, hour, 1, 31_622_400_000]) {
    expect(await acquire("again", "alice", leaseMs)).toEqual({ ...first, repeated: true });
  }
  expect([await redis.get(key), await redis.pexpiretime(key)]).toEqual(before);
});

test("a busy reply names the holder and the longest wait", async () => {
  await acquire("busy", "alice");
  const reply = await acquire("busy", "bob");
  expect(reply).toMatchObject({ outcome: "busy", holder: "alice" });
  const left = reply.outcome === "busy" ? reply.retryAfterMs : 0;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(hour);
  expect(await storedLock(redis, keys.lock(scope, "busy"))).toMatchObject({ owner: "alice" });
  const rememberedMs = await redis.pttl(keys.lockOwner(scope, "busy", "bob"));
  expect(Math.abs(rememberedMs - 660_000)).toBeLessThan(60_000);
});

test("a busy reply fits its type if the clock has gone back by years", async () => {
  await redis.set(keys.lock(scope, "years"), "7 8000000000000000 held alice");
  const busy = { outcome: "busy", holder: "alice", retryAfterMs: 31_622_400_000 };
  expect(await acquire("years", "bob")).toEqual(busy);
});

test("lock.acquire with waits: true marks the holder's lock as waited for and changes nothing else", async () => {
  const fence = await fenceOf("waited", "alice");
  const key = keys.lock(scope, "waited");
  const before = { lock: await storedLock(redis, key), expires: await redis.pexpiretime(key) };
  const wait = { lock: "waited", leaseMs: hour };
  expect(await tenant.scripts.lock.acquire({ ...wait, owner: "bob", waits: false })).toMatchObject({
    outcome: "busy",
  });
  // The holder itself waits for nobody.
  expect(
    await tenant.scripts.lock.acquire({ ...wait, owner: "alice", leaseMs: 1, waits: true }),
  ).toMatchObject({ outcome: "acquired", fence });
  expect(await storedLock(redis, key)).toEqual(before.lock);
  for (const owner of ["carol", "dora"]) {
    const reply = await tenant.scripts.lock.acquire({ ...wait, owner, waits: true });
    expect(reply).toMatchObject({ outcome: "busy", holder: "alice" });
    expect(await storedLock(redis, key)).toEqual({ ...before.lock, state: "waited" });
    expect(await redis.exists(keys.lockOwner(scope, "waited", owner))).toBe(0);
  }
  expect(await redis.pexpiretime(key)).toBe(before.expires);
});

test("a busy answer without waits ends the owner, also if it waits later", async () => {
  await acquire("mixed", "alice");
  expect(await acquire("mixed", "bob")).toMatchObject({ outcome: "busy" });
  const waiting = { lock: "mixed", owner: "bob", leaseMs: hour, waits: true };
  expect(await tenant.scripts.lock.acquire(waiting)).toEqual({ outcome: "ended" });
  expect(await storedLock(redis, keys.lock(scope, "mixed"))).toMatchObject({ state: "held" });
});

test("an owner that has held the lock is told ended while another owner holds it", async () => {
  await tenant.scripts.lock.release({
    lock: "passed",
    owner: "alice",
    fence: await fenceOf("passed", "alice"),
  });
  await acquire("passed", "bob");
  for (const waits of [false, true]) {
    const call = { lock: "passed", owner: "alice", leaseMs: hour, waits };
    expect(await tenant.scripts.lock.acquire(call)).toEqual({ outcome: "ended" });
  }
});

test("lock.acquire with waits: true takes a free lock and sets no mark", async () => {
  const reply = await tenant.scripts.lock.acquire({ lock: "free", owner: "bob", leaseMs: hour, waits: true });
  expect(reply).toMatchObject({ outcome: "acquired" });
  expect(await storedLock(redis, keys.lock(scope, "free"))).toMatchObject({ state: "held", owner: "bob" });
});

test("the mark of a waiter ends with the lease", async () => {
  await acquire("over", "alice");
  await tenant.scripts.lock.acquire({ lock: "over", owner: "bob", leaseMs: hour, waits: true });
  await moveLeaseEnd(redis, keys.lock(scope, "over"));
  await acquire("over", "carol");
  expect(await storedLock(redis, keys.lock(scope, "over"))).toMatchObject({ state: "held", owner: "carol" });
});

test("a released lock stays free if a failover sets the clock back", async () => {
  const mine = { lock: "back", owner: "alice", fence: await fenceOf("back", "alice") };
  await tenant.scripts.lock.release(mine);
  await moveLeaseEnd(redis, keys.lock(scope, "back"), hour);
  expect(await acquire("back", "alice")).toEqual({ outcome: "ended" });
  expect(await fenceOf("back", "bob")).toBeGreaterThan(mine.fence);
});

test("a lease of 1 ms ends by itself", async () => {
  await acquire("short", "alice", 1);
  await expect.poll(() => isHeld(redis, keys.lock(scope, "short")), { timeout: 10_000 }).toBe(false);
  expect(await acquire("short", "bob")).toMatchObject({ outcome: "acquired" });
});

test("lock names differ by every byte", async () => {
  const odd = ["a", "A", " a", "ä", "a:b", "北京", "x".repeat(256)];
  for (const name of odd) expect(await acquire(name, name)).toMatchObject({ outcome: "acquired" });
  for (const name of odd) expect(await acquire(name, "z")).toMatchObject({ outcome: "busy", holder: name });
});

test.each([
  { name: "an empty lock name", wrong: { lock: "" } },
  { name: "a lock name with braces", wrong: { lock: "a{b}" } },
  { name: "an owner of 257 bytes", wrong: { owner: "x".repeat(257) } },
  { name: "a lease of 0 ms", wrong: { leaseMs: 0 } },
  { name: "a lease over the maximum", wrong: { leaseMs: 31_622_400_001 } },
])("lock.acquire refuses $name before it is sent", async ({ wrong }) => {
  const error = await failure(
    tenant.scripts.lock.acquire({ lock: "wrong", owner: "alice", leaseMs: 1, ...wrong }),
  );
  expect(error).toMatchObject({ code: "ARGUMENT" });
});

test.each([
  "",
  "7",
  "7 8000000000000",
  "7 8000000000000 bob",
  "7 8000000000000 taken bob",
  "0x7 8000000000000 held bob",
  "7.5 8000000000000 held bob",
  " 7 8000000000000 held bob",
  "-7 8000000000000 held bob",
  "7 8e12 held bob",
  "7 nan held bob",
  "9007199254740991 8000000000000 held bob",
  "9007199254740993 8000000000000 held bob",
  "7 8640000000000000 held bob",
  "7 99999999999999999999 held bob",
])("lock.acquire reports the lock %j as corrupt to every owner", async (text) => {
  const key = keys.lock(scope, `corrupt-${text}`);
  await redis.set(key, text);
  for (const owner of ["alice", "bob"]) {
    for (const waits of [false, true]) {
      const call = tenant.scripts.lock.acquire({ lock: `corrupt-${text}`, owner, leaseMs: hour, waits });
      expect(await failure(call)).toMatchObject({
        code: "CORRUPT",
        message: expect.stringContaining("lock"),
      });
    }
    expect(await redis.exists(keys.lockOwner(scope, `corrupt-${text}`, owner))).toBe(0);
  }
  expect(await redis.get(key)).toBe(text);
});
