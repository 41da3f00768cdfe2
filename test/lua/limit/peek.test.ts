import { expect, test } from "vitest";
import { keys, scripts } from "../../../src/index.js";
import { limitsAtClock } from "../../support/limit/at-clock.js";
import { failure } from "../../support/lua/errors.js";

const { redis, scope, limit, at } = limitsAtClock();
const five = { quota: 5, periodMs: 1_000, burst: 5 };
const peek = (name: string, cost = 1, limits = [five]) => limit.peek({ name, limits, cost });

test("tells what a take would get, and takes nothing", async () => {
  await at("peek", 0);
  await limit.take({ name: "peek", operation: "o", limits: [five], cost: 4, rememberMs: 60_000 });
  const before = await redis.get(keys.rateLimit(scope, "peek"));
  for (const _ of [1, 2]) {
    expect(await peek("peek")).toEqual({
      outcome: "allowed",
      periodMs: 1_000,
      remaining: 1,
      retryAfterMs: 0,
      resetAfterMs: 800,
    });
  }
  expect(await peek("peek", 3)).toEqual({
    outcome: "refused",
    periodMs: 1_000,
    remaining: 1,
    retryAfterMs: 400,
    resetAfterMs: 800,
  });
  expect(await peek("peek", 6)).toEqual({ outcome: "too_large", periodMs: 1_000 });
  expect(await redis.get(keys.rateLimit(scope, "peek"))).toBe(before);
});

test("rounds times up to whole milliseconds", async () => {
  await at("rounded", 0);
  const limits = [{ quota: 3, periodMs: 1_000, burst: 3 }];
  await limit.take({ name: "rounded", operation: "o", limits, cost: 1, rememberMs: 60_000 });
  expect(await peek("rounded", 3, limits)).toMatchObject({ retryAfterMs: 334, resetAfterMs: 334 });
});

test("the reply too_large has no further values", async () => {
  await at("raw", 0);
  const { lua, encode } = scripts.limit.peek;
  const call = encode(scope, { name: "raw", limits: [five], cost: 6 });
  expect(await redis.eval(lua, call.keys.length, ...call.keys, ...call.args)).toEqual(["too_large", 1_000]);
});

test("without limits it is an error", async () => {
  await at("none", 0);
  expect((await failure(peek("none", 1, []))).message).toContain("at least one");
});

test("a quota above 10 units a millisecond is an error", async () => {
  await at("high", 0);
  const error = await failure(peek("high", 1, [{ quota: 600_000, periodMs: 1_000, burst: 600_000 }]));
  expect(error).toMatchObject({ code: "ARGUMENT" });
  expect(error.message).toContain("at most 10 units a millisecond");
});

const nine = Array.from({ length: 9 }, (_, index) => `${index + 1}:1;`).join("");

test.each(["", "what", "1000:soon;", "1000:1", "1000:1;x", "0:1;", nine])(
  "the state %j is corrupt",
  async (text) => {
    await at("corrupt", 0);
    await redis.set(keys.rateLimit(scope, "corrupt"), text);
    expect((await failure(peek("corrupt"))).message).toContain("CORRUPT rate limit");
  },
);
