import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const start = (job: string, number: number, fence = 7) => tenant.job.start({ job, fence, number });

test("job.start starts a run once, with the time of Redis's clock", async () => {
  const before = await nowMs(redis);
  const reply = await start("now", 1);
  expect(reply.outcome).toBe("started");
  const startedMs = reply.outcome === "started" ? reply.startedMs : 0;
  expect(startedMs).toBeGreaterThanOrEqual(before);
  expect(startedMs).toBeLessThanOrEqual(await nowMs(redis));
  await redis.hset(keys.job(scope, "now"), { started: 5_000 });
  expect(await start("now", 1)).toEqual({ outcome: "started", startedMs: 5_000 });
});

test("a late duplicate of job.start does not restart a finished run", async () => {
  await start("finished", 1);
  await tenant.job.finish({ job: "finished", fence: 7, number: 1, state: "done", note: "12 offers" });
  const key = { job: keys.job(scope, "finished") };
  const before = await bytesOf(redis, key);
  expect(await start("finished", 1)).toMatchObject({ outcome: "started" });
  expect(await bytesOf(redis, key)).toEqual(before);
});

test("the next run replaces all fields of the run before", async () => {
  await start("next", 1);
  await tenant.job.finish({ job: "next", fence: 7, number: 1, state: "failed", note: "no database" });
  await start("next", 2);
  expect(await redis.hgetall(keys.job(scope, "next"))).toEqual({
    fence: "7",
    number: "2",
    state: "running",
    started: expect.any(String),
  });
});

test("a late call of any run before changes nothing", async () => {
  for (const number of [1, 2, 3]) await start("late", number);
  const key = { job: keys.job(scope, "late") };
  const before = await bytesOf(redis, key);
  for (const number of [1, 2]) expect(await start("late", number)).toEqual({ outcome: "stale" });
  expect(await bytesOf(redis, key)).toEqual(before);
  expect(await tenant.job.finish({ job: "late", fence: 7, number: 3, state: "done" })).toEqual({
    outcome: "finished",
  });
});

test("job.start refuses a fence below the last one", async () => {
  expect(await start("fence", 1, 7)).toMatchObject({ outcome: "started" });
  expect(await start("fence", 2, 6)).toEqual({ outcome: "stale" });
  expect(await start("fence", 1, 6)).toEqual({ outcome: "stale" });
  expect(await start("fence", 2, 7)).toMatchObject({ outcome: "started" });
  expect(await start("fence", 3, Number.MAX_SAFE_INTEGER)).toMatchObject({ outcome: "started" });
  expect(await start("fence", 4, Number.MAX_SAFE_INTEGER - 1)).toEqual({ outcome: "stale" });
  expect(await redis.hget(keys.job(scope, "fence"), "number")).toBe("3");
});

test.each([{ fence: 0 }, { fence: 1.5 }, { number: -1 }, { job: "a{b}" }])(
  "job.start refuses %j before it is sent",
  async (wrong) => {
    const call = tenant.job.start({ job: "wrong", number: 1, fence: 7, ...wrong });
    expect(await failure(call)).toMatchObject({ code: "ARGUMENT" });
  },
);

test("under a higher fence, numbers begin again", async () => {
  await start("higher", 9, 7);
  expect(await start("higher", 1, 8)).toMatchObject({ outcome: "started" });
  expect(await start("higher", 10, 7)).toEqual({ outcome: "stale" });
});

test("job.start starts a run that is stored without its start", async () => {
  const key = keys.job(scope, "startless");
  await redis.hset(key, { fence: "7", number: "1" });
  const first = await start("startless", 1);
  expect(first).toEqual({ outcome: "started", startedMs: expect.any(Number) });
  expect(await start("startless", 1)).toEqual(first);
});

test.each(["number", "started"])("job.start reports a %s that is not a number as corrupt", async (field) => {
  await redis.hset(keys.job(scope, `corrupt-${field}`), {
    fence: "7",
    number: "1",
    started: "5",
    [field]: "x",
  });
  const error = await failure(start(`corrupt-${field}`, 2));
  expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining(field) });
});
