import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { clockKey, withClock } from "../../support/lua/clock.js";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { slot } = tenant.scripts;
const atClock = createScriptClient(
  redis,
  { slot: { join: withClock(scripts.slot.join) } },
  { namespace: scope.namespace, deadlineMs: 15_000 },
).tenant(scope.tenant);
const messages = await Messages.of(redis, scope.namespace);

test("slot.join returns all live members, and reports a new one by a message", async () => {
  const group = freshName();
  expect(await slot.join({ group, worker: "b", leaseMs: 600_000 })).toMatchObject({ members: ["b"] });
  const { outcome, ...joined } = await slot.join({ group, worker: "a", leaseMs: 500_000 });
  expect(outcome).toBe("joined");
  expect(joined).toMatchObject({ members: ["a", "b"] });
  expect(await messages.on(keys.workers(scope, group))).toEqual(["joined", "joined"]);
});

test("slot.join renews by the end that the worker last got, and any other end changes nothing", async () => {
  const group = freshName();
  const key = { workers: keys.workers(scope, group) };
  const first = await slot.join({ group, worker: "a", leaseMs: 1_000 });
  if (first.outcome !== "joined") throw new Error("not joined");
  const renewal = { group, worker: "a", leaseMs: 500_000, leaseEndsMs: first.leaseEndsMs };
  const second = await slot.join(renewal);
  if (second.outcome !== "joined") throw new Error("not joined");
  expect(second.leaseEndsMs).toBeGreaterThan(first.leaseEndsMs + 400_000);
  const before = await bytesOf(redis, key);
  for (const late of [renewal, { group, worker: "a", leaseMs: 1_000 }]) {
    expect(await slot.join(late)).toEqual(second);
  }
  expect(await bytesOf(redis, key)).toEqual(before);
});

test("a worker whose lease has ended renews it, and a late first call does not", async () => {
  const group = freshName();
  const endedMs = Date.now() - 5_000;
  await redis.zadd(keys.workers(scope, group), endedMs, "a");
  expect(await slot.join({ group, worker: "a", leaseMs: 1_000 })).toEqual({ outcome: "ended" });
  const renewal = { group, worker: "a", leaseMs: 10_000, leaseEndsMs: endedMs };
  expect(await slot.join(renewal)).toMatchObject({ outcome: "joined", members: ["a"] });
  await redis.zadd(keys.workers(scope, group), 0, "zero", -1, "left");
  expect(await slot.join({ ...renewal, worker: "zero", leaseEndsMs: 1 })).toEqual({ outcome: "ended" });
  expect(await slot.join({ ...renewal, worker: "left", leaseEndsMs: 1 })).toEqual({ outcome: "left" });
  const forgotten = { group, worker: "b", leaseMs: 10_000, leaseEndsMs: endedMs };
  expect(await slot.join(forgotten)).toEqual({ outcome: "ended" });
});

test("slot.join forgets members 10 minutes after their lease or after they left", async () => {
  const group = freshName();
  const key = keys.workers(scope, group);
  const now = Date.now();
  await redis.zadd(
    key,
    now - 650_000,
    "ended",
    now - 670_000,
    "forgotten",
    -(now + 10_000),
    "left",
    -(now - 1),
    "gone",
  );
  await slot.join({ group, worker: "a", leaseMs: 600_000 });
  expect((await redis.zrange(key, "0", "-1")).sort()).toEqual(["a", "ended", "left"]);
  expect(await redis.pttl(key)).toBeGreaterThan(1_100_000);
});

test("slot.join refuses the 251st live member", async () => {
  const group = freshName();
  const key = keys.workers(scope, group);
  await redis.zadd(
    key,
    ...Array.from({ length: 250 }, (_, index) => [Date.now() + 60_000, `w${index}`]).flat(),
  );
  expect(await slot.join({ group, worker: "a", leaseMs: 600_000 })).toEqual({ outcome: "full" });
  expect(await redis.zcard(key)).toBe(250);
  const leaseEndsMs = Number(await redis.zscore(key, "w7"));
  const renewed = await slot.join({ group, worker: "w7", leaseMs: 600_000, leaseEndsMs });
  expect(renewed).toMatchObject({ outcome: "joined", members: expect.arrayContaining(["w7"]) });
});

