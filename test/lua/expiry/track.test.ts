import { expect, test } from "vitest";
import { nowMs } from "../../support/lua/commands.js";
import { expectAt, failure } from "../../support/lua/errors.js";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant, keys, memberOf } from "../../support/lua/shard.js";

const latest = 8_640_000_000_000_000;
const { redis, scope, tenant } = freshTenant();
const messages = await Messages.of(redis, scope.namespace);

const track = (queue: string, item: string, dueMs: number) =>
  tenant.expiry.track({ queue: queue, item, dueMs });

test.each([0, 1, latest - 1, latest])("expiry.track accepts %d as the due instant", async (dueMs) => {
  const queue = `due-${dueMs}`;
  expect(await track(queue, "offer", dueMs)).toEqual({ outcome: "tracked" });
  expect(Number(await redis.zscore(keys.due(scope, queue), "offer"))).toBe(dueMs);
});

test("expiry.claim returns the latest possible instant unchanged", async () => {
  await track("never", "offer", latest);
  const before = await nowMs(redis);
  const idle = await tenant.expiry.claim({ queue: "never", claim: "run", limit: 1, leaseMs: 1_000 });
  expect(idle).toEqual({ outcome: "idle", nextDueMs: latest, waitMs: expect.any(Number) });
  const waitMs = idle.outcome === "idle" ? (idle.waitMs ?? 0) : 0;
  expect(waitMs).toBeLessThanOrEqual(latest - before);
  expect(waitMs).toBeGreaterThanOrEqual(latest - (await nowMs(redis)));
});

test.each([-1, latest + 1, 0.5])("expiry.track refuses %d as the due instant", async (dueMs) => {
  expect(await failure(track("refused", "offer", dueMs))).toMatchObject({ code: "ARGUMENT" });
});

test("expiry.track moves an item earlier and later and stores it once", async () => {
  for (const dueMs of [500, 900, 100]) await track("moves", "offer", dueMs);
  expect(await redis.zcard(keys.due(scope, "moves"))).toBe(1);
  expect(Number(await redis.zscore(keys.due(scope, "moves"), "offer"))).toBe(100);
});

test("expiry.track accepts an acknowledged item, whose attempt count starts again", async () => {
  await track("again", "offer", 1);
  await tenant.expiry.claim({ queue: "again", claim: "one", limit: 1, leaseMs: 3_600_000 });
  await tenant.expiry.ack({ queue: "again", claim: "one", items: ["offer"] });
  expect(await track("again", "offer", 1)).toEqual({ outcome: "tracked" });
  const claim = await tenant.expiry.claim({ queue: "again", claim: "two", limit: 1, leaseMs: 3_600_000 });
  expect(claim).toMatchObject({ outcome: "claimed", items: [{ item: "offer", attempts: 1 }] });
});

test("expiry.track takes an item whose lease has expired and keeps its attempt count", async () => {
  await redis.zadd(keys.processing(scope, "over"), 1, "offer");
  await redis.hset(keys.attempts(scope, "over"), { offer: 2 });
  expect(await track("over", "offer", 5)).toEqual({ outcome: "tracked" });
  expect(await redis.exists(keys.processing(scope, "over"))).toBe(0);
  const claim = await tenant.expiry.claim({ queue: "over", claim: "run", limit: 2, leaseMs: 3_600_000 });
  expect(claim).toMatchObject({ items: [{ item: "offer", attempts: 3 }] });
});

