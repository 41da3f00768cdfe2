import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

const claim = (queue: string, name: string, limit = 1_000, leaseMs = hour) =>
  tenant.expiry.claim({ queue: queue, claim: name, limit, leaseMs });

async function due(queue: string, instants: Readonly<Record<string, number>>): Promise<void> {
  const scores = Object.entries(instants).flatMap(([item, dueMs]) => [dueMs, item]);
  await redis.zadd(keys.due(scope, queue), ...scores);
}

/** Nothing is due, and the wait is from Redis's clock at the call until then. */
async function expectIdle(queue: string, nextDueMs: number): Promise<void> {
  const before = await nowMs(redis);
  const reply = await claim(queue, "idle");
  const after = await nowMs(redis);
  expect(reply).toEqual({ outcome: "idle", nextDueMs, waitMs: expect.any(Number) });
  const waitMs = reply.outcome === "idle" ? (reply.waitMs ?? -1) : -1;
  expect(waitMs).toBeGreaterThanOrEqual(Math.max(nextDueMs - after, 0));
  expect(waitMs).toBeLessThanOrEqual(nextDueMs - before);
}

test("expiry.claim returns at most 1,000 items a call, each once", async () => {
  const names = Array.from({ length: 2_500 }, (_, position) => `offer-${position}`);
  await due("many", Object.fromEntries(names.map((name, position) => [name, position + 1])));
  const taken: string[] = [];
  for (const [page, size] of [1_000, 1_000, 500].entries()) {
    const reply = await claim("many", `page-${page}`);
    const items = reply.outcome === "claimed" ? reply.items : [];
    expect(items).toHaveLength(size);
    taken.push(...items.map(({ item }) => item));
  }
  expect(taken).toEqual(names);
  expect(await claim("many", "page-3")).toMatchObject({ outcome: "idle" });
  expect(await redis.exists(keys.due(scope, "many"))).toBe(0);
  expect(await redis.zcard(keys.claim(scope, "many", "page-0"))).toBe(1_001);
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
  const again = await claim("again", "run", 1_000, 5 * hour);
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
  expect(Number(await redis.zscore(keys.claim(scope, "lease", "run"), ""))).toBe(ends);
  expect(await redis.pexpiretime(keys.claim(scope, "lease", "run"))).toBe(ends);
  await expectIdle("lease", ends);
});

test("an item that is not acknowledged within its lease of 1 ms goes to another worker", async () => {
  await due("short", { offer: 1 });
  await claim("short", "slow", 1, 1);
  await expect
    .poll(async () => (await claim("short", "next")).outcome, { timeout: 10_000, interval: 5 })
    .toBe("claimed");
  expect(await claim("short", "next")).toMatchObject({
    outcome: "claimed",
    items: [{ item: "offer", attempts: 2 }],
  });
  expect(await tenant.expiry.ack({ queue: "short", claim: "slow", items: ["offer"] })).toEqual({
    outcome: "lost",
  });
  expect(await tenant.expiry.ack({ queue: "short", claim: "next", items: ["offer"] })).toEqual({
    outcome: "acked",
  });
  expect(await redis.exists(keys.processing(scope, "short"), keys.attempts(scope, "short"))).toBe(0);
});

test("expiry.claim returns expired and due items in the order of their instants", async () => {
  await redis.zadd(keys.processing(scope, "left"), 2, "left-b", 5, "left-a", 9, "left-c");
  await due("left", { "due-a": 1, "due-b": 2, "due-c": 7 });
  const names = (reply: Awaited<ReturnType<typeof claim>>) =>
    reply.outcome === "claimed" ? reply.items.map(({ item }) => item) : [];
  expect(names(await claim("left", "one", 1))).toEqual(["due-a"]);
  expect(names(await claim("left", "two", 3))).toEqual(["left-b", "due-b", "left-a"]);
  expect(names(await claim("left", "three"))).toEqual(["due-c", "left-c"]);
  expect(await redis.exists(keys.due(scope, "left"))).toBe(0);
});

test("expiry.claim reports a claim of more than 1,000 items as corrupt", async () => {
  const members = Array.from({ length: 1_001 }, (_, position) => [position + 1, `offer-${position}`]).flat();
  await redis.zadd(keys.claim(scope, "crowd", "run"), ...members, (await nowMs(redis)) + hour, "");
  expect(await failure(claim("crowd", "run"))).toMatchObject({ code: "CORRUPT" });
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
  expect(await redis.exists(keys.claim(scope, "idle", "run"), keys.claim(scope, "idle", "idle"))).toBe(0);
});

test.each([{ limit: 0 }, { limit: 1_001 }, { leaseMs: 0 }, { claim: "" }])(
  "expiry.claim refuses %j before it is sent",
  async (wrong) => {
    const args = { queue: "wrong", claim: "run", limit: 1, leaseMs: 1, ...wrong };
    expect(await failure(tenant.expiry.claim(args))).toMatchObject({ code: "ARGUMENT" });
  },
);
