import { describe, expect, test } from "vitest";
import type { Call } from "../../../tools/history/call.js";
import { check } from "../../../tools/history/check.js";
import { type RateLimitOperation, rateLimitModel } from "../../../tools/history/models/rate-limit.js";

/** A time by Redis's clock, in milliseconds. */
const T = 1_800_000_000_000;
/** One unit each 20 ms, and 10 at once. */
const limit = { quota: 50, periodMs: 1_000, burst: 10 };
const model = rateLimitModel(limit);

type TakeReply = Extract<RateLimitOperation, { name: "take" }>["reply"];

function calling(timeMs: number, operation: RateLimitOperation): Call<RateLimitOperation> {
  const endedMs = operation.reply ? T + timeMs + 5 : Infinity;
  return { client: "a client", operation, beganMs: T + timeMs, endedMs };
}

function take(operation: string, timeMs: number, cost: number, reply: TakeReply): Call<RateLimitOperation> {
  const args = { name: "api", operation, limits: [limit], cost, rememberMs: 600_000 };
  return calling(timeMs, { name: "take", args, reply });
}

interface Numbers {
  readonly cost?: number;
  readonly remaining: number;
  readonly retryAfterMs?: number;
  readonly resetAfterMs: number;
  readonly repeated?: boolean;
}

function answered(outcome: "allowed" | "refused") {
  return (operation: string, timeMs: number, { cost = 1, ...numbers }: Numbers) => {
    const reply = { outcome, periodMs: 1_000, retryAfterMs: 0, repeated: false, ...numbers };
    return take(operation, timeMs, cost, reply);
  };
}
const allowed = answered("allowed");
const refused = answered("refused");
const lost = (operation: string, timeMs: number, cost = 1) => take(operation, timeMs, cost, undefined);
const mismatch = (operation: string, timeMs: number, cost: number) =>
  take(operation, timeMs, cost, { outcome: "mismatch" });

function peek(timeMs: number, remaining: number, resetAfterMs: number): Call<RateLimitOperation> {
  const args = { name: "api", limits: [limit], cost: 1 };
  const reply = { outcome: "allowed", periodMs: 1_000, remaining, retryAfterMs: 0, resetAfterMs } as const;
  return calling(timeMs, { name: "peek", args, reply });
}

function reset(operation: string, timeMs: number, repeated = false): Call<RateLimitOperation> {
  const args = { name: "api", operation, rememberMs: 600_000 };
  return calling(timeMs, { name: "reset", args, reply: { outcome: "reset", repeated } });
}

const half = allowed("half", 0, { cost: 5, remaining: 5, resetAfterMs: 100 });
const whole = allowed("whole", 0, { cost: 10, remaining: 0, resetAfterMs: 200 });

