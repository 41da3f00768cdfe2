import { expect, test } from "vitest";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant, keys, memberOf } from "../../support/lua/shard.js";

const hour = 3_600_000;
const horizonMs = 660_000;
const { redis, scope, tenant } = freshTenant();

const claim = (queue: string, name: string, limit = 100, leaseMs = hour) =>
  tenant.expiry.claim({ queue: queue, claim: name, limit, leaseMs });

async function due(queue: string, instants: Readonly<Record<string, number>>): Promise<void> {
  const scores = Object.entries(instants).flatMap(([item, dueMs]) => [dueMs, item]);
  await redis.zadd(keys.due(scope, queue), ...scores);
}

/** Nothing is due, and the wait is from Redis's clock at the call until then. */
async function expectIdle(queue: string, nextDueMs: number, name = freshName()): Promise<void> {
  const before = await nowMs(redis);
  const reply = await claim(queue, name);
  const after = await nowMs(redis);
  expect(reply).toEqual({ outcome: "idle", nextDueMs, waitMs: expect.any(Number) });
  const waitMs = reply.outcome === "idle" ? (reply.waitMs ?? -1) : -1;
  expect(waitMs).toBeGreaterThanOrEqual(Math.max(nextDueMs - after, 0));
  expect(waitMs).toBeLessThanOrEqual(nextDueMs - before);
}

test("expiry.claim returns at most 100 items a call, each once", async () => {
  const names = Array.from({ length: 225 }, (_, position) => `offer-${position}`);
  await due("many", Object.fromEntries(names.map((name, position) => [name, position + 1])));
  const taken: string[] = [];
  for (const [page, size] of [100, 100, 25].entries()) {
    const reply = await claim("many", `page-${page}`);
    const items = reply.outcome === "claimed" ? reply.items : [];
    expect(items).toHaveLength(size);
    taken.push(...items.map(({ item }) => item));
  }
  expect(taken).toEqual(names);
  expect(await claim("many", "page-3")).toMatchObject({ outcome: "idle" });
  expect(await redis.exists(keys.due(scope, "many"))).toBe(0);
  expect(await redis.llen(keys.claim(scope, "many", "page-0"))).toBe(101);
});

test("an item is due from its own millisecond on", async () => {
  // An answer counts where the clock before and after it says the same.
  let judged = 0;
  for (let round = 0; round < 100; round++) {
    const queue = `edge-${round}`;
    const dueMs = (await nowMs(redis)) + (round % 4);
    await due(queue, { offer: dueMs });
    const before = await nowMs(redis);
    const reply = await claim(queue, "run");
    const after = await nowMs(redis);
    const isDue = dueMs <= before ? true : dueMs > after ? false : undefined;
    if (isDue === undefined) continue;
    judged++;
    expect(reply).toMatchObject(isDue ? { outcome: "claimed" } : { outcome: "idle", nextDueMs: dueMs });
  }
  expect(judged).toBeGreaterThan(0);
});

test("a repeated expiry.claim returns the claim's remaining items and no new ones", async () => {
  await due("again", { a: 1, b: 2, c: 3 });
  await claim("again", "run", 2);
  const both = [
    { item: "a", attempts: 1 },
    { item: "b", attempts: 1 },
  ];
  const again = await claim("again", "run", 100, 5 * hour);
  expect(again).toEqual({ outcome: "claimed", items: both, leaseEndsMs: expect.any(Number) });
  await tenant.expiry.ack({ queue: "again", claim: "run", items: ["a"] });
  expect(await claim("again", "run")).toMatchObject({
    outcome: "claimed",
    items: [{ item: "b", attempts: 1 }],
  });
  await tenant.expiry.ack({ queue: "again", claim: "run", items: ["b"] });
  expect(await claim("again", "run")).toMatchObject({ outcome: "claimed", items: [] });
  expect(await claim("again", "next")).toMatchObject({
    outcome: "claimed",
    items: [{ item: "c", attempts: 1 }],
  });
});

test("the attempt count starts again at 1 if the stored count is lost", async () => {
  await due("lost", { offer: 1 });
  await claim("lost", "run");
  await redis.del(keys.attempts(scope, "lost"));
  expect(await claim("lost", "run")).toMatchObject({ items: [{ item: "offer", attempts: 1 }] });
});

