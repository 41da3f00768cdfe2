import { describe, expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { limitsAtClock, startMs } from "../../support/limit/at-clock.js";
import { failure } from "../../support/lua/errors.js";

const { redis, scope, limit, at } = limitsAtClock();
const leaseMs = 10_000;
const keptMs = 660_000;
const startUs = startMs * 1_000;

const enter = (name: string, owner: string, maxPermits = 2, waits = false) =>
  limit.enter({ name, owner, maxPermits, leaseMs, waits });
const leave = (name: string, owner: string) => limit.leave({ name, owner });
const stored = (name: string) => redis.zrange(keys.permits(scope, name), "0", "-1", "WITHSCORES");

describe("permits", () => {
  test("have the lowest free numbers, and a higher fence for each holder", async () => {
    await at("numbers", 0);
    expect(await enter("numbers", "a")).toMatchObject({ outcome: "entered", permit: 0, fence: startUs });
    expect(await enter("numbers", "b")).toMatchObject({ outcome: "entered", permit: 1, fence: startUs });
    expect(await enter("numbers", "c")).toEqual({ outcome: "full", retryAfterMs: leaseMs });
    await leave("numbers", "b");
    await leave("numbers", "a");
    expect(await enter("numbers", "d")).toMatchObject({ permit: 0, fence: startUs + 1 });
    await at("numbers", 1);
    expect(await enter("numbers", "e")).toMatchObject({ permit: 1, fence: startUs + 1_000 });
  });

  test("are free when their lease ends, to the millisecond", async () => {
    await at("ends", 0);
    await enter("ends", "a", 1);
    await at("ends", leaseMs - 1);
    expect(await enter("ends", "b", 1, true)).toEqual({ outcome: "full", retryAfterMs: 1 });
    await at("ends", leaseMs);
    expect(await enter("ends", "b", 1, true)).toMatchObject({ outcome: "entered", permit: 0 });
    expect(await stored("ends")).toHaveLength(2);
  });

  test("live until 660 s after the latest lease", async () => {
    await at("ttl", 0);
    await enter("ttl", "a");
    const key = keys.permits(scope, "ttl");
    const left = await redis.pttl(key);
    expect(Math.abs(left - leaseMs - keptMs)).toBeLessThan(10_000);
    expect(Math.abs((await redis.pttl(keys.permitOwner(scope, "ttl", "a"))) - leaseMs - keptMs)).toBeLessThan(
      10_000,
    );
    await redis.pexpire(key, 10 * keptMs);
    await enter("ttl", "b");
    expect(await redis.pttl(key)).toBeGreaterThan(9 * keptMs);
    await redis.pexpire(key, 1_000);
    await leave("ttl", "b");
    await enter("ttl", "c");
    expect(await redis.pttl(key)).toBeGreaterThan(keptMs);
  });

  test("a fence that is ahead of the clock is kept until the clock has passed it", async () => {
    await at("ahead", 0);
    const aheadUs = startUs + 86_400_000_000;
    await redis.zadd(keys.permits(scope, "ahead"), -1_000, `0 ${aheadUs}`);
    await redis.pexpire(keys.permits(scope, "ahead"), 1_000);
    expect(await enter("ahead", "a")).toMatchObject({ fence: aheadUs + 1 });
    expect(await redis.pttl(keys.permits(scope, "ahead"))).toBeGreaterThan(86_400_000);
  });

  test("up to 1,000 of them", async () => {
    await at("many", 0);
    const members = Array.from({ length: 999 }, (_, number) => [
      startMs + 5_000 + number,
      `${number} 7`,
    ]).flat();
    await redis.zadd(keys.permits(scope, "many"), ...members);
    expect(await enter("many", "a", 1_000)).toMatchObject({ permit: 999 });
    expect(await enter("many", "b", 1_000)).toEqual({ outcome: "full", retryAfterMs: 5_000 });
  });
});

describe("fewer permits than before", () => {
  test("nobody enters until too many have left, and then with a number below the new count", async () => {
    await at("fewer", 0);
    for (const owner of ["a", "b", "c", "d"]) await enter("fewer", owner, 4);
    await leave("fewer", "a");
    expect(await enter("fewer", "e", 2, true)).toMatchObject({ outcome: "full" });
    await leave("fewer", "d");
    expect(await enter("fewer", "e", 2, true)).toMatchObject({ outcome: "full" });
    await leave("fewer", "c");
    expect(await enter("fewer", "e", 2, true)).toMatchObject({ outcome: "entered", permit: 0 });
    expect(await enter("fewer", "f", 3)).toMatchObject({ outcome: "entered", permit: 2 });
  });

  test("an expired permit with a lower number is found behind left ones, and surplus ones are put aside", async () => {
    await at("expired", 0);
    const members = [-997, "3 7", startMs - 9, "2 7", startMs - 8, "0 8", startMs - 7, "1 7"];
    await redis.zadd(keys.permits(scope, "expired"), ...members);
    expect(await enter("expired", "a", 2)).toMatchObject({ outcome: "entered", permit: 0, fence: startUs });
    expect(await stored("expired")).toEqual([
      "2 7",
      "-998",
      "3 7",
      "-997",
      "1 7",
      String(startMs - 7),
      `0 ${startUs}`,
      String(startMs + leaseMs),
    ]);
  });

  test("if the first 20 expired permits are surplus, the call is full, and a later one enters", async () => {
    await at("surplus", 0);
    const surplus = Array.from({ length: 30 }, (_, index) => [startMs - 1_000 + index, `${index + 5} 7`]);
    const wanted = Array.from({ length: 5 }, (_, index) => [startMs - 5, `${index} 7`]);
    await redis.zadd(keys.permits(scope, "surplus"), ...[...surplus, ...wanted].flat());
    expect(await enter("surplus", "a", 5, true)).toEqual({ outcome: "full", retryAfterMs: 1 });
    expect(await redis.zcount(keys.permits(scope, "surplus"), "-inf", "(0")).toBe(20);
    expect(await enter("surplus", "a", 5, true)).toMatchObject({ outcome: "entered", permit: 0 });
  });
});

describe("an owner enters at most once", () => {
  test("the same call gets the same permit, with the lease that was renewed since", async () => {
    await at("same", 0);
    const first = await enter("same", "a");
    if (first.outcome !== "entered") throw new Error("the first owner enters");
    await at("same", 4_000);
    const { fence, leaseEndsMs } = first;
    const renewed = await limit.renew({ name: "same", owner: "a", fence, leaseEndsMs, leaseMs });
    const again = await enter("same", "a");
    expect(again).toEqual({ ...first, ...renewed, outcome: "entered", repeated: true });
    expect(await stored("same")).toHaveLength(2);
  });

  test("also while all permits are held", async () => {
    await at("held", 0);
    await enter("held", "a");
    await enter("held", "b");
    expect(await enter("held", "a")).toMatchObject({ outcome: "entered", permit: 0, repeated: true });
    expect(await enter("held", "b", 2, true)).toMatchObject({
      outcome: "entered",
      permit: 1,
      repeated: true,
    });
  });

  test("a late copy is refused after it left, after its lease, and after the next holder", async () => {
    await at("late", 0);
    await enter("late", "a", 1);
    await leave("late", "a");
    expect(await enter("late", "a", 1)).toEqual({ outcome: "ended" });
    await enter("late", "b", 1);
    await at("late", leaseMs);
    expect(await enter("late", "b", 1)).toEqual({ outcome: "ended" });
    expect(await enter("late", "c", 1)).toMatchObject({ outcome: "entered" });
    expect(await enter("late", "b", 1)).toEqual({ outcome: "ended" });
  });

  test("a late copy is refused after its owner gave up without an answer", async () => {
    await at("unknown", 0);
    expect(await leave("unknown", "a")).toEqual({ outcome: "lost" });
    expect(await enter("unknown", "a")).toEqual({ outcome: "ended" });
    expect(await enter("unknown", "a", 2, true)).toEqual({ outcome: "ended" });
  });

  test("after full, one that does not wait is over, and one that waits may enter", async () => {
    await at("full", 0);
    await enter("full", "a", 1);
    for (const _ of [1, 2]) expect(await enter("full", "b", 1)).toMatchObject({ outcome: "full" });
    expect(await enter("full", "b", 1, true)).toEqual({ outcome: "ended" });
    expect(await enter("full", "c", 1, true)).toMatchObject({ outcome: "full" });
    await leave("full", "a");
    expect(await enter("full", "b", 1)).toEqual({ outcome: "ended" });
    expect(await enter("full", "c", 1, true)).toMatchObject({ outcome: "entered" });
  });

  test("a late copy prolongs the memory of its owner", async () => {
    await at("memory", 0);
    const key = keys.permitOwner(scope, "memory", "a");
    await redis.set(key, "ended", "PX", 60_000);
    expect(await enter("memory", "a")).toEqual({ outcome: "ended" });
    expect(await redis.pttl(key)).toBeGreaterThan(keptMs - 60_000);
  });

  test("without a permit it is remembered for 660 s", async () => {
    await at("busy", 0);
    await enter("busy", "a", 1);
    await enter("busy", "b", 1);
    expect(Math.abs((await redis.pttl(keys.permitOwner(scope, "busy", "b"))) - keptMs)).toBeLessThan(10_000);
  });
});

test("a clock that goes back keeps leases alive, and fences rise", async () => {
  await at("back", 3_600_000);
  await enter("back", "a", 1);
  await leave("back", "a");
  await enter("back", "b", 1);
  await at("back", 0);
  expect(await enter("back", "c", 1)).toEqual({ outcome: "full", retryAfterMs: 3_600_000 + leaseMs });
  await leave("back", "b");
  expect(await enter("back", "d", 1)).toMatchObject({ fence: startUs + 3_600_000_002 });
});

test.each(["0", "0 x", "1000 7", "0 9007199254740990", "zero 7"])(
  "the permit %j is corrupt",
  async (member) => {
    await at(member, 0);
    await redis.zadd(keys.permits(scope, member), -1_000, member);
    expect((await failure(enter(member, "a"))).message).toContain("CORRUPT permit");
  },
);

test("the permit 999 is readable", async () => {
  await at("last", 0);
  await redis.zadd(keys.permits(scope, "last"), -1, "999 7");
  expect(await enter("last", "a", 1_000)).toMatchObject({ permit: 999 });
});
