import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { limitsAtClock, startMs } from "../../support/limit/at-clock.js";

const { redis, scope, limit, at } = limitsAtClock();
const leaseMs = 10_000;
const keptMs = 660_000;

async function entered(name: string, owner = "a", maxPermits = 1) {
  const reply = await limit.enter({ name, owner, maxPermits, leaseMs });
  if (reply.outcome !== "entered") throw new Error(`${owner} is ${reply.outcome}`);
  return { name, owner, fence: reply.fence, leaseEndsMs: reply.leaseEndsMs };
}

const members = (name: string) => redis.zrange(keys.permits(scope, name), "0", "-1", "WITHSCORES");

test("a lease is renewed until its last millisecond, and never shorter", async () => {
  await at("renew", 0);
  const mine = await entered("renew");
  await at("renew", leaseMs - 1);
  const leaseEndsMs = startMs + 2 * leaseMs - 1;
  expect(await limit.renew({ ...mine, leaseMs })).toEqual({ outcome: "renewed", leaseEndsMs });
  const again = { ...mine, leaseEndsMs, leaseMs: 1 };
  expect(await limit.renew(again)).toEqual({ outcome: "renewed", leaseEndsMs: leaseEndsMs + 1 });
  expect(await limit.renew(again)).toEqual({ outcome: "stale", leaseEndsMs: leaseEndsMs + 1 });
});

test("permits and owner live until 660 s after the new lease", async () => {
  await at("ttl", 0);
  const mine = await entered("ttl");
  await limit.renew({ ...mine, leaseMs: 3_600_000 });
  const until = startMs + 3_600_000 + keptMs;
  expect(await redis.pexpiretime(keys.permitOwner(scope, "ttl", "a"))).toBe(until);
  expect(await redis.pexpiretime(keys.permits(scope, "ttl"))).toBe(until);
  await redis.pexpireat(keys.permits(scope, "ttl"), until + 9_000);
  const second = startMs + 3_600_000;
  await limit.renew({ ...mine, leaseEndsMs: second, leaseMs });
  expect(await redis.pexpiretime(keys.permits(scope, "ttl"))).toBe(until + 9_000);
});

test("a fence ahead of the clock is kept until the clock has passed it", async () => {
  await at("ahead", 0);
  const aheadMs = startMs + 86_400_000;
  await redis.zadd(keys.permits(scope, "ahead"), -1_000, `0 ${aheadMs * 1_000}`);
  const mine = await entered("ahead");
  await limit.renew({ ...mine, leaseMs });
  expect(await redis.pexpiretime(keys.permitOwner(scope, "ahead", "a"))).toBe(aheadMs + 1 + keptMs);
});

test("a lease that has ended is lost, and stays over when the clock goes back", async () => {
  await at("ended", 0);
  const mine = await entered("ended");
  await at("ended", leaseMs);
  expect(await limit.renew({ ...mine, leaseMs })).toEqual({ outcome: "lost" });
  await at("ended", leaseMs - 1);
  expect(await limit.renew({ ...mine, leaseMs })).toEqual({ outcome: "lost" });
  expect(await members("ended")).toEqual([`0 ${mine.fence}`, "-1000"]);
});

test("it never adds: after leave, after the next holder, under another fence, of an unknown owner", async () => {
  await at("adds", 0);
  const first = await entered("adds");
  await limit.leave(first);
  expect(await limit.renew({ ...first, leaseMs })).toEqual({ outcome: "lost" });
  const second = await entered("adds", "b");
  const before = await members("adds");
  expect(await limit.renew({ ...first, leaseMs })).toEqual({ outcome: "lost" });
  expect(await limit.renew({ ...second, fence: second.fence + 1, leaseMs })).toEqual({ outcome: "lost" });
  expect(await limit.renew({ ...second, owner: "zoe", leaseMs })).toEqual({ outcome: "lost" });
  expect(await members("adds")).toEqual(before);
});