test("expiry.claim sets the requested lease on the items and on the claim", async () => {
  await due("lease", { offer: 1 });
  const before = await nowMs(redis);
  const reply = await claim("lease", "run", 1, 2 * hour);
  const after = await nowMs(redis);
  const ends = Number(await redis.zscore(keys.processing(scope, "lease"), "offer"));
  expect(ends).toBeGreaterThanOrEqual(before + 2 * hour);
  expect(ends).toBeLessThanOrEqual(after + 2 * hour);
  expect(reply).toMatchObject({ outcome: "claimed", leaseEndsMs: ends });
  const again = { ...reply, nextDueMs: undefined, waitMs: undefined };
  expect(await claim("lease", "run", 1, 9 * hour)).toEqual(again);
  expect(await redis.lrange(keys.claim(scope, "lease", "run"), 0, -1)).toEqual([String(ends), "offer"]);
  expect(await redis.pexpiretime(keys.claim(scope, "lease", "run"))).toBe(ends + horizonMs);
  await expectIdle("lease", ends);
});

test("an item that is not acknowledged within its lease of 1 ms goes to another worker", async () => {
  await due("short", { offer: 1 });
  await claim("short", "slow", 1, 1);
  let rounds = 0;
  const next = async () => claim("short", `next-${++rounds}`);
  await expect.poll(async () => (await next()).outcome, { timeout: 10_000, interval: 5 }).toBe("claimed");
  expect(await claim("short", `next-${rounds}`)).toMatchObject({
    outcome: "claimed",
    items: [{ item: "offer", attempts: 2 }],
  });
  expect(await tenant.expiry.ack({ queue: "short", claim: "slow", items: ["offer"] })).toEqual({
    outcome: "lost",
  });
  expect(await tenant.expiry.ack({ queue: "short", claim: `next-${rounds}`, items: ["offer"] })).toEqual({
    outcome: "acked",
  });
  expect(await redis.exists(keys.processing(scope, "short"), keys.attempts(scope, "short"))).toBe(0);
});

test("expiry.claim returns items of dead workers first, then due items, each by their instants", async () => {
  await redis.zadd(keys.processing(scope, "left"), 2, "left-b", 5, "left-a", 9, "left-c");
  await due("left", { "due-a": 1, "due-b": 2, "due-c": 7 });
  const names = (reply: Awaited<ReturnType<typeof claim>>) =>
    reply.outcome === "claimed" ? reply.items.map(({ item }) => item) : [];
  expect(names(await claim("left", "one", 1))).toEqual(["left-b"]);
  expect(names(await claim("left", "two", 3))).toEqual(["left-a", "left-c", "due-a"]);
  expect(names(await claim("left", "three"))).toEqual(["due-b", "due-c"]);
  expect(await redis.exists(keys.due(scope, "left"))).toBe(0);
});

test("a claim stores attempts only from an item's second claim on", async () => {
  await due("second", { a: 1, b: 2 });
  await redis.hset(keys.attempts(scope, "second"), { b: 1 });
  await claim("second", "run");
  expect(await redis.hgetall(keys.attempts(scope, "second"))).toEqual({ b: "2" });
});

test("a late copy of a claim claims nothing: not after the lease, and not after nothing was due", async () => {
  const queue = "late";
  expect(await claim(queue, "nothing")).toEqual({ outcome: "idle" });
  expect(await redis.pttl(keys.claim(scope, queue, "nothing"))).toBeGreaterThan(horizonMs - 60_000);
  await due(queue, { a: 1 });
  await claim(queue, "short", 1, 1);
  await redis.lset(keys.claim(scope, queue, "short"), 0, 5);
  await redis.zadd(keys.processing(scope, queue), 5, "a");
  await due(queue, { b: 1 });
  expect(await claim(queue, "nothing")).toMatchObject({ outcome: "idle", nextDueMs: 1, waitMs: 0 });
  expect(await claim(queue, "short")).toEqual({ outcome: "ended" });
  expect(await redis.zcard(keys.due(scope, queue))).toBe(1);
  expect(await claim(queue, "new")).toMatchObject({ items: [{ item: "a", attempts: 2 }, { item: "b" }] });
});

test("an idle reply names the earlier of the next due item and the next lease end", async () => {
  const now = await nowMs(redis);
  expect(await claim("idle", "run")).toEqual({ outcome: "idle" });
  await due("idle", { offer: now + 2 * hour });
  await expectIdle("idle", now + 2 * hour);
  await redis.zadd(keys.processing(scope, "idle"), now + hour, "held");
  await expectIdle("idle", now + hour);
  await redis.zadd(keys.processing(scope, "idle"), now + 3 * hour, "held");
  await expectIdle("idle", now + 2 * hour);
  expect(await redis.lrange(keys.claim(scope, "idle", "run"), 0, -1)).toEqual(["0"]);
});

