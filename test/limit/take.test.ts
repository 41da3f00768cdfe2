import { describe, expect, test } from "vitest";
import { createMoonpath, keys, type TakeEvent } from "../../src/index.js";
import { errorOf } from "../support/client/fixtures.js";
import { five } from "../support/limit/unsteady.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";

const namespace = freshNamespace();
const redis = sharedRedis();
const moonpath = createMoonpath(redis, { namespace, deadlineMs: 15_000 });
const { limit, scope } = moonpath.tenant("acme");
/** Long enough for a machine that is busy with other tests. */
const options = { timeoutMs: 15_000 };

test("a take is allowed or refused, with the numbers of its limit", async () => {
  const resolved = { ...five, burst: 5 };
  for (const remaining of [4, 3, 2, 1, 0]) {
    expect(await limit.take({ name: "ada", limits: five }, options)).toEqual({
      outcome: "allowed",
      limit: resolved,
      remaining,
      retryAfterMs: 0,
      resetAfterMs: expect.any(Number),
      degraded: false,
    });
  }
  const refused = await limit.take({ name: "ada", limits: five }, options);
  expect(refused).toMatchObject({ outcome: "refused", limit: resolved, remaining: 0, degraded: false });
  if (refused.outcome !== "refused") throw new Error("the burst is used up");
  expect(refused.retryAfterMs).toBeGreaterThan(11_000);
  expect(refused.retryAfterMs).toBeLessThanOrEqual(12_000);
  expect(await limit.peek({ name: "ada", limits: five }, options)).toMatchObject({ outcome: "refused" });
  expect(await limit.peek({ name: "bob", limits: five }, options)).toMatchObject({ outcome: "allowed" });
});

test("several limits may come in any order", async () => {
  const daily = { quota: 3, periodMs: 86_400_000, burst: 2 };
  const take = () => limit.take({ name: "several", limits: [daily, five] }, options);
  await take();
  await take();
  expect(await take()).toMatchObject({ outcome: "refused", limit: daily });
});

test("the highest quota is 10 units a millisecond", async () => {
  const limits = { quota: 10_000, periodMs: 1_000 };
  expect(await limit.take({ name: "high", limits, cost: 10_000 }, options)).toMatchObject({
    outcome: "allowed",
    resetAfterMs: 1_000,
  });
  const message = "argument limits.quota: at most 10 units a millisecond, so 10000 here";
  const above = { ...limits, quota: 10_001 };
  expect(await errorOf(limit.take({ name: "high", limits: above }))).toMatchObject({ message });
});

test("a cost above the burst is too large", async () => {
  const call = { name: "large", limits: five, cost: 6 };
  const answer = { outcome: "too_large", limit: { ...five, burst: 5 }, degraded: false };
  expect(await limit.take(call, options)).toEqual(answer);
  expect(await limit.peek(call, options)).toEqual(answer);
});

test("the same operation takes once; another cost is a mismatch", async () => {
  const call = { name: "once", limits: five, operation: "op-1", rememberMs: 60_000 };
  for (const _ of [1, 2]) expect(await limit.take(call, options)).toMatchObject({ remaining: 4 });
  expect(await limit.take({ ...call, cost: 2 }, options)).toEqual({ outcome: "mismatch", degraded: false });
  expect(await redis.pttl(keys.limitOperation(scope, "once", "op-1"))).toBeGreaterThan(10_000);
});

test("reset gives the whole burst back", async () => {
  const call = { name: "reset", limits: five, cost: 5 };
  await limit.take(call, options);
  expect(await limit.take(call, options)).toMatchObject({ outcome: "refused" });
  await limit.reset({ name: "reset" });
  expect(await limit.take(call, options)).toMatchObject({ outcome: "allowed" });
});

test("observers hear of each take", async () => {
  const events: TakeEvent[] = [];
  const observers = [
    { onTake: (event: TakeEvent) => events.push(event) },
    {
      onTake: () => {
        throw new Error("an observer's own");
      },
    },
  ];
  const observed = createMoonpath(redis, { namespace, observers }).tenant("acme").limit;
  await observed.take({ name: "seen", limits: five, cost: 5 }, options);
  await observed.take({ name: "seen", limits: five }, options);
  await observed.peek({ name: "seen", limits: five }, options);
  expect(events).toEqual([
    { outcome: "allowed", degraded: false },
    { outcome: "refused", degraded: false },
  ]);
});

