import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createMoonpath, keys, LostError } from "../../src/index.js";
import { errorOf } from "../support/client/fixtures.js";
import { unsteady } from "../support/limit/unsteady.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { deferred, eventually } from "../support/wait.js";

const redis = sharedRedis();
const moonpath = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 15_000 });
const { limit, scope, scripts } = moonpath.tenant("acme");
const members = (name: string) => redis.zrange(keys.permits(scope, name), "0", "-1", "WITHSCORES");
const held = async (name: string) => redis.zcount(keys.permits(scope, name), "0", "+inf");

test("at most so many functions run at the same time, each with a number of its own", async () => {
  const inside = new Set<number>();
  let most = 0;
  const fences = new Map<number, number>();
  const results = await Promise.all(
    Array.from({ length: 12 }, (_, call) =>
      limit.using("printer", { permits: 3, waitMs: 15_000 }, async ({ permit, fence }) => {
        expect(inside.has(permit)).toBe(false);
        expect(fence).toBeGreaterThan(fences.get(permit) ?? 0);
        fences.set(permit, fence);
        inside.add(permit);
        most = Math.max(most, inside.size);
        await pause(5);
        inside.delete(permit);
        return call;
      }),
    ),
  );
  expect(results).toEqual(Array.from({ length: 12 }, (_, call) => call));
  expect([most, await held("printer")]).toEqual([3, 0]);
});

test("a function that throws gives the permit back, and its error comes out", async () => {
  const error = new Error("the printer burns");
  const failed = limit.using("throws", { permits: 1 }, () => {
    throw error;
  });
  expect(await failed.catch((thrown: unknown) => thrown)).toBe(error);
  expect(await held("throws")).toBe(0);
});

test("while all permits are held, it waits, and then ends with BusyError", async () => {
  const finish = deferred("the test lets the holder finish");
  const entered = deferred("the holder has a permit");
  const holder = limit.using("busy", { permits: 1 }, async () => {
    entered.resolve();
    await finish.promise;
  });
  await entered.promise;
  for (const waitMs of [0, 60]) {
    const error = await errorOf(limit.using("busy", { permits: 1, waitMs }, () => "never"));
    expect(error).toMatchObject({ code: "BUSY", retryAfterMs: expect.any(Number) });
  }
  const next = limit.using("busy", { permits: 1, waitMs: 15_000 }, ({ permit }) => permit);
  finish.resolve();
  await holder;
  expect(await next).toBe(0);
});

test("a caller that gave up waiting cannot enter later", async () => {
  const { fence } = await enteredBy("gave up", "other");
  await errorOf(limit.using("gave up", { permits: 1, waitMs: 30 }, () => "never"));
  await eventually("the caller is remembered as over", async () => {
    const owners = await redis.keys(keys.permitOwner(scope, "gave up", "*"));
    const states = await Promise.all(owners.map((key) => redis.get(key)));
    expect(states.toSorted()).toEqual([`0 ${fence}`, expect.stringMatching(/^(busy|ended)$/)]);
  });
});

async function enteredBy(name: string, owner: string) {
  const reply = await scripts.limit.enter({ name, owner, maxPermits: 1, leaseMs: 3_600_000 });
  if (reply.outcome !== "entered") throw new Error(`${owner} is ${reply.outcome}`);
  return reply;
}

test("the permit is renewed while the function runs", async () => {
  await limit.using("renewed", { permits: 1, leaseMs: 300 }, async ({ throwIfLost }) => {
    const [, first] = await members("renewed");
    await eventually("the lease is renewed twice", async () => {
      const [, ends] = await members("renewed");
      expect(Number(ends)).toBeGreaterThan(Number(first) + 150);
    });
    throwIfLost();
  });
  expect(await held("renewed")).toBe(0);
});

describe("a lost permit", () => {
  test("aborts the signal, and using ends with LostError", async () => {
    const losses: LostError[] = [];
    const { proxy, tenant } = await unsteady();
    const lost = tenant.limit.using(
      "lost",
      { permits: 1, leaseMs: 200, onLost: (loss) => losses.push(loss) },
      async ({ signal }) => {
        const aborted = deferred("the signal aborts");
        signal.addEventListener("abort", () => aborted.resolve());
        proxy.blackHole();
        await aborted.promise;
        proxy.heal();
        signal.throwIfAborted();
      },
    );
    const error = await errorOf(lost);
    expect(error).toBeInstanceOf(LostError);
    expect(String(error)).toContain("the permit's lease ended");
    expect(losses).toEqual([error]);
  });

  test("is noticed by throwIfLost", async () => {
    const error = await errorOf(
      limit.using("blocked", { permits: 1, leaseMs: 60 }, ({ throwIfLost }) => {
        const until = performance.now() + 100;
        while (performance.now() < until);
        throwIfLost();
      }),
    );
    expect(error).toMatchObject({ code: "LOST" });
  });
});

test("the caller's signal ends the wait with AbortedError, and later aborts the function's signal", async () => {
  const { fence } = await enteredBy("signal", "other");
  const stop = new AbortController();
  const waiting = limit.using("signal", { permits: 1, signal: stop.signal }, () => "never");
  stop.abort();
  expect(await errorOf(waiting)).toMatchObject({ code: "ABORTED" });
  await scripts.limit.leave({ name: "signal", owner: "other", fence });

  const later = new AbortController();
  const reason = new Error("the shop closes");
  const running = limit.using("signal", { permits: 1, signal: later.signal }, ({ signal }) => {
    later.abort(reason);
    signal.throwIfAborted();
  });
  expect(await running.catch((error: unknown) => error)).toBe(reason);
});

test("after an unanswered request, the permit is given back", async () => {
  const { proxy, tenant } = await unsteady({ deadlineMs: 50 });
  proxy.blackHole();
  const unknown = tenant.limit.using("unknown", { permits: 1, waitMs: 0 }, () => "never");
  const heals = pause(100).then(() => proxy.heal());
  expect(await errorOf(unknown)).toMatchObject({ code: "OUTCOME_UNKNOWN" });
  await heals;
  await eventually("another caller enters", async () => {
    expect(await tenant.limit.using("unknown", { permits: 1, waitMs: 0 }, () => "entered")).toBe("entered");
  });
});

describe("a wrong option is an ArgumentError that names it", () => {
  test.each([
    ["", { permits: 1 }, "name"],
    ["a", { permits: 0 }, "permits"],
    ["a", { permits: 1_001 }, "permits"],
    ["a", { permits: 1, leaseMs: 49 }, "leaseMs"],
    ["a", { permits: 1, waitMs: -1 }, "waitMs"],
  ])("%j %j: %s", async (name, options, argument) => {
    expect(await errorOf(limit.using(name, options, () => "never"))).toMatchObject({
      code: "ARGUMENT",
      argument,
    });
  });
});