describe("a rate limit", () => {
  const histories = {
    "the whole burst at once, and then its quota": [
      half,
      allowed("rest", 1, { cost: 5, remaining: 0, resetAfterMs: 199 }),
      refused("early", 2, { remaining: 0, retryAfterMs: 18, resetAfterMs: 198 }),
      allowed("late", 20, { remaining: 0, resetAfterMs: 200 }),
    ],
    "the whole burst again after its time": [
      whole,
      allowed("later", 200, { cost: 10, remaining: 0, resetAfterMs: 200 }),
    ],
    "an outcome that is repeated, with the numbers of then": [
      whole,
      refused("more", 10, { remaining: 0, retryAfterMs: 10, resetAfterMs: 190 }),
      allowed("whole", 50, { cost: 10, remaining: 2, resetAfterMs: 150, repeated: true }),
      refused("more", 50, { remaining: 2, resetAfterMs: 150, repeated: true }),
    ],
    "another cost of the same operation": [half, mismatch("half", 10, 4)],
    "a cost above the burst": [take("much", 0, 11, { outcome: "too_large", periodMs: 1_000 })],
    "a look at what is left": [half, peek(10, 5, 90), peek(20, 6, 80), peek(130, 10, 0)],
    "a reset, once": [
      whole,
      reset("again", 10),
      allowed("more", 20, { remaining: 9, resetAfterMs: 20 }),
      reset("again", 30, true),
      peek(40, 10, 0),
      mismatch("again", 50, 1),
    ],
    "a call without a reply that took": [
      lost("late", 0, 5),
      allowed("other", 50, { remaining: 4, resetAfterMs: 115 }),
    ],
    "a call without a reply that did not take": [
      lost("late", 0, 5),
      allowed("other", 50, { remaining: 9, resetAfterMs: 20 }),
    ],
    "a call without a reply, whose outcome a copy repeats": [
      lost("late", 0, 5),
      allowed("late", 50, { cost: 5, remaining: 7, resetAfterMs: 60, repeated: true }),
    ],
    "a call without a reply that was refused": [
      whole,
      lost("late", 5),
      refused("late", 50, { remaining: 2, resetAfterMs: 150, repeated: true }),
    ],
    "a call without a reply that another cost does not match": [
      whole,
      lost("late", 5),
      mismatch("late", 10, 2),
      peek(50, 2, 150),
    ],
    "calls without a reply that took one after the other": [
      ...["a", "b", "c"].map((operation) => lost(operation, 0, 2)),
      allowed("other", 1, { remaining: 3, resetAfterMs: 140 }),
    ],
  };
  test.each(Object.entries(histories))("allows %s", (_, history) => {
    expect(check(model, history).kind).toBe("linearizable");
  });

  const offences = {
    "more than the burst": [
      whole,
      allowed("more", 5, { remaining: 0, resetAfterMs: 200 }),
      allowed("most", 10, { remaining: 0, resetAfterMs: 200 }),
    ],
    "the same units twice": [
      allowed("one", 0, { remaining: 9, resetAfterMs: 20 }),
      allowed("other", 2, { remaining: 9, resetAfterMs: 20 }),
    ],
    "more than its quota": [whole, allowed("more", 20, { cost: 2, remaining: 0, resetAfterMs: 200 })],
    "a refusal while units are left": [
      half,
      refused("more", 5, { remaining: 0, retryAfterMs: 5, resetAfterMs: 185 }),
    ],
    "a refusal with units enough": [
      half,
      refused("more", 5, { remaining: 5, retryAfterMs: 0, resetAfterMs: 95 }),
    ],
    "an operation that takes twice": [
      half,
      allowed("half", 10, { cost: 5, remaining: 0, resetAfterMs: 190 }),
    ],
    "a repeated outcome of no earlier call": [
      allowed("half", 10, { cost: 5, remaining: 5, resetAfterMs: 90, repeated: true }),
    ],
    "another outcome that is repeated": [
      whole,
      refused("whole", 10, {
        cost: 10,
        remaining: 0,
        retryAfterMs: 190,
        resetAfterMs: 190,
        repeated: true,
      }),
    ],
    "a mismatch with the same cost": [half, mismatch("half", 10, 5)],
    "the same outcome for another cost": [
      half,
      allowed("half", 10, { cost: 4, remaining: 5, resetAfterMs: 90, repeated: true }),
    ],
    "numbers that contradict each other": [allowed("one", 0, { remaining: 8, resetAfterMs: 20 })],
    "a cost above the burst that is allowed": [
      allowed("much", 0, { cost: 11, remaining: 0, resetAfterMs: 220 }),
    ],
    "a look with the burst free too early": [half, peek(85, 10, 0)],
    "a look that sees less than there is": [half, peek(50, 5, 90)],
    "a reset that gives nothing back": [whole, reset("again", 10), peek(50, 2, 150)],
    "a second reset of the same operation": [reset("again", 0), reset("again", 10)],
    "an operation of a reset that takes": [
      reset("again", 0),
      allowed("again", 10, { remaining: 9, resetAfterMs: 20 }),
    ],
    "a call without a reply that took twice": [
      lost("late", 0, 5),
      allowed("other", 50, { remaining: 4, resetAfterMs: 115 }),
      allowed("more", 160, { remaining: 4, resetAfterMs: 115 }),
    ],
    "a call without a reply that took before it began": [
      allowed("other", 0, { remaining: 4, resetAfterMs: 120 }),
      lost("late", 20, 5),
    ],
  };
  test.each(Object.entries(offences))("never has %s", (_, history) => {
    expect(check(model, history).kind).toBe("refused");
  });
});

test("an interval that is no whole millisecond is rounded up to whole microseconds", () => {
  const thirds = { quota: 3, periodMs: 100, burst: 3 };
  const taking = (operation: string, timeMs: number, remaining: number, resetAfterMs: number) => {
    const args = { name: "api", operation, limits: [thirds], cost: 1, rememberMs: 600_000 };
    const numbers = { periodMs: 100, remaining, retryAfterMs: 0, resetAfterMs, repeated: false };
    return calling(timeMs, { name: "take", args, reply: { outcome: "allowed", ...numbers } });
  };
  const historyOf = (resetAfterMs: number) => [taking("a", 0, 2, resetAfterMs)];
  expect(check(rateLimitModel(thirds), historyOf(34)).kind).toBe("linearizable");
  expect(check(rateLimitModel(thirds), historyOf(33)).kind).toBe("refused");
});
