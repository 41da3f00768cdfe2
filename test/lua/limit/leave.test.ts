import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { limitsAtClock } from "../../support/limit/at-clock.js";

const { redis, scope, limit, at } = limitsAtClock();
const leaseMs = 10_000;
const keptMs = 660_000;

async function entered(name: string, owner: string, lease = leaseMs) {
  const reply = await limit.enter({ name, owner, maxPermits: 2, leaseMs: lease });
  if (reply.outcome !== "entered") throw new Error(`${owner} is ${reply.outcome}`);
  return { name, owner, fence: reply.fence, permit: reply.permit };
}

const members = (name: string) => redis.zrange(keys.permits(scope, name), "0", "-1", "WITHSCORES");
const memory = (name: string, owner: string) => redis.get(keys.permitOwner(scope, name, owner));

test("a permit that was left is free, and its number and fence stay", async () => {
  await at("left", 0);
  const { permit: _first, ...mine } = await entered("left", "a");
  const { permit: _second, ...other } = await entered("left", "b");
  expect(await limit.leave(other)).toEqual({ outcome: "left" });
  expect(await limit.leave(other)).toEqual({ outcome: "lost" });
  expect(await members("left")).toEqual([`1 ${other.fence}`, "-999", `0 ${mine.fence}`, expect.any(String)]);
});

test("without a fence it leaves too", async () => {
  await at("no fence", 0);
  await entered("no fence", "a");
  expect(await limit.leave({ name: "no fence", owner: "a" })).toEqual({ outcome: "left" });
});

test("under another fence it changes nothing", async () => {
  await at("fence", 0);
  const { name, owner, fence } = await entered("fence", "a");
  const before = await members("fence");
  expect(await limit.leave({ name, owner, fence: fence + 1 })).toEqual({ outcome: "lost" });
  expect(await members("fence")).toEqual(before);
  expect(await memory("fence", "a")).toBe(`0 ${fence}`);
});

test("after the lease it is lost, and the owner is over", async () => {
  await at("late", 0);
  const { name, owner, fence } = await entered("late", "a");
  await at("late", leaseMs);
  expect(await limit.leave({ name, owner, fence })).toEqual({ outcome: "lost" });
  expect(await members("late")).toEqual([`0 ${fence}`, "-1000"]);
  expect(await memory("late", "a")).toBe("ended");
});

test("after the next holder it changes nothing", async () => {
  await at("next", 0);
  const { name, owner, fence } = await entered("next", "a");
  await at("next", leaseMs);
  await entered("next", "b");
  const before = await members("next");
  expect(await limit.leave({ name, owner, fence })).toEqual({ outcome: "lost" });
  expect(await members("next")).toEqual(before);
});

test("an owner is remembered for 660 s, also after a long lease and without a permit", async () => {
  await at("memory", 0);
  await entered("memory", "a", 86_400_000);
  for (const owner of ["a", "unknown"]) {
    await limit.leave({ name: "memory", owner });
    const left = await redis.pttl(keys.permitOwner(scope, "memory", owner));
    expect(Math.abs(left - keptMs), owner).toBeLessThan(10_000);
    expect(await memory("memory", owner)).toBe("ended");
  }
});

test("an owner that is over stays as it is", async () => {
  await at("over", 0);
  await redis.set(keys.permitOwner(scope, "over", "a"), "busy", "PX", 60_000);
  expect(await limit.leave({ name: "over", owner: "a" })).toEqual({ outcome: "lost" });
  expect(await memory("over", "a")).toBe("busy");
});
