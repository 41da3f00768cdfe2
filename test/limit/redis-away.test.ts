import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createMoonpath, type TakeEvent } from "../../src/index.js";
import { limitDefaults } from "../../src/limit/index.js";
import { afterTest } from "../support/cleanup.js";
import { five, MARGIN_MS, timed, unsteady } from "../support/limit/unsteady.js";
import { startOwn } from "../support/own-server.js";
import { eventually } from "../support/wait.js";

const call = { name: "ada", limits: five };
const timeoutMs = limitDefaults.timeoutMs.value;
const maxFailures = limitDefaults.maxFailures.value;

/** A client of a port on which nothing has ever answered. */
function neverReachable() {
  const redis = new Redis({ host: "127.0.0.1", port: 1, retryStrategy: () => 20 });
  redis.on("error", () => {});
  const moonpath = createMoonpath(redis);
  afterTest(() => {
    moonpath.close();
    redis.disconnect();
  });
  return moonpath.tenant("acme").limit;
}

describe("a take is answered in time, and says that it is degraded", () => {
  test("at start, when Redis was never reachable", async () => {
    const limit = neverReachable();
    for (let round = 0; round < maxFailures + 3; round++) {
      const { answer, ms } = await timed(() => limit.take(call, { onUnavailable: "allow" }));
      expect(answer).toMatchObject({ outcome: "allowed", degraded: true });
      expect(ms).toBeLessThan(timeoutMs + MARGIN_MS);
    }
  });

  test("when Redis is a black hole, for many calls at once", async () => {
    const { proxy, tenant } = await unsteady();
    proxy.blackHole();
    const { answer: answers, ms } = await timed(() =>
      Promise.all(Array.from({ length: 200 }, () => tenant.limit.take(call, { onUnavailable: "deny" }))),
    );
    const denied = { outcome: "refused", degraded: true, remaining: 0, retryAfterMs: 1_000 };
    for (const answer of answers) expect(answer).toMatchObject(denied);
    expect(ms).toBeLessThan(timeoutMs + MARGIN_MS);
  });

  test("when its connection is refused, and when Redis was killed and started again", async () => {
    const server = await startOwn();
    const { hostname: host, port, password } = new URL(server.url);
    const redis = new Redis({ host, port: Number(port), password, retryStrategy: () => 5 });
    redis.on("error", () => {});
    const moonpath = createMoonpath(redis, { deadlineMs: 15_000 });
    afterTest(() => {
      moonpath.close();
      redis.disconnect();
    });
    const { limit } = moonpath.tenant("acme");
    await moonpath.ready();
    await Promise.all([once(redis, "close"), server.kill()]);
    const { answer, ms } = await timed(() => limit.take(call, { onUnavailable: "allow" }));
    expect(answer).toMatchObject({ outcome: "allowed", degraded: true });
    expect(ms).toBeLessThan(timeoutMs + MARGIN_MS);
    await server.restart();
    await eventually("Redis answers again", async () => {
      expect(await limit.take(call, { onUnavailable: "allow" })).toMatchObject({ degraded: false });
    });
  });

  test("peek too; reset throws", async () => {
    const limit = neverReachable();
    expect(await limit.peek(call, { onUnavailable: "deny" })).toMatchObject({
      outcome: "refused",
      degraded: true,
    });
    await expect(limit.reset({ name: "ada" }, { deadlineMs: 20 })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });

  test("a cost above the burst is too large also then", async () => {
    const limit = neverReachable();
    for (const onUnavailable of ["allow", "deny", { local: 1 }] as const) {
      expect(await limit.take({ ...call, cost: 6 }, { onUnavailable, timeoutMs: 1 })).toEqual({
        outcome: "too_large",
        limit: { ...five, burst: 5 },
        degraded: true,
      });
    }
  });
});

describe("a local share", () => {
  test("gives its part of the burst, then refuses", async () => {
    const limit = neverReachable();
    const half = { onUnavailable: { local: 0.5 }, timeoutMs: 5 };
    const answers = await Promise.all(Array.from({ length: 20 }, () => limit.take(call, half)));
    expect(answers.filter(({ outcome }) => outcome === "allowed")).toHaveLength(2);
    expect(answers.every(({ degraded }) => degraded)).toBe(true);
  });

  test("is the default, and counts for each tenant and name", async () => {
    const limit = neverReachable();
    const take = (name: string) => limit.take({ ...call, name }, { timeoutMs: 5 });
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].flatMap(() => [take("ada"), take("bob")]));
    expect(answers.filter(({ outcome }) => outcome === "allowed")).toHaveLength(10);
  });
});

