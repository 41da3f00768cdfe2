import * as fc from "fast-check";
import { expect, test } from "vitest";
import { claimed, endLease, keysOfSet } from "../../support/lua/claims.js";
import { modelLimitMs } from "../../support/lua/property.js";
import { DebouncedQueue } from "../../support/lua/runs/debounced-queue.js";
import { type RunStep, runStep, WatchedItem } from "../../support/lua/runs/watched-item.js";
import { freshTenant, keys } from "../../support/lua/shard.js";
import { bytesOf } from "../../support/lua/state.js";

const hour = 3_600_000;
const context = freshTenant();
const { redis, scope, tenant } = context;
const { expiry } = tenant;

const due = (queue: string) => redis.zrange(keys.due(scope, queue), "0", "-1", "WITHSCORES");

test("a late copy of expiry.track or extend does not override a newer instant", async () => {
  const queue = "plans";
  const track = { queue, operation: "track-1", item: "offer", dueMs: 5 };
  const extend = { queue, operation: "extend-1", item: "offer", dueMs: 6 };
  expect(await expiry.track(track)).toEqual({ outcome: "tracked" });
  expect(await expiry.extend(extend)).toEqual({ outcome: "extended" });
  await expiry.track({ queue, item: "offer", dueMs: 7 });
  expect(await expiry.track(track)).toEqual({ outcome: "tracked" });
  expect(await expiry.extend(extend)).toEqual({ outcome: "extended" });
  expect(await due(queue)).toEqual(["offer", "7"]);
});

test("a late copy of expiry.track does not bring back an item that was cancelled or processed", async () => {
  const queue = "gone";
  const track = { queue, operation: "track-1", item: "offer", dueMs: 5 };
  await expiry.track(track);
  await expiry.cancel({ queue, item: "offer" });
  expect(await expiry.track(track)).toEqual({ outcome: "tracked" });
  expect(await due(queue)).toEqual([]);
});

test("a late copy of expiry.cancel does not remove an item that was tracked anew", async () => {
  const queue = "back";
  await expiry.track({ queue, item: "offer", dueMs: 5 });
  const cancel = { queue, operation: "cancel-1", item: "offer" };
  expect(await expiry.cancel(cancel)).toEqual({ outcome: "cancelled" });
  await expiry.track({ queue, item: "offer", dueMs: 7 });
  expect(await expiry.cancel(cancel)).toEqual({ outcome: "cancelled" });
  expect(await due(queue)).toEqual(["offer", "7"]);
});

test("calls that changed nothing, or something for a claimed item, change nothing later", async () => {
  const queue = "refused";
  const extend = { queue, operation: "extend-1", item: "offer", dueMs: 6 };
  const cancel = { queue, operation: "cancel-1", item: "offer" };
  const redrive = { queue, operation: "redrive-1", items: ["offer"] };
  expect(await expiry.extend(extend)).toEqual({ outcome: "missing" });
  expect(await expiry.cancel(cancel)).toEqual({ outcome: "missing" });
  expect(await expiry.redrive(redrive)).toEqual({ outcome: "redriven", redriven: 0 });
  await expiry.track({ queue, item: "offer", dueMs: 7 });
  expect(await expiry.extend(extend)).toEqual({ outcome: "missing" });
  expect(await expiry.cancel(cancel)).toEqual({ outcome: "missing" });
  expect(await due(queue)).toEqual(["offer", "7"]);
  await claimed(context, queue, ["offer"]);
  await expiry.deadLetter({ queue, claim: "run", items: ["offer"], reason: "no such offer" });
  expect(await expiry.redrive(redrive)).toEqual({ outcome: "redriven", redriven: 0 });
  expect(await due(queue)).toEqual([]);
  const track = { queue, operation: "track-1", item: "other", dueMs: 1 };
  await claimed(context, queue, ["other"], "next");
  expect(await expiry.track(track)).toEqual({ outcome: "again" });
  await expiry.ack({ queue, claim: "next", items: ["other"] });
  expect(await due(queue)).toEqual(["other", "1"]);
  await claimed(context, queue, ["other"], "last");
  expect(await expiry.track(track)).toEqual({ outcome: "again" });
  await expiry.ack({ queue, claim: "last", items: ["other"] });
  expect(await due(queue)).toEqual([]);
});

test("a late copy of expiry.redrive does not run an item that died again", async () => {
  const queue = "died";
  for (const claim of ["one", "two"]) {
    await claimed(context, queue, ["offer"], claim);
    await expiry.deadLetter({ queue, claim, items: ["offer"], reason: "no such offer" });
    const redriven = await expiry.redrive({ queue, operation: "redrive-1", items: ["offer"] });
    expect(redriven).toEqual({ outcome: "redriven", redriven: 1 });
  }
  expect(await due(queue)).toEqual([]);
});

