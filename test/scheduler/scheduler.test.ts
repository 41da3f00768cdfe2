import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { keys } from "../../src/index.js";
import type { JobDefinition } from "../../src/scheduler/index.js";
import { isHeld } from "../support/lua/stored-lock.js";
import { everySecond, scheduler } from "../support/scheduler/scheduler-under-test.js";
import { freshTenant, redisNow } from "../support/tenant.js";
import { deferred, eventually } from "../support/wait.js";

test("a job runs at its instants by Redis's clock, and status() shows its last run", async () => {
  const site = freshTenant();
  const instants: number[] = [];
  const twice = deferred("the job runs twice");
  const fences = new Set<number>();
  const one = scheduler(site, [
    {
      name: "tick",
      schedule: everySecond,
      run: async ({ fence }) => {
        instants.push(await redisNow(site.redis));
        fences.add(fence);
        if (instants.length === 2) twice.resolve();
        return "12 offers";
      },
    },
  ]);
  one.start();
  await twice.promise;
  const [first = 0, second = 0] = instants.map((instant) => Math.floor(instant / 1_000));
  expect(second).toBeGreaterThan(first);
  expect(fences.size).toBe(1);
  await eventually("the status shows the job's last run", async () => {
    const { leader, jobs } = await one.status();
    expect(leader).toMatchObject({ owner: expect.stringContaining(String(process.pid)) });
    expect(jobs).toEqual([
      {
        name: "tick",
        schedule: everySecond,
        timeZone: "UTC",
        last: {
          outcome: "done",
          startedMs: expect.any(Number),
          ranMs: expect.any(Number),
          note: "12 offers",
        },
        nextMs: expect.any(Number),
      },
    ]);
  });
});

test("a scheduler whose clock is ahead runs no job early", async () => {
  const site = freshTenant();
  const now = await redisNow(site.redis);
  // Due in half an hour by Redis's clock; in a second and a half by the process's.
  const dueMs = Math.ceil(now / 60_000 + 30) * 60_000;
  const due = new Date(dueMs);
  const early = vi.fn(async () => {});
  const realNow = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + (dueMs - now) - 1_500);
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  let ticks = 0;
  const fourTicks = deferred("the job `tick` runs four times");
  const one = scheduler(site, [
    { name: "daily", schedule: `${due.getUTCMinutes()} ${due.getUTCHours()} * * *`, run: early },
    { name: "tick", schedule: everySecond, run: async () => void (++ticks === 4 && fourTicks.resolve()) },
  ]);
  one.start();
  await fourTicks.promise;
  expect((await one.status()).jobs[0]?.nextMs).toBe(dueMs);
  await one.stop();
  expect(early).not.toHaveBeenCalled();
});

test("status() shows a failed run by name and code, and the job runs again", async () => {
  const site = freshTenant();
  const again = deferred("the job fails twice");
  const onError = vi.fn(() => onError.mock.calls.length === 2 && again.resolve());
  const one = scheduler(
    site,
    [
      {
        name: "tick",
        schedule: everySecond,
        run: async () => {
          throw Object.assign(new TypeError("secret value 42"), { code: "E_BAD" });
        },
      },
    ],
    { onError },
  );
  one.start();
  await again.promise;
  await one.stop();
  expect((await one.status()).jobs[0]?.last).toMatchObject({ outcome: "failed", note: "TypeError E_BAD" });
  expect(onError).toHaveBeenCalledWith(expect.any(TypeError), "tick");
});

test("a run that takes longer than its interval overlaps with no other run of its job", async () => {
  const site = freshTenant();
  let running = 0;
  let most = 0;
  let runs = 0;
  const enough = deferred("the job ends twice");
  const job: JobDefinition = {
    name: "slow",
    schedule: everySecond,
    run: async () => {
      most = Math.max(most, ++running);
      await pause(1_300);
      running--;
      if (++runs === 2) enough.resolve();
    },
  };
  for (const made of [scheduler(site, [job]), scheduler(site, [job])]) made.start();
  await enough.promise;
  expect(most).toBe(1);
});