test("expiry.track begins a dead item anew: later lives have as many attempts as the first", async () => {
  const queue = "lives";
  const claim = async (name: string) =>
    tenant.expiry.claim({ queue, claim: name, limit: 1, leaseMs: 3_600_000 });
  for (const life of [1, 2, 3]) {
    await track(queue, "offer", 1);
    for (const attempts of [1, 2]) {
      const name = `${life}-${attempts}`;
      expect(await claim(name)).toMatchObject({ items: [{ item: "offer", attempts }] });
      const held = { queue, claim: name, items: ["offer"] };
      if (attempts === 1) await tenant.expiry.retry({ ...held, delayMs: 1 });
      else await tenant.expiry.deadLetter({ ...held, reason: "no such offer" });
      while (
        attempts === 1 &&
        (await nowMs(redis)) <= Number(await redis.zscore(keys.due(scope, queue), "offer"))
      );
    }
  }
  await track(queue, "offer", 1);
  expect(await tenant.expiry.listDead({ queue, limit: 10 })).toEqual({ items: [] });
  expect(await redis.exists(keys.deadReason(scope, queue))).toBe(0);
  // What was dead before is not run again after its new life has ended well.
  await claim("last");
  await tenant.expiry.ack({ queue, claim: "last", items: ["offer"] });
  expect(await tenant.expiry.redrive({ queue, items: ["offer"] })).toEqual({
    outcome: "redriven",
    redriven: 0,
  });
  expect(await claim("none")).toEqual({ outcome: "idle" });
});

test("expiry.track writes the earliest time of the shard into the index of its slot", async () => {
  const queue = freshName();
  const index = keys.slotQueue(scope, queue);
  for (const { item, dueMs, indexed } of [
    { item: "a", dueMs: latest - 5, indexed: latest - 5 },
    { item: "b", dueMs: latest - 4, indexed: latest - 5 },
    { item: "b", dueMs: latest - 6, indexed: latest - 6 },
    // The earliest moves to a later time: the entry is too early, and the next claim corrects it.
    { item: "b", dueMs: latest - 3, indexed: latest - 6 },
    { item: "a", dueMs: latest - 7, indexed: latest - 7 },
  ]) {
    expect(await track(queue, item, dueMs)).toEqual({ outcome: "tracked" });
    expect(await redis.zrange(index, "0", "-1", "WITHSCORES")).toEqual([
      memberOf(scope, queue),
      String(indexed),
    ]);
  }
});

test("expiry.track wakes workers unless another shard of the slot is due before, and not yet", async () => {
  const queue = freshName();
  const index = keys.slotQueue(scope, queue);
  const other = `globex:${queue}:7`;
  const now = await nowMs(redis);
  const hour = 3_600_000;
  const expected: string[] = [];
  for (const { at, dueMs, wakes } of [
    { at: now + 2 * hour, dueMs: now + 3 * hour, wakes: false },
    // When the other shard is due at the same time, its message may have come too early to see this one.
    { at: now + 2 * hour, dueMs: now + 2 * hour, wakes: true },
    { at: now + 2 * hour, dueMs: now + hour, wakes: true },
    // An entry that is overdue belongs to a shard that fails, or to a worker that died.
    { at: now - hour, dueMs: now + hour / 2, wakes: true },
    // A worker whose clock is ahead may have read the slot already.
    { at: now + 1, dueMs: now + hour / 3, wakes: true },
    { at: now + 1, dueMs: now + hour / 3, wakes: false },
    { at: now + 2 * hour, dueMs: now - 1, wakes: true },
  ]) {
    await redis.zadd(index, at, other);
    expect(await track(queue, "offer", dueMs)).toEqual({ outcome: "tracked" });
    if (wakes) expected.push(String(dueMs));
    expect(await messages.on(index), `${dueMs - now} with ${at - now}`).toEqual(expected);
  }
});

test("expiry.track of a claimed item changes nothing in the index", async () => {
  const queue = freshName();
  await redis.zadd(keys.processing(scope, queue), latest, "mine");
  expect(await track(queue, "mine", 5)).toEqual({ outcome: "again" });
  expect(await redis.exists(keys.slotQueue(scope, queue))).toBe(0);
});

test("an item whose lease has ended keeps its first attempt when it is tracked or extended", async () => {
  for (const move of ["track", "extend"] as const) {
    await redis.zadd(keys.processing(scope, move), 1, "offer");
    await tenant.expiry[move]({ queue: move, item: "offer", dueMs: 5 });
    const claim = await tenant.expiry.claim({ queue: move, claim: "run", limit: 2, leaseMs: 3_600_000 });
    expect(claim).toMatchObject({ items: [{ item: "offer", attempts: 2 }] });
  }
});