test.each([{ limit: 0 }, { limit: 101 }, { leaseMs: 0 }, { claim: "" }])(
  "expiry.claim refuses %j before it is sent",
  async (wrong) => {
    const args = { queue: "wrong", claim: "run", limit: 1, leaseMs: 1, ...wrong };
    expect(await failure(tenant.expiry.claim(args))).toMatchObject({ code: "ARGUMENT" });
  },
);

test("expiry.claim corrects the time of the shard in the index, and nothing else of an idle shard", async () => {
  const queue = "index";
  const index = keys.slotQueue(scope, queue);
  const member = memberOf(scope, queue);
  const now = await nowMs(redis);
  await redis.zadd(index, 7, `globex:${queue}:3`);
  const indexed = async () => (await redis.zscore(index, member)) ?? undefined;
  // Too early, because the item was extended or cancelled.
  await redis.zadd(index, 1, member);
  await due(queue, { offer: now + hour });
  expect(await claim(queue, "one")).toMatchObject({ outcome: "idle", nextDueMs: now + hour });
  expect(await indexed()).toBe(String(now + hour));
  const last = await redis.dump(index);
  expect(await claim(queue, "two")).toMatchObject({ outcome: "idle" });
  expect(await redis.dump(index)).toBe(last);
  // A missing entry is written anew, and an empty shard has none.
  await redis.zrem(index, member);
  await redis.zadd(index, 5, member);
  expect(await claim(queue, "one")).toMatchObject({ outcome: "idle" });
  expect(await indexed()).toBe("5");
  await tenant.expiry.cancel({ queue, item: "offer" });
  expect(await claim(queue, "three")).toEqual({ outcome: "idle" });
  expect(await redis.zrange(index, "0", "-1")).toEqual([`globex:${queue}:3`]);
});

test.each([
  { name: "more due items", instants: { a: 1, b: 2, c: 3 }, expected: 3 },
  { name: "a later item", instants: { a: 1, b: 2, c: "hour" as const }, expected: "hour" as const },
  { name: "nothing but the claim", instants: { a: 1, b: 2 }, expected: "lease" as const },
])("with $name, the shard is due at the earliest of it and the lease's end", async (one) => {
  const queue = one.name;
  const later = (await nowMs(redis)) + hour;
  const instants = Object.entries(one.instants).map(([item, at]) => [item, at === "hour" ? later : at]);
  await due(queue, Object.fromEntries(instants));
  const reply = await claim(queue, "run", 2, 2 * hour);
  const leaseEndsMs = reply.outcome === "claimed" ? reply.leaseEndsMs : 0;
  const expected = { hour: later, lease: leaseEndsMs }[String(one.expected)] ?? one.expected;
  expect(reply).toMatchObject({ outcome: "claimed", nextDueMs: expected });
  if (one.expected === 3) expect(reply).toMatchObject({ waitMs: 0 });
  expect(Number(await redis.zscore(keys.slotQueue(scope, queue), memberOf(scope, queue)))).toBe(expected);
});

test("the lease of another claim that ends earlier decides when the shard is due", async () => {
  const queue = "others";
  const now = await nowMs(redis);
  await redis.zadd(keys.processing(scope, queue), 1, "abandoned", now + hour, "held");
  await due(queue, { a: 1 });
  expect(await claim(queue, "run", 1, 2 * hour)).toMatchObject({ nextDueMs: 1, waitMs: 0 });
  expect(await claim(queue, "next", 1, 2 * hour)).toMatchObject({ nextDueMs: now + hour });
});

test("with a maximum age of dead items, the shard is due when the oldest is older", async () => {
  const queue = "ages";
  const now = await nowMs(redis);
  await redis.zadd(keys.dead(scope, queue), now - 1_000, "old", now, "young");
  const dead = (name: string, deadMaxAgeMs: number | undefined) =>
    tenant.expiry.claim({ queue, claim: name, limit: 1, leaseMs: hour, deadMaxAgeMs });
  const indexed = () => redis.zscore(keys.slotQueue(scope, queue), memberOf(scope, queue));
  expect(await dead("one", hour)).toMatchObject({ outcome: "idle", nextDueMs: now - 1_000 + hour + 1 });
  expect(await indexed()).toBe(String(now - 1_000 + hour + 1));
  expect(await dead("two", 500)).toMatchObject({ outcome: "idle", nextDueMs: now - 499, waitMs: 0 });
  await tenant.expiry.discardOld({ queue, maxAgeMs: 500, limit: 9 });
  expect(await redis.zrange(keys.dead(scope, queue), "0", "-1")).toEqual(["young"]);
  expect(await dead("three", undefined)).toEqual({ outcome: "idle" });
  expect(await indexed()).toBeNull();
});