test("stop aborts the signal and gives up the leadership, even if the job ignores the signal", async () => {
  const site = freshTenant();
  const running = deferred("the job begins");
  const aborted = deferred("the job's signal aborts");
  const one = scheduler(
    site,
    [
      {
        name: "deaf",
        schedule: everySecond,
        run: async ({ signal }) => {
          signal.addEventListener("abort", () => aborted.resolve());
          running.resolve();
          await new Promise(() => {});
        },
      },
    ],
    { graceMs: 20 },
  );
  one.start();
  await running.promise;
  expect((await one.status()).jobs[0]?.last).toMatchObject({ outcome: "running" });
  expect(await one.stop()).toBe("timedOut");
  await aborted.promise;
  expect(await isHeld(site.redis, keys.lock(site.scope, "scheduler"))).toBe(false);
  expect(await one.status()).toMatchObject({ leader: undefined });
});

test("stop returns timedOut if a job still runs, even while a call is in flight", async () => {
  const site = freshTenant();
  const { job } = site.tenant;
  const running = deferred("the job begins");
  const inFlight = deferred("the heartbeat is in flight");
  const answered = deferred("the test answers the heartbeat");
  let beats = 0;
  const start: typeof job.start = async (...args) => {
    if (args[0].job === "scheduler:alive" && ++beats > 1) {
      await running.promise;
      inFlight.resolve();
      await answered.promise;
    }
    return job.start(...args);
  };
  const deaf: JobDefinition = {
    name: "deaf",
    schedule: everySecond,
    run: async () => {
      running.resolve();
      await new Promise(() => {});
    },
  };
  const one = scheduler(site, [deaf], { tenant: { ...site.tenant, job: { ...job, start } }, graceMs: 20 });
  onTestFinished(() => answered.resolve());
  one.start();
  await inFlight.promise;
  expect(await one.stop()).toBe("timedOut");
});

test("a run's signal aborts after timeoutMs", async () => {
  const site = freshTenant();
  const reason = deferred<unknown>("the job's signal aborts");
  const one = scheduler(site, [
    {
      name: "long",
      schedule: everySecond,
      timeoutMs: 10,
      run: ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => {
            reason.resolve(signal.reason);
            reject(signal.reason);
          }),
        ),
    },
  ]);
  one.start();
  expect(await reason.promise).toMatchObject({ code: "DEADLINE" });
});

test.each([
  { schedule: "every day" },
  { schedule: "0 0 30 2 *" },
  { schedule: "2027-01-01T00:00:00" },
  { timeZone: "Mars/Olympus" },
  { timeZone: "" },
  { name: "" },
  { name: "a{b}" },
  { name: "a\nb" },
  { name: "j".repeat(129) },
  { name: "scheduler:leader" },
  { name: "scheduler:alive" },
  { name: "scheduler:catch-up:tick" },
  { timeoutMs: 0 },
])("a scheduler refuses a job with %j", (wrong) => {
  const site = freshTenant();
  const job = { name: "tick", schedule: everySecond, run: async () => {}, ...wrong };
  expect(() => scheduler(site, [job])).toThrow(expect.objectContaining({ code: "ARGUMENT" }));
});

test.each([
  { leaseMs: 49 },
  { leaseMs: 2 ** 31 },
  { owner: "" },
  { owner: "o".repeat(257) },
  { name: "" },
  { name: "a{b}" },
  { name: "s".repeat(65) },
])("a scheduler refuses the option %j", (wrong) => {
  const site = freshTenant();
  const job = { name: "tick", schedule: everySecond, run: async () => {} };
  expect(() => scheduler(site, [job], wrong)).toThrow(expect.objectContaining({ code: "ARGUMENT" }));
});

test("the longest allowed names work, even if a run is caught up", async () => {
  const site = freshTenant();
  const name = "s".repeat(64);
  const job = "j".repeat(128);
  const record = keys.job(site.scope, `${name}:job:${job}`);
  const ran = deferred("the job runs");
  await site.redis.hset(record, {
    run: "earlier",
    fence: 1,
    state: "running",
    started: 1,
  });
  const one = scheduler(site, [{ name: job, schedule: "0 0 1 1 *", run: async () => ran.resolve() }], {
    name,
    owner: "o".repeat(256),
  });
  one.start();
  await ran.promise;
});
