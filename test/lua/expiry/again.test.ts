import * as fc from "fast-check";
import { test } from "vitest";
import { modelLimitMs } from "../../support/lua/property.js";
import { DebouncedQueue } from "../../support/lua/runs/debounced-queue.js";
import { type RunStep, runStep, WatchedItem } from "../../support/lua/runs/watched-item.js";

const limits = { numRuns: Number(process.env["AGAIN_RUNS"] ?? 150), endOnFailure: true };

test("after the last trigger a run begins, and at most one waits", { timeout: modelLimitMs }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(runStep, { maxLength: 30, size: "max" }), async (steps) => {
      const item = await WatchedItem.create();
      for (const step of steps) await item.step(step);
      await item.settle();
    }),
    limits,
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
    limits,
  );
});