describe("a wrong argument is an ArgumentError that names it, and nothing is sent", () => {
  const limits = five;
  const year = 31_622_400_000;
  test.each([
    [{ name: "", limits }, "name"],
    [{ name: "a{b", limits }, "name"],
    [{ name: "a", limits: [] }, "limits"],
    [{ name: "a", limits: Array.from({ length: 9 }, (_, at) => ({ quota: 1, periodMs: 1 + at })) }, "limits"],
    [{ name: "a", limits: [five, five] }, "limits"],
    [{ name: "a", limits: { quota: 0, periodMs: 1 } }, "limits.quota"],
    [{ name: "a", limits: [{ quota: 1.5, periodMs: 1 }] }, "limits[0].quota"],
    [{ name: "a", limits: { quota: 11, periodMs: 1 } }, "limits.quota"],
    [{ name: "a", limits: [five, { quota: 100_000_000, periodMs: 1_000, burst: 1 }] }, "limits[1].quota"],
    [{ name: "a", limits: { quota: 1, periodMs: year + 1 } }, "limits.periodMs"],
    [{ name: "a", limits: { quota: 1, periodMs: 1, burst: 0 } }, "limits.burst"],
    [{ name: "a", limits: { quota: 1, periodMs: year, burst: 2 } }, "limits"],
    [{ name: "a", limits, cost: 0 }, "cost"],
    [{ name: "a", limits, rememberMs: 999 }, "rememberMs"],
    [{ name: "a", limits, operation: "" }, "operation"],
  ])("%j: %s", async (args, argument) => {
    expect(await errorOf(limit.take(args))).toMatchObject({ code: "ARGUMENT", argument });
  });

  test.each([
    [{ timeoutMs: 0 }, "timeoutMs"],
    [{ onUnavailable: { local: 0 } }, "onUnavailable"],
    [{ onUnavailable: { local: 1.1 } }, "onUnavailable"],
    [{ onUnavailable: { local: 5e-324 } }, "onUnavailable"],
    [{ onUnavailable: { local: 0.00009 } }, "onUnavailable"],
    [{ onUnavailable: { local: Number.NaN } }, "onUnavailable"],
  ])("options %j: %s", async (wrong, argument) => {
    expect(await errorOf(limit.take({ name: "a", limits }, wrong))).toMatchObject({
      code: "ARGUMENT",
      argument,
    });
  });
});

test("more than 8 limits of one name over several calls are an ArgumentError that names limits", async () => {
  const from = (first: number) =>
    Array.from({ length: 5 }, (_, at) => ({ quota: 1, periodMs: 60_000 + first + at }));
  await limit.take({ name: "nine", limits: from(0) }, options);
  expect(await errorOf(limit.take({ name: "nine", limits: from(5) }, options))).toMatchObject({
    code: "ARGUMENT",
    argument: "limits",
    expected: "a name has at most 8 limits, those of earlier calls included",
  });
});

describe("reset refuses with an ArgumentError", () => {
  test.each([
    [[], "args"],
    [[null], "args"],
    [["ada"], "args"],
    [[{}], "name"],
    [[{ name: "" }], "name"],
    [[{ name: "a", operation: "" }], "operation"],
    [[{ name: "a", rememberMs: 999 }], "rememberMs"],
    [[{ name: "a", cost: 1 }], "cost"],
    [[{ name: "a" }, null], "options"],
    [[{ name: "a" }, 5], "options"],
    [[{ name: "a" }, { timeoutMs: 50 }], "timeoutMs"],
    [[{ name: "a" }, { deadlineMs: 0 }], "deadlineMs"],
  ])("%j: %s", async (args, argument) => {
    // A caller in plain JavaScript may pass anything.
    const call: Promise<unknown> = (async () => Reflect.apply(limit.reset, limit, args))();
    expect(await errorOf(call)).toMatchObject({ code: "ARGUMENT", argument });
  });
});

test("an error that no wait ends is thrown, without a local answer", async () => {
  await redis.set(keys.rateLimit(scope, "corrupt"), "what is this");
  const error = await errorOf(
    limit.take({ name: "corrupt", limits: five }, { ...options, onUnavailable: "allow" }),
  );
  expect(error).toMatchObject({ code: "CORRUPT" });
});

test("a closed client throws", async () => {
  const closed = createMoonpath(redis, { namespace });
  closed.close();
  const call = closed.tenant("acme").limit.take({ name: "a", limits: five }, { onUnavailable: "allow" });
  expect(await errorOf(call)).toMatchObject({ code: "CLOSED" });
});