test("expiry queues are separate", async () => {
  await track("one", "offer", 1);
  expect(await tenant.expiry.upcoming({ queue: "two", withinMs: 1, limit: 1 })).toEqual({ items: [] });
});

test.each([
  {},
  { dueMs: 5, debounceMs: 5, maxWaitMs: 5 },
  { dueMs: 5, debounceMs: 5 },
  { dueMs: 5, maxWaitMs: 5 },
  { debounceMs: 5 },
  { maxWaitMs: 5 },
  { debounceMs: 6, maxWaitMs: 5 },
])("expiry.track refuses %o as a time", async (times) => {
  const error = await failure(tenant.expiry.track({ queue: "times", item: "offer", ...times }));
  expectAt(error, "ARGUMENT", "expiry.track", /err = "ARGUMENT |error\(/);
  expect(await redis.exists(keys.due(scope, "times"))).toBe(0);
});

test("expiry.track of a claimed item keeps its attempts, and the latest call decides", async () => {
  const queue = freshName();
  await redis.zadd(keys.processing(scope, queue), latest, "offer");
  await redis.hset(keys.attempts(scope, queue), { offer: "3 again 7 since 5" });
  expect(await track(queue, "offer", 9)).toEqual({ outcome: "again" });
  expect(await redis.hget(keys.attempts(scope, queue), "offer")).toBe("3 again 9 since 5");
});

test("a debounced item whose lease has ended is due after the debounce, with its attempts", async () => {
  const queue = freshName();
  await redis.zadd(keys.processing(scope, queue), 1, "offer");
  await redis.hset(keys.attempts(scope, queue), { offer: "3 again 7 since 5" });
  const debounced = { queue, item: "offer", debounceMs: 1_000, maxWaitMs: 1_000 };
  expect(await tenant.expiry.track(debounced)).toEqual({ outcome: "tracked" });
  expect(await redis.zscore(keys.due(scope, queue), "offer")).toBe("1005");
  expect(await redis.hget(keys.attempts(scope, queue), "offer")).toBe("3 since 5");
});

test("a first call that is ahead of a clock that was set back does not delay the item", async () => {
  const queue = freshName();
  await redis.hset(keys.attempts(scope, queue), { offer: `0 since ${latest}` });
  const before = await nowMs(redis);
  await tenant.expiry.track({ queue, item: "offer", debounceMs: 5, maxWaitMs: 6 });
  const after = await nowMs(redis);
  const dueMs = Number(await redis.zscore(keys.due(scope, queue), "offer"));
  expect(dueMs).toBeGreaterThanOrEqual(before + 5);
  expect(dueMs).toBeLessThanOrEqual(after + 5);
  const text = await redis.hget(keys.attempts(scope, queue), "offer");
  expect(text).toBe(`0 since ${dueMs - 5}`);
});

test("a debounced call replaces a later time of an item without attempts, and keeps that of one with", async () => {
  const queue = freshName();
  const debounced = { queue, debounceMs: 1_000, maxWaitMs: 5_000 };
  const dueAt = async (item: string) => Number(await redis.zscore(keys.due(scope, queue), item));
  const tomorrow = (await nowMs(redis)) + 86_400_000;
  await redis.zadd(keys.processing(scope, queue), 1, "tried");
  for (const item of ["new", "tried"]) {
    await track(queue, item, tomorrow);
    expect(await tenant.expiry.track({ ...debounced, item })).toEqual({ outcome: "tracked" });
  }
  expect(await dueAt("new")).toBeLessThan(tomorrow - 3_600_000);
  expect(await dueAt("tried")).toBe(tomorrow);
  await track(queue, "tried", 5);
  expect(await dueAt("tried")).toBe(5);
});
