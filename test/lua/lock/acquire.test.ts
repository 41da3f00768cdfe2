import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

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
    expect(await redis.get(keys.lockFence(scope, "rising"))).toBe(String(fence));
    if (round % 2) await redis.pexpireat(keys.lock(scope, "rising"), 1);
    else await tenant.scripts.lock.release({ lock: "rising", owner, fence });
    last = fence;
  }
});

test("fences rise if the clock goes back and if the last fence has expired", async () => {
  const ahead = 8_500_000_000_000_000;
  await redis.set(keys.lockFence(scope, "ahead"), ahead);
  expect(await fenceOf("ahead", "alice")).toBe(ahead + 1);
  await redis.del(keys.lock(scope, "ahead"));
  expect(await fenceOf("ahead", "bob")).toBe(ahead + 2);

  const before = await fenceOf("forgotten", "alice");
  await redis.del(keys.lock(scope, "forgotten"), keys.lockFence(scope, "forgotten"));
  expect(await fenceOf("forgotten", "bob")).toBeGreaterThan(before);
});

test("the last fence is kept for a day after the lease", async () => {
  await fenceOf("kept", "alice");
  const left = await redis.pttl(keys.lockFence(scope, "kept"));
  expect(left).toBeGreaterThan(23 * hour);
  expect(left).toBeLessThanOrEqual(24 * hour);
});

test("lock.acquire keeps the holder's fence, extends its lease and never shortens it", async () => {
  const fence = await fenceOf("again", "alice");
  let longest = hour;
  for (const leaseMs of [2 * hour, hour, 3 * hour, 1, 31_622_400_000]) {
    expect(await acquire("again", "alice", leaseMs)).toEqual({ outcome: "acquired", fence });
    longest = Math.max(longest, leaseMs);
    const left = await redis.pttl(keys.lock(scope, "again"));
    expect(left).toBeGreaterThan(longest - hour);
    expect(left).toBeLessThanOrEqual(longest);
  }
});

test("a busy reply names the holder and the longest wait", async () => {
  await acquire("busy", "alice");
  const reply = await acquire("busy", "bob");
  expect(reply).toMatchObject({ outcome: "busy", holder: "alice" });
  const left = reply.outcome === "busy" ? reply.retryAfterMs : 0;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(hour);
  expect(await redis.hgetall(keys.lock(scope, "busy"))).toMatchObject({ owner: "alice" });
});

test("lock.acquire with waits: true marks the holder's lock as waited for and changes nothing else", async () => {
  const fence = await fenceOf("waited", "alice");
  const key = keys.lock(scope, "waited");
  const ends = await redis.pexpiretime(key);
  const wait = { lock: "waited", leaseMs: hour };
  const alone = { owner: "alice", fence: String(fence) };
  expect(await tenant.scripts.lock.acquire({ ...wait, owner: "bob", waits: false })).toMatchObject({
    outcome: "busy",
  });
  expect(await redis.hgetall(key)).toEqual(alone);
  // The holder itself waits for nobody.
  expect(await tenant.scripts.lock.acquire({ ...wait, owner: "alice", leaseMs: 1, waits: true })).toEqual({
    outcome: "acquired",
    fence,
  });
  expect(await redis.hgetall(key)).toEqual(alone);
  for (const owner of ["bob", "carol"]) {
    const reply = await tenant.scripts.lock.acquire({ ...wait, owner, waits: true });
    expect(reply).toMatchObject({ outcome: "busy", holder: "alice" });
    expect(await redis.hgetall(key)).toEqual({ ...alone, waited: "yes" });
  }
  expect(await redis.pexpiretime(key)).toBe(ends);
});

test("lock.acquire with waits: true takes a free lock and sets no mark", async () => {
  const reply = await tenant.scripts.lock.acquire({ lock: "free", owner: "bob", leaseMs: hour, waits: true });
  expect(reply).toMatchObject({ outcome: "acquired" });
  expect(await redis.hkeys(keys.lock(scope, "free"))).toEqual(["owner", "fence"]);
});

test("the mark of a waiter expires with the lease", async () => {
  await acquire("over", "alice");
  await tenant.scripts.lock.acquire({ lock: "over", owner: "bob", leaseMs: hour, waits: true });
  await redis.pexpireat(keys.lock(scope, "over"), 1);
  await acquire("over", "carol");
  expect(await redis.hkeys(keys.lock(scope, "over"))).toEqual(["owner", "fence"]);
});

test("a lease of 1 ms ends by itself", async () => {
  await acquire("short", "alice", 1);
  await expect.poll(() => redis.exists(keys.lock(scope, "short")), { timeout: 10_000 }).toBe(0);
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
  { held: { owner: "bob" }, name: "an owner without a fence" },
  { held: { owner: "bob", fence: "0x7" }, name: "a fence that is not a decimal integer" },
])("lock.acquire reports $name as corrupt to every owner", async ({ held, name }) => {
  const key = keys.lock(scope, name);
  await redis.hset(key, held);
  await redis.pexpire(key, hour);
  for (const owner of ["alice", "bob"]) {
    expect(await failure(acquire(name, owner))).toMatchObject({ code: "CORRUPT" });
    const waiting = tenant.scripts.lock.acquire({ lock: name, owner, leaseMs: hour, waits: true });
    expect(await failure(waiting)).toMatchObject({ code: "CORRUPT" });
  }
  expect(await redis.hgetall(key)).toEqual(held);
});

test("lock.acquire reports a lock without a lease as corrupt to every owner", async () => {
  const key = keys.lock(scope, "endless");
  await redis.hset(key, { owner: "bob", fence: "7" });
  for (const owner of ["alice", "bob"]) {
    expect(await failure(acquire("endless", owner))).toMatchObject({ code: "CORRUPT" });
  }
  expect(await redis.hgetall(key)).toEqual({ owner: "bob", fence: "7" });
  expect(await redis.pttl(key)).toBe(-1);
});
