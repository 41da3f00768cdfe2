import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { limitsAtClock } from "../../support/limit/at-clock.js";

const { redis, scope, limit, reset, at } = limitsAtClock();
const rememberMs = 60_000;
const limits = [{ quota: 5, periodMs: 1_000, burst: 5 }];

const take = (name: string, operation: string) =>
  limit.take({ name, operation, limits, cost: 5, rememberMs });

test("gives the whole burst back, once for each operation", async () => {
  await at("reset", 0);
  expect(await take("reset", "o1")).toMatchObject({ outcome: "allowed" });
  expect(await take("reset", "o2")).toMatchObject({ outcome: "refused" });
  expect(await reset({ name: "reset", operation: "r1", rememberMs })).toEqual({
    outcome: "reset",
    repeated: false,
  });
  expect(await take("reset", "o3")).toMatchObject({ outcome: "allowed" });
  expect(await reset({ name: "reset", operation: "r1", rememberMs })).toEqual({
    outcome: "reset",
    repeated: true,
  });
  expect(await take("reset", "o4")).toMatchObject({ outcome: "refused" });
});

test("an operation belongs to one script", async () => {
  await at("both", 0);
  await take("both", "o1");
  expect(await reset({ name: "both", operation: "o1", rememberMs })).toEqual({ outcome: "mismatch" });
  await reset({ name: "both", operation: "r1", rememberMs });
  expect(await take("both", "r1")).toEqual({ outcome: "mismatch" });
});

test("deletes a text that is not readable", async () => {
  await at("corrupt", 0);
  await redis.set(keys.rateLimit(scope, "corrupt"), "what is this");
  expect(await reset({ name: "corrupt", operation: "r1", rememberMs })).toMatchObject({ outcome: "reset" });
  expect(await take("corrupt", "o1")).toMatchObject({ outcome: "allowed" });
});

test("its operation is remembered for remember_ms", async () => {
  await reset({ name: "ttl", operation: "r1", rememberMs });
  const left = await redis.pttl(keys.limitOperation(scope, "ttl", "r1"));
  expect(Math.abs(left - rememberMs)).toBeLessThan(10_000);
});
