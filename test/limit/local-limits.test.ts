import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limitDefaults } from "../../src/limit/index.js";
import { LocalLimits } from "../../src/limit/local-limits.js";

const minute = { quota: 60, periodMs: 60_000, burst: 10 };

/** Limits on a clock that the test sets. */
function atClock(maxNames = 100) {
  const clock = { nowMs: 1_000 };
  return { clock, local: new LocalLimits(maxNames, () => clock.nowMs) };
}

test("a whole share gives the same as the limit", () => {
  const { clock, local } = atClock();
  const outcomes = (calls: number) =>
    Array.from({ length: calls }, () => local.ask("a", [minute], 1, 1, true).outcome);
  expect(outcomes(12).filter((one) => one === "allowed")).toHaveLength(10);
  clock.nowMs += 999;
  expect(local.ask("a", [minute], 1, 1, true)).toMatchObject({ outcome: "refused", retryAfterMs: 1 });
  clock.nowMs += 1;
  expect(outcomes(2)).toEqual(["allowed", "refused"]);
  clock.nowMs += 60_000;
  expect(outcomes(12).filter((one) => one === "allowed")).toHaveLength(10);
});

test("in any time it allows at most its share of the burst, and its share of the quota", () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 5_000 }),
    cost: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.05, 0.3, 0.5, 1),
      (steps, share) => {
        const { clock, local } = atClock();
        const taken: { readonly atMs: number; readonly cost: number }[] = [];
        for (const { waitMs, cost } of steps) {
          clock.nowMs += waitMs;
          if (local.ask("a", [minute], cost, share, true).outcome === "allowed")
            taken.push({ atMs: clock.nowMs, cost });
        }
        for (const [first, { atMs: from }] of taken.entries()) {
          let units = 0;
          for (const { atMs, cost } of taken.slice(first)) {
            units += cost;
            const burst = Math.max(3, Math.floor(minute.burst * share));
            const refilled = ((atMs - from) / minute.periodMs) * minute.quota * share;
            expect(units).toBeLessThanOrEqual(burst + refilled + 1e-6);
          }
        }
      },
    ),
  );
});

test("a share below one unit allows one call, at the rate of the share", () => {
  const { clock, local } = atClock();
  const small = { quota: 5, periodMs: 60_000, burst: 5 };
  expect(local.ask("a", [small], 2, 0.1, true)).toMatchObject({ outcome: "allowed", remaining: 0 });
  expect(local.ask("a", [small], 2, 0.1, true)).toMatchObject({ outcome: "refused", retryAfterMs: 240_000 });
  clock.nowMs += 240_000;
  expect(local.ask("a", [small], 2, 0.1, true)).toMatchObject({ outcome: "allowed" });
});

test("after a call above the share, the wait of a smaller call is the real one", () => {
  const { clock, local } = atClock();
  const limit = { quota: 5, periodMs: 60_000, burst: 5 };
  expect(local.ask("a", [limit], 5, 0.25, true)).toMatchObject({
    outcome: "allowed",
    remaining: 0,
    resetAfterMs: 240_000,
  });
  // Five intervals of 48 s are taken, and one unit fits into the share's burst.
  const refused = { outcome: "refused", remaining: 0, retryAfterMs: 240_000, resetAfterMs: 240_000 };
  expect(local.ask("a", [limit], 1, 0.25, true)).toMatchObject(refused);
  clock.nowMs += 239_999;
  expect(local.ask("a", [limit], 1, 0.25, true)).toMatchObject({ outcome: "refused", retryAfterMs: 1 });
  clock.nowMs += 1;
  expect(local.ask("a", [limit], 1, 0.25, true)).toMatchObject({ outcome: "allowed" });
});

test("every wait is the real one: a call is refused before it, and allowed after it", () => {
  const step = fc.record({
    pauseMs: fc.integer({ min: 0, max: 200_000 }),
    cost: fc.integer({ min: 1, max: 10 }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 50 }),
      fc.constantFrom(0.05, 0.25, 0.3, 1),
      (steps, share) => {
        const { clock, local } = atClock();
        for (const { pauseMs, cost } of steps) {
          clock.nowMs += pauseMs;
          const answer = local.ask("a", [minute], cost, share, true);
          if (answer.outcome !== "refused") continue;
          expect(answer.retryAfterMs).toBeGreaterThan(0);
          clock.nowMs += answer.retryAfterMs - 1.5;
          expect(local.ask("a", [minute], cost, share, false).outcome).toBe("refused");
          clock.nowMs += 1.5;
          expect(local.ask("a", [minute], cost, share, false).outcome).toBe("allowed");
        }
      },
    ),
  );
});

test("the smallest share gives numbers, also of the longest period", () => {
  const { local } = atClock();
  const year = { quota: 1, periodMs: 31_622_400_000, burst: 1 };
  const share = limitDefaults.minLocalShare.value;
  expect(local.ask("a", [year], 1, share, true)).toMatchObject({ outcome: "allowed", remaining: 0 });
  const refused = local.ask("a", [year], 1, share, true);
  expect(refused).toMatchObject({ outcome: "refused", retryAfterMs: 31_622_400_000 * 10_000 });
});

test("a refusal of one limit takes nothing from the others", () => {
  const { local } = atClock();
  const day = { quota: 2, periodMs: 86_400_000, burst: 2 };
  for (const _ of [1, 2, 3, 4]) local.ask("a", [minute, day], 1, 1, true);
  expect(local.ask("a", [minute], 1, 1, false)).toMatchObject({ remaining: 8 });
  expect(local.ask("a", [minute, day], 1, 1, false)).toMatchObject({ outcome: "refused", limit: day });
});

describe("names", () => {
  test("are forgotten after a reset, and beyond the maximum, the one used longest ago first", () => {
    const { local } = atClock(2);
    const use = (name: string) => local.ask(name, [minute], 10, 1, true).outcome;
    expect(["a", "b"].map(use)).toEqual(["allowed", "allowed"]);
    expect(use("c")).toBe("allowed");
    expect(local.size).toBe(2);
    expect(["c", "b"].map(use)).toEqual(["refused", "refused"]);
    expect(use("a")).toBe("allowed");
    local.forget("a");
    expect(use("a")).toBe("allowed");
    expect(local.size).toBe(2);
  });

  test("that only peek are not kept", () => {
    const { local } = atClock();
    local.ask("a", [minute], 1, 1, false);
    expect(local.size).toBe(0);
  });
});
