import { expect, test, vi } from "vitest";
import { keys } from "../../src/index.js";
import { waitUntil } from "../../src/testing/wait.js";
import { runChild } from "../support/child.js";
import { isHeld, leaseLeftMs } from "../support/lua/stored-lock.js";
import { everySecond, scheduler } from "../support/scheduler/scheduler-under-test.js";
import { type FreshTenant, freshTenant, redisNow } from "../support/tenant.js";
import { deferred } from "../support/wait.js";

const yearly = "0 0 1 1 *";

/** A job's record as an earlier leader left it. */
async function record(
  { redis, scope }: FreshTenant,
  job: string,
  state: "running" | "done",
  startedMs: number,
): Promise<void> {
  const ended = state === "done" ? { ended: startedMs + 1 } : {};
  await redis.hset(keys.job(scope, job), { run: "earlier", fence: 1, state, started: startedMs, ...ended });
}

test("another process takes over within the lease of a killed leader", {
  timeout: 60_000,
}, async () => {
  const { redis, scope, tenant } = freshTenant();
  const first = await runChild("scheduler/leader-process.ts", scope.namespace, "first");
  const lead = await first.line(({ what }) => what === "tick");
  const second = await runChild("scheduler/leader-process.ts", scope.namespace, "second");
  await second.line(({ what }) => what === "started");
  const looker = scheduler({ tenant }, [{ name: "tick", schedule: everySecond, run: async () => {} }]);
  expect((await looker.status()).leader).toMatchObject({ owner: "first" });
  const leftMs = await leaseLeftMs(redis, keys.lock(scope, "scheduler"));
  const killedAt = performance.now();
  await first.kill("SIGKILL");
  await second.line(({ what }) => what === "leads");
  // The rest of its lease, and what a busy machine takes to run the other process.
  expect(leftMs).toBeLessThanOrEqual(2_000);
  expect(performance.now() - killedAt).toBeLessThan(leftMs + 5_000);
  const next = await second.line(({ what }) => what === "tick");
  expect(next.fence).toBeGreaterThan(lead.fence ?? Number.NaN);
  const { leader } = await looker.status();
  expect(leader).toMatchObject({ owner: "second" });
  await second.kill("SIGTERM");
  expect(second.lines.map(({ what }) => what).slice(-2)).toEqual(["ceded", "finished"]);
  expect((await looker.status()).leader).toBeUndefined();
  expect(await isHeld(redis, keys.lock(scope, "scheduler"))).toBe(false);
});

test("a new leadership starts no job that still runs in the one before", { timeout: 60_000 }, async () => {
  const site = freshTenant();
  let running = 0;
  let most = 0;
  const began = deferred("the job begins");
  const end = deferred("the test ends the job");
  const ticked = deferred("the other job runs three times in the new leadership");
  const ticks = new Map<number, number>();
  const one = scheduler(site, [
    {
      name: "deaf",
      schedule: everySecond,
      run: async () => {
        most = Math.max(most, ++running);
        began.resolve();
        await end.promise;
        running--;
      },
    },
    {
      name: "tick",
      schedule: everySecond,
      run: async ({ fence }) => {
        ticks.set(fence, (ticks.get(fence) ?? 0) + 1);
        if (ticks.size === 2 && ticks.get(fence) === 3) ticked.resolve();
      },
    },
  ]);
  one.start();
  await began.promise;
  // Its next renewal is "lost", and the process becomes the leader again.
  await site.redis.del(keys.lock(site.scope, "scheduler"));
  await ticked.promise;
  expect(most).toBe(1);
  end.resolve();
});

/** A term in which the job has had its chance to be caught up; with `run`, until that has happened. */
async function term(site: FreshTenant, run: () => void, awaited: "run" | "tick") {
  const ran = deferred("the job runs");
  const ticked = deferred("the job `tick` runs");
  const one = scheduler(site, [
    {
      name: "yearly",
      schedule: yearly,
      run: async () => {
        run();
        ran.resolve();
      },
    },
    // Its first instant comes after a second at most; a catch-up comes at once.
    { name: "tick", schedule: everySecond, run: async () => ticked.resolve() },
  ]);
  one.start();
  await (awaited === "run" ? ran.promise : ticked.promise);
  await one.stop();
}

test("a job that was due without a leader is caught up once", async () => {
  const site = freshTenant();
  const now = await redisNow(site.redis);
  await record(site, "yearly", "done", now - 2 * 366 * 86_400_000);
  const run = vi.fn();
  await term(site, run, "run");
  await term(site, run, "tick");
  expect(run).toHaveBeenCalledTimes(1);
});

test("a job that never ran is caught up after a leader's death, and not in a new fleet", async () => {
  const run = vi.fn();
  await term(freshTenant(), run, "tick");
  expect(run).not.toHaveBeenCalled();
  const older = freshTenant();
  await record(older, "scheduler:alive", "running", 1);
  await term(older, run, "run");
  expect(run).toHaveBeenCalledTimes(1);
});