test("one operation for two different calls is a mismatch, and the second changes nothing", async () => {
  const queue = "mixed";
  const operation = "one";
  await expiry.track({ queue, operation, item: "offer", dueMs: 5 });
  const calls = [
    expiry.track({ queue, operation, item: "other", dueMs: 5 }),
    expiry.track({ queue, operation, item: "offer", dueMs: 6 }),
    expiry.track({ queue, operation, item: "offer", debounceMs: 5, maxWaitMs: 5 }),
    expiry.extend({ queue, operation, item: "offer", dueMs: 5 }),
    expiry.cancel({ queue, operation, item: "offer" }),
    expiry.redrive({ queue, operation, items: ["offer"] }),
  ];
  for (const reply of await Promise.all(calls)) expect(reply).toEqual({ outcome: "mismatch" });
  expect(await due(queue)).toEqual(["offer", "5"]);
});

test("an operation is remembered for 660 s: ten minutes, and a minute for a clock that is ahead", async () => {
  const queue = "memory";
  await expiry.track({ queue, operation: "one", item: "offer", dueMs: 5 });
  await expiry.redrive({ queue, operation: "two", items: ["offer"] });
  await expiry.discard({ queue, operation: "three", items: ["offer"] });
  await expiry.discardOld({ queue, operation: "four", maxAgeMs: hour, limit: 1 });
  await expiry.extend({ queue, operation: "five", item: "offer", dueMs: 6 });
  await expiry.cancel({ queue, operation: "six", item: "offer" });
  for (const operation of ["one", "two", "three", "four", "five", "six"]) {
    const leftMs = await redis.pttl(keys.expiryOperation(scope, queue, operation));
    expect(leftMs, operation).toBeGreaterThan(600_000);
    expect(leftMs, operation).toBeLessThanOrEqual(660_000);
  }
});

test("late copies of a claim's reports and renewals change nothing after its lease", async () => {
  const queue = "reports";
  const leaseEndsMs = await claimed(context, queue, ["a"]);
  await endLease(context, queue);
  const before = await bytesOf(redis, keysOfSet(context, queue));
  const held = { queue, claim: "run", items: ["a"] };
  expect(await expiry.ack(held)).toEqual({ outcome: "lost" });
  expect(await expiry.retry({ ...held, delayMs: 1 })).toEqual({ outcome: "lost" });
  expect(await expiry.deadLetter({ ...held, reason: "why" })).toEqual({ outcome: "lost" });
  expect(await expiry.renew({ queue, claim: "run", leaseEndsMs, leaseMs: hour })).toEqual({
    outcome: "lost",
  });
  expect(await expiry.claim({ queue, claim: "run", limit: 9, leaseMs: hour })).toEqual({ outcome: "ended" });
  expect(await bytesOf(redis, keysOfSet(context, queue))).toEqual(before);
});

const runLimits = { numRuns: Number(process.env["AGAIN_RUNS"] ?? 150), endOnFailure: true };

test("after the last trigger a run begins, and at most one waits", { timeout: modelLimitMs }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(runStep, { maxLength: 30, size: "max" }), async (steps) => {
      const item = await WatchedItem.create();
      for (const step of steps) await item.step(step);
      await item.settle();
    }),
    runLimits,
  );
});

// Each of these once lost a run, in a model of the protocol.
test.each<{ readonly order: string; readonly steps: readonly RunStep[] }>([
  {
    order: "a trigger during a run that is parked",
    steps: [{ do: "trigger" }, { do: "claim" }, { do: "trigger" }, { do: "park", back: 0 }],
  },
  {
    order: "a trigger between a claim and its copy",
    steps: [
      { do: "trigger" },
      { do: "claim" },
      { do: "trigger" },
      { do: "copy", back: 1 },
      { do: "ack", back: 0 },
    ],
  },
  {
    order: "a late ack of a lost claim, during the next one",
    steps: [
      { do: "trigger" },
      { do: "claim" },
      { do: "wait", ticks: 6 },
      { do: "claim" },
      { do: "trigger" },
      { do: "ack", back: 1 },
      { do: "ack", back: 0 },
    ],
  },
  {
    order: "a trigger for later, during a run whose worker dies",
    steps: [
      { do: "trigger" },
      { do: "claim" },
      { do: "trigger", dueIn: 12 },
      { do: "wait", ticks: 6 },
      { do: "claim" },
      { do: "ack", back: 0 },
    ],
  },
  {
    order: "a copy of an ack after the item is claimed again",
    steps: [
      { do: "trigger" },
      { do: "claim" },
      { do: "trigger" },
      { do: "ack", back: 0 },
      { do: "claim" },
      { do: "trigger" },
      { do: "copy", back: 2 },
      { do: "ack", back: 0 },
    ],
  },
])("after $order a run begins", async ({ steps }) => {
  const item = await WatchedItem.create();
  for (const step of steps) await item.step(step);
  await item.settle();
});

test("a debounced trigger waits at most maxWaitMs, and the rest of a run", {
  timeout: modelLimitMs,
}, async () => {
  const ticks = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: 4, maxLength: 24, size: "max" }),
      fc.record({ debounce: ticks, more: ticks, run: ticks }),
      async (triggers, { debounce, more, run }) => {
        const queue = await DebouncedQueue.create({ debounce, maxWait: debounce + more, run });
        for (const isTriggered of triggers) await queue.tick(isTriggered);
        await queue.settle();
      },
    ),
    runLimits,
  );
});