describe("the circuit", () => {
  test("after 5 failures in a row, one call at a time asks Redis; its first answer ends that", async () => {
    const events: TakeEvent[] = [];
    const { proxy, tenant } = await unsteady({ observers: [{ onTake: (event) => events.push(event) }] });
    const take = () => tenant.limit.take(call, { onUnavailable: "allow" });
    proxy.blackHole();
    for (let round = 0; round < maxFailures; round++)
      expect((await timed(take)).ms).toBeGreaterThan(timeoutMs / 2);
    // The first asks Redis; the others have an answer at once.
    const probe = timed(take);
    const others = await Promise.all(Array.from({ length: 50 }, () => timed(take)));
    expect(Math.max(...others.map(({ ms }) => ms))).toBeLessThan(timeoutMs / 2);
    expect((await probe).ms).toBeGreaterThan(timeoutMs / 2);
    proxy.heal();
    await eventually("one call has an answer of Redis", async () => {
      expect((await take()).degraded).toBe(false);
    });
    const after = await Promise.all(
      Array.from({ length: 20 }, () =>
        tenant.limit.take(call, { onUnavailable: "allow", timeoutMs: 15_000 }),
      ),
    );
    expect(after.every(({ degraded }) => !degraded)).toBe(true);
    expect(events.filter(({ degraded }) => degraded).length).toBeGreaterThanOrEqual(maxFailures + 51);
  });

  test("calls with too little time for the way to Redis degrade no call with more time", async () => {
    const { proxy, tenant, moonpath } = await unsteady();
    proxy.delay(10);
    const hasty = moonpath.tenant("other").limit;
    let isRunning = true;
    let tooLate = 0;
    const loops = [1, 2, 3, 4].map(async () => {
      while (isRunning) {
        const { degraded } = await hasty.take(call, { timeoutMs: 1, onUnavailable: "allow" });
        if (degraded) tooLate++;
        // An answer at once is a promise that has resolved, so the loop needs a pause of its own.
        await new Promise(setImmediate);
      }
    });
    await eventually("the circuit of the hasty calls is open", async () => {
      expect(tooLate).toBeGreaterThan(2 * maxFailures);
    });
    const many = { name: "ada", limits: { quota: 1_000, periodMs: 60_000 } };
    const answers = [];
    for (let round = 0; round < 40; round++) {
      await pause(9);
      answers.push(await tenant.limit.take(many, { timeoutMs: 15_000 }));
    }
    isRunning = false;
    await Promise.all(loops);
    expect(answers.filter(({ degraded }) => degraded)).toEqual([]);
  });

  test("a failed call counts for calls with at most its time, of which one at a time asks Redis", async () => {
    const { proxy, tenant } = await unsteady();
    const take = (timeoutMs: number) => tenant.limit.take(call, { onUnavailable: "allow", timeoutMs });
    proxy.blackHole();
    await Promise.all(Array.from({ length: maxFailures }, () => take(300)));
    let isAsking = true;
    const probe = take(300).then(() => {
      isAsking = false;
    });
    // They have their answers at once.
    await Promise.all([take(300), take(200), take(100)]);
    expect(isAsking).toBe(true);
    // It has more time than the one that asks, so it asks too, and gets its answer.
    const patient = take(15_000);
    proxy.heal();
    expect(await patient).toMatchObject({ degraded: false });
    await probe;
    expect(await take(15_000)).toMatchObject({ degraded: false });
  });
});