test("an interrupted run is caught up, but an interrupted catch-up is not repeated", async () => {
  const site = freshTenant();
  const now = await redisNow(site.redis);
  await record(site, "yearly", "running", now - 1_000);
  const looker = scheduler(site, [{ name: "yearly", schedule: yearly, run: async () => {} }]);
  expect((await looker.status()).jobs[0]?.last).toMatchObject({ outcome: "interrupted" });
  const run = vi.fn();
  await term(site, run, "run");
  await record(site, "yearly", "running", now);
  await term(site, run, "tick");
  expect(run).toHaveBeenCalledTimes(1);
});

test("a run that a stop interrupts is caught up", async () => {
  const site = freshTenant();
  const running = deferred("the run begins");
  const old = scheduler(site, [
    {
      name: "yearly",
      schedule: everySecond,
      run: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          running.resolve();
        }),
    },
  ]);
  old.start();
  await running.promise;
  expect(await old.stop()).toBe("finished");
  expect((await old.status()).jobs[0]?.last).toMatchObject({ outcome: "interrupted" });
  const run = vi.fn();
  await term(site, run, "run");
  await term(site, run, "tick");
  expect(run).toHaveBeenCalledTimes(1);
});

test("a run that succeeds although its signal aborted is done, and is not caught up", async () => {
  const site = freshTenant();
  const running = deferred("the run begins");
  const old = scheduler(site, [
    {
      name: "yearly",
      schedule: everySecond,
      run: ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve("whole"));
          running.resolve();
        }),
    },
  ]);
  old.start();
  await running.promise;
  expect(await old.stop()).toBe("finished");
  expect((await old.status()).jobs[0]?.last).toMatchObject({ outcome: "done", note: "whole" });
  const run = vi.fn();
  await term(site, run, "tick");
  expect(run).not.toHaveBeenCalled();
});

test("the next leader still reports a run as interrupted that is not caught up", async () => {
  const site = freshTenant();
  const now = await redisNow(site.redis);
  await record(site, "yearly", "running", now - 1_000);
  await record(site, "scheduler:catch-up:yearly", "running", now - 1_000);
  const leads = deferred("the scheduler leads");
  const one = scheduler(site, [{ name: "yearly", schedule: yearly, run: async () => {} }], {
    onLeading: () => leads.resolve(),
  });
  one.start();
  await leads.promise;
  const { leader, jobs } = await one.status();
  expect(leader).toBeDefined();
  expect(jobs[0]?.last).toMatchObject({ outcome: "interrupted" });
});

test("a job runs if it becomes due while a new leader reads the records", async () => {
  const site = freshTenant();
  const dueMs = Math.ceil(((await redisNow(site.redis)) + 1_500) / 1_000) * 1_000;
  const due = new Date(dueMs);
  await record(site, "daily", "done", dueMs - 86_400_000);
  const { job } = site.tenant;
  const slowRead = async (...args: Parameters<typeof job.read>) => {
    if (args[0].job === "daily") {
      await waitUntil(
        async () => (await redisNow(site.redis)) > dueMs,
        10_000,
        "Redis's clock to pass the instant",
      );
    }
    return job.read(...args);
  };
  const read = Object.assign(slowRead, { many: job.read.many });
  const ran = deferred("the job runs");
  const schedule = `${due.getUTCSeconds()} ${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
  const one = scheduler(site, [{ name: "daily", schedule, run: async () => ran.resolve() }], {
    tenant: { ...site.tenant, job: { ...job, read } },
  });
  one.start();
  await ran.promise;
});

test("a leader ends its term if a later leader has written its record", async () => {
  const site = freshTenant();
  const leading: boolean[] = [];
  const ceded = deferred("the scheduler gives up its leadership");
  const first = deferred("the scheduler leads");
  const one = scheduler(site, [{ name: "tick", schedule: everySecond, run: async () => {} }], {
    onLeading: (now) => {
      leading.push(now);
      if (leading.length === 1) first.resolve();
      if (leading.length === 2) ceded.resolve();
    },
  });
  one.start();
  await first.promise;
  await site.redis.hset(keys.job(site.scope, "tick"), {
    run: "later",
    fence: 9e15,
    state: "running",
    started: 1,
  });
  await ceded.promise;
  expect(leading).toEqual([true, false]);
});

test("two schedulers of one tenant may have jobs of the same name", async () => {
  const site = freshTenant();
  let ran = deferred("the job runs");
  const leading: boolean[] = [];
  const shop = scheduler(site, [{ name: "tick", schedule: everySecond, run: async () => ran.resolve() }], {
    name: "shop",
    onLeading: (now) => leading.push(now),
  });
  const ticked = deferred("the job `tick` runs");
  const reports = scheduler(
    site,
    [{ name: "tick", schedule: everySecond, run: async () => ticked.resolve() }],
    { name: "reports" },
  );
  shop.start();
  await ran.promise;
  reports.start();
  await ticked.promise;
  ran = deferred("the job runs");
  await ran.promise;
  expect(leading).toEqual([true]);
});
