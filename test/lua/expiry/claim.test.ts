import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const horizonMs = 600_000;
const { redis, scope, tenant } = freshTenant();

const claim = (queue: string, name: string, limit = 250, leaseMs = hour) =>
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

test("expiry.claim returns at most 250 items a call, each once", async () => {
  const names = Array.from({ length: 625 }, (_, position) => `offer-${position}`);
  await due("many", Object.fromEntries(names.map((name, position) => [name, position + 1])));
  const taken: string[] = [];
  for (const [page, size] of [250, 250, 125].entries()) {
    const reply = await claim("many", `page-${page}`);
    const items = reply.outcome === "claimed" ? reply.items : [];
    expect(items).toHaveLength(size);
    taken.push(...items.map(({ item }) => item));
  }
  expect(taken).toEqual(names);
  expect(await claim("many", "page-3")).toMatchObject({ outcome: "idle" });
  expect(await redis.exists(keys.due(scope, "many"))).toBe(0);
  expect(await redis.llen(keys.claim(scope, "many", "page-0"))).toBe(251);
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
  const again = await claim("again", "run", 250, 5 * hour);
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
  expect(await claim("lease", "run", 1, 9 * hour)).toEqual(reply);
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

test.each([{ limit: 0 }, { limit: 251 }, { leaseMs: 0 }, { claim: "" }])(
  "expiry.claim refuses %j before it is sent",
  async (wrong) => {
    const args = { queue: "wrong", claim: "run", limit: 1, leaseMs: 1, ...wrong };
    expect(await failure(tenant.expiry.claim(args))).toMatchObject({ code: "ARGUMENT" });
  },
);