test("a worker whose lease has ended is refused as the 251st live member too", async () => {
  const group = freshName();
  const key = keys.workers(scope, group);
  const live = Array.from({ length: 250 }, (_, index) => [Date.now() + 60_000, `w${index}`]);
  const endedMs = Date.now() - 5_000;
  await redis.zadd(key, ...live.flat(), endedMs, "a");
  const renewal = { group, worker: "a", leaseMs: 600_000, leaseEndsMs: endedMs };
  expect(await slot.join(renewal)).toEqual({ outcome: "full" });
  expect(await redis.zscore(key, "a")).toBe(String(endedMs));
  await redis.zrem(key, "w7");
  const reply = await slot.join(renewal);
  expect(reply).toMatchObject({ outcome: "joined", members: expect.arrayContaining(["a"]) });
});

test.each([
  { what: "ends now", endsInMs: 0, others: 60_000, outcome: "full" },
  { what: "is the longest one", endsInMs: 660_000, others: 660_000, outcome: "joined" },
  { what: "is longer than any lease", endsInMs: 660_001, others: 660_000, outcome: "full" },
])("beside 250 live members, a renewal of a lease that $what is $outcome", async (row) => {
  const group = freshName();
  const key = keys.workers(scope, group);
  const now = 1_800_000_000_000;
  await redis.set(clockKey(key), now);
  const { endsInMs, others, outcome } = row;
  const live = Array.from({ length: 250 }, (_, index) => [now + others, `w${index}`]);
  await redis.zadd(key, ...live.flat(), now + endsInMs, "a");
  const renewal = { group, worker: "a", leaseMs: 600_000, leaseEndsMs: now + endsInMs };
  expect(await atClock.slot.join(renewal)).toMatchObject({ outcome });
});

test.each(["inf", "1e300", String(Date.now() + 3_600_000)])(
  "a member whose lease ends at %s is not live, because no lease is so long",
  async (end) => {
    const group = freshName();
    const key = keys.workers(scope, group);
    await redis.zadd(key, ...Array.from({ length: 250 }, (_, index) => [end, `ghost-${index}`]).flat());
    const joined = await slot.join({ group, worker: "a", leaseMs: 600_000 });
    expect(joined).toMatchObject({ outcome: "joined", members: ["a"] });
  },
);

test("a renewal after the clock was set back stores an end by the new clock", async () => {
  const group = freshName();
  const key = keys.workers(scope, group);
  const now = Date.now();
  const ends = now + 7_200_000;
  await redis.zadd(key, ends, "a", now + 60_000, "b", now + 3_600_000, "ghost");
  const renewal = { group, worker: "a", leaseMs: 600_000, leaseEndsMs: ends };
  const renewed = await slot.join(renewal);
  expect(renewed).toMatchObject({ outcome: "joined", members: ["b", "a"] });
  expect(Number(await redis.zscore(key, "a"))).toBeLessThan(now + 700_000);
  expect(await slot.join(renewal)).toEqual(renewed);
});

test("slot.join stores a later end with each renewal, also within one millisecond", async () => {
  const group = freshName();
  const ends = Date.now() + 600_000;
  await redis.zadd(keys.workers(scope, group), ends, "a");
  const renewal = { group, worker: "a", leaseMs: 1_000, leaseEndsMs: ends };
  expect(await slot.join(renewal)).toMatchObject({ leaseEndsMs: ends + 1 });
  // The copy is no renewal, because the end is another one.
  expect(await slot.join({ ...renewal, leaseMs: 600_000 })).toMatchObject({ leaseEndsMs: ends + 1 });
});

test("a worker with the longest lease is live for others in the millisecond of its renewal", async () => {
  const group = freshName();
  const now = 1_800_000_000_000;
  await redis.set(clockKey(keys.workers(scope, group)), now);
  const lease = { group, leaseMs: 600_000 };
  const joined = await atClock.slot.join({ ...lease, worker: "a" });
  // It ends later than the one before, so it is further ahead than a lease is long.
  const renewal = { ...lease, worker: "a", leaseEndsMs: now + 600_000 };
  expect([joined, await atClock.slot.join(renewal)]).toMatchObject([
    { leaseEndsMs: now + 600_000 },
    { leaseEndsMs: now + 600_001 },
  ]);
  expect(await atClock.slot.join({ ...lease, worker: "b" })).toMatchObject({ members: ["b", "a"] });
});
