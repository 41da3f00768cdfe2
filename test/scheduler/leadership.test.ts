import { expect, test, vi } from "vitest";
import { keys } from "../../src/index.js";
import { runChild } from "../support/child.js";
import { everySecond, scheduler } from "../support/scheduler/scheduler-under-test.js";
import { event, freshTenant, type JobsTenant, redisNow } from "../support/tenant.js";

const yearly = "0 0 1 1 *";

/** A job's record as an earlier leader left it. */
async function record(
  { redis, scope }: JobsTenant,
  job: string,
  state: "running" | "done",
  startedMs: number,
): Promise<void> {
  const ended = state === "done" ? { ended: startedMs + 1 } : {};
  await redis.hset(keys.job(scope, job), { run: "earlier", fence: 1, state, started: startedMs, ...ended });
}

test("the leader is killed, and another process takes over within its lease", {
  timeout: 60_000,
}, async () => {
  const { redis, scope, tenant } = freshTenant();
  const first = runChild("scheduler/leader-process.ts", scope.namespace, "first");
  const lead = await first.line(({ what }) => what === "tick");
  const second = runChild("scheduler/leader-process.ts", scope.namespace, "second");
  await second.line(({ what }) => what === "started");
  const looker = scheduler({ tenant }, [{ name: "tick", schedule: everySecond, run: async () => {} }]);
  expect((await looker.status()).leader).toMatchObject({ owner: "first" });
  const leftMs = await redis.pttl(keys.lock(scope, "scheduler"));
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
  expect(await redis.exists(keys.lock(scope, "scheduler"))).toBe(0);
});

/** A term in which the job has had its chance to be caught up; with `run`, until that has happened. */
async function term(site: JobsTenant, run: () => void, awaited: "run" | "tick") {
  const ran = event();
  const ticked = event();
  const one = scheduler(site, [
    {
      name: "yearly",
      schedule: yearly,
      run: async () => {
        run();
        ran.happen();
      },
    },
    // Its first instant comes after a second at most; a catch-up comes at once.
    { name: "tick", schedule: everySecond, run: async () => ticked.happen() },
  ]);
  one.start();
  await (awaited === "run" ? ran.happened : ticked.happened);
  await one.stop();
}

test("what was due while nobody led is caught up once", async () => {
  const site = freshTenant();
  const now = await redisNow(site.redis);
  await record(site, "yearly", "done", now - 2 * 366 * 86_400_000);
  const run = vi.fn();
  await term(site, run, "run");
  await term(site, run, "tick");
  expect(run).toHaveBeenCalledTimes(1);
});

test("a job that never ran is caught up if a leader died before it was due, and not in a new fleet", async () => {
  const run = vi.fn();
  await term(freshTenant(), run, "tick");
  expect(run).not.toHaveBeenCalled();
  const older = freshTenant();
  await record(older, "scheduler:alive", "running", 1);
  await term(older, run, "run");
  expect(run).toHaveBeenCalledTimes(1);
});

test("a run that was cut short is caught up, but not again if that is cut short as well", async () => {
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

test("a run that a stop cut short is interrupted, and is caught up", async () => {
  const site = freshTenant();
  const running = event();
  const old = scheduler(site, [
    {
      name: "yearly",
      schedule: everySecond,
      run: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          running.happen();
        }),
    },
  ]);
  old.start();
  await running.happened;
  expect(await old.stop()).toBe("finished");
  expect((await old.status()).jobs[0]?.last).toMatchObject({ outcome: "interrupted" });
  const run = vi.fn();
  await term(site, run, "run");
  await term(site, run, "tick");
  expect(run).toHaveBeenCalledTimes(1);
});

test("a run that ends well although its signal was aborted is done, and is not caught up", async () => {
  const site = freshTenant();
  const running = event();
  const old = scheduler(site, [
    {
      name: "yearly",
      schedule: everySecond,
      run: ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve("whole"));
          running.happen();
        }),
    },
  ]);
  old.start();
  await running.happened;
  expect(await old.stop()).toBe("finished");
  expect((await old.status()).jobs[0]?.last).toMatchObject({ outcome: "done", note: "whole" });
  const run = vi.fn();
  await term(site, run, "tick");
  expect(run).not.toHaveBeenCalled();
});

test("a run that was cut short for good is told as interrupted under the next leader too", async () => {
  const site = freshTenant();
  const now = await redisNow(site.redis);
  await record(site, "yearly", "running", now - 1_000);
  await record(site, "scheduler:catch-up:yearly", "running", now - 1_000);
  const leads = event();
  const one = scheduler(site, [{ name: "yearly", schedule: yearly, run: async () => {} }], {
    onLeading: () => leads.happen(),
  });
  one.start();
  await leads.happened;
  const { leader, jobs } = await one.status();
  expect(leader).toBeDefined();
  expect(jobs[0]?.last).toMatchObject({ outcome: "interrupted" });
});

test("an instant that falls into the reads of a takeover is run", async () => {
  const site = freshTenant();
  const dueMs = Math.ceil(((await redisNow(site.redis)) + 1_500) / 1_000) * 1_000;
  const due = new Date(dueMs);
  await record(site, "daily", "done", dueMs - 86_400_000);
  const { job } = site.tenant;
  const read: typeof job.read = async (...args) => {
    if (args[0].job === "daily") {
      await vi.waitUntil(async () => (await redisNow(site.redis)) > dueMs, { timeout: 10_000 });
    }
    return job.read(...args);
  };
  const ran = event();
  const schedule = `${due.getUTCSeconds()} ${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
  const one = scheduler(site, [{ name: "daily", schedule, run: async () => ran.happen() }], {
    tenant: { ...site.tenant, job: { ...job, read } },
  });
  one.start();
  await ran.happened;
});

test("a leader whose record a later one has written ends its term", async () => {
  const site = freshTenant();
  const leading: boolean[] = [];
  const ceded = event();
  const first = event();
  const one = scheduler(site, [{ name: "tick", schedule: everySecond, run: async () => {} }], {
    onLeading: (now) => {
      leading.push(now);
      if (leading.length === 1) first.happen();
      if (leading.length === 2) ceded.happen();
    },
  });
  one.start();
  await first.happened;
  await site.redis.hset(keys.job(site.scope, "tick"), {
    run: "later",
    fence: 9e15,
    state: "running",
    started: 1,
  });
  await ceded.happened;
  expect(leading).toEqual([true, false]);
});

test("two schedulers of one tenant may have jobs of the same name", async () => {
  const site = freshTenant();
  let ran = event();
  const leading: boolean[] = [];
  const shop = scheduler(site, [{ name: "tick", schedule: everySecond, run: async () => ran.happen() }], {
    name: "shop",
    onLeading: (now) => leading.push(now),
  });
  const ticked = event();
  const reports = scheduler(
    site,
    [{ name: "tick", schedule: everySecond, run: async () => ticked.happen() }],
    { name: "reports" },
  );
  shop.start();
  await ran.happened;
  reports.start();
  await ticked.happened;
  ran = event();
  await ran.happened;
  expect(leading).toEqual([true]);
});
