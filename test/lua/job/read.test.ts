import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

const read = (job: string) => tenant.job.read({ job });

test("job.read returns never for a job without runs and writes nothing", async () => {
  expect(await read("never")).toEqual({ outcome: "never" });
  expect(await redis.exists(keys.job(scope, "never"))).toBe(0);
});

test("job.read returns how long the current run has been running", async () => {
  const startedMs = (await nowMs(redis)) - hour;
  await redis.hset(keys.job(scope, "runs"), { run: "run-1", fence: 7, state: "running", started: startedMs });
  const reply = await read("runs");
  expect(reply).toMatchObject({ outcome: "running", startedMs });
  const ranMs = reply.outcome === "running" ? reply.ranMs : 0;
  expect(ranMs).toBeGreaterThanOrEqual(hour);
  expect(ranMs).toBeLessThanOrEqual((await nowMs(redis)) - startedMs);
});

test("job.read returns a duration of 0 if the clock has gone back", async () => {
  const later = (await nowMs(redis)) + hour;
  await redis.hset(keys.job(scope, "back"), { state: "running", started: later });
  expect(await read("back")).toEqual({ outcome: "running", startedMs: later, ranMs: 0 });
  await redis.hset(keys.job(scope, "back"), { state: "done", ended: later - 5 });
  expect(await read("back")).toEqual({ outcome: "done", startedMs: later, ranMs: 0 });
});

test.each([
  { fields: { state: "lost" }, names: "state" },
  { fields: { state: "lost", started: "5000" }, names: "state" },
  { fields: { state: "", started: "5000", ended: "6000" }, names: "state" },
  { fields: { state: "running" }, names: "started" },
  { fields: { state: "done", ended: "6000" }, names: "started" },
  { fields: { state: "done", started: "5000" }, names: "ended" },
  { fields: { state: "failed", started: "5000", ended: "-1" }, names: "ended" },
])("job.read reports $fields as corrupt and names the field $names", async ({ fields, names }) => {
  const job = Object.entries(fields).join(";");
  await redis.hset(keys.job(scope, job), fields);
  const error = await failure(read(job));
  expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining(names) });
});
