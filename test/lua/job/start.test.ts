import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const start = (job: string, run: string, fence = 7) => tenant.job.start({ job, run, fence });

test("job.start starts a run once, with the time of Redis's clock", async () => {
  const before = await nowMs(redis);
  const reply = await start("now", "run-1");
  expect(reply.outcome).toBe("started");
  const startedMs = reply.outcome === "started" ? reply.startedMs : 0;
  expect(startedMs).toBeGreaterThanOrEqual(before);
  expect(startedMs).toBeLessThanOrEqual(await nowMs(redis));
  await redis.hset(keys.job(scope, "now"), { started: 5_000 });
  expect(await start("now", "run-1")).toEqual({ outcome: "started", startedMs: 5_000 });
});

test("a late duplicate of job.start does not restart a finished run", async () => {
  await start("finished", "run-1");
  await tenant.job.finish({ job: "finished", run: "run-1", state: "done", note: "12 offers" });
  const key = { job: keys.job(scope, "finished") };
  const before = await bytesOf(redis, key);
  expect(await start("finished", "run-1")).toMatchObject({ outcome: "started" });
  expect(await bytesOf(redis, key)).toEqual(before);
});

test("the next run replaces all fields of the run before", async () => {
  await start("next", "run-1");
  await tenant.job.finish({ job: "next", run: "run-1", state: "failed", note: "no database" });
  await start("next", "run-2");
  expect(await redis.hgetall(keys.job(scope, "next"))).toEqual({
    run: "run-2",
    previous: "run-1",
    fence: "7",
    state: "running",
    started: expect.any(String),
  });
});

test("a late duplicate of the run before changes nothing", async () => {
  await start("late", "run-1");
  await start("late", "run-2");
  expect(await start("late", "run-1")).toEqual({ outcome: "stale" });
  expect(await tenant.job.finish({ job: "late", run: "run-2", state: "done" })).toEqual({
    outcome: "finished",
  });
});

test("job.start refuses a fence below the last one", async () => {
  expect(await start("fence", "run-1", 7)).toMatchObject({ outcome: "started" });
  expect(await start("fence", "run-2", 6)).toEqual({ outcome: "stale" });
  expect(await start("fence", "run-1", 6)).toEqual({ outcome: "stale" });
  expect(await start("fence", "run-2", 7)).toMatchObject({ outcome: "started" });
  expect(await start("fence", "run-3", Number.MAX_SAFE_INTEGER)).toMatchObject({ outcome: "started" });
  expect(await start("fence", "run-4", Number.MAX_SAFE_INTEGER - 1)).toEqual({ outcome: "stale" });
  expect(await redis.hget(keys.job(scope, "fence"), "run")).toBe("run-3");
});

test.each([{ fence: 0 }, { fence: 1.5 }, { run: "" }, { job: "a{b}" }])(
  "job.start refuses %j before it is sent",
  async (wrong) => {
    const call = tenant.job.start({ job: "wrong", run: "run-1", fence: 7, ...wrong });
    expect(await failure(call)).toMatchObject({ code: "ARGUMENT" });
  },
);

test("job.start starts a run that is stored without its start, and does not store it as previous", async () => {
  const key = keys.job(scope, "startless");
  await redis.hset(key, { run: "run-1", fence: "7" });
  const first = await start("startless", "run-1");
  expect(first).toEqual({ outcome: "started", startedMs: expect.any(Number) });
  expect(await redis.hexists(key, "previous")).toBe(0);
  expect(await start("startless", "run-1")).toEqual(first);
});
