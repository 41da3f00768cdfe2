import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const finish = (job: string, number: number, state: "done" | "failed" = "done", note?: string) =>
  tenant.job.finish({ job, fence: 7, number, state, note });

test.each(["done", "failed"] as const)(
  "job.finish stores the state %s and the time, with or without a note",
  async (state) => {
    for (const note of [undefined, "12 offers, ünïcode"]) {
      const job = `${state}-${note === undefined}`;
      await tenant.job.start({ job, fence: 7, number: 1 });
      const before = await nowMs(redis);
      expect(await finish(job, 1, state, note)).toEqual({ outcome: "finished" });
      const fields = await redis.hgetall(keys.job(scope, job));
      expect(fields).toMatchObject({ fence: "7", number: "1", state });
      expect(fields["note"]).toBe(note);
      expect(Number(fields["ended"])).toBeGreaterThanOrEqual(before);
      expect(Number(fields["ended"])).toBeLessThanOrEqual(await nowMs(redis));
    }
  },
);

test("job.finish keeps the first state and note", async () => {
  await tenant.job.start({ job: "first", fence: 7, number: 1 });
  await finish("first", 1, "failed", "no database");
  const key = { job: keys.job(scope, "first") };
  const before = await bytesOf(redis, key);
  expect(await finish("first", 1, "done", "12 offers")).toEqual({ outcome: "finished" });
  expect(await finish("first", 1, "failed")).toEqual({ outcome: "finished" });
  expect(await bytesOf(redis, key)).toEqual(before);
});

test("job.finish changes nothing for a superseded run or a run that has not started", async () => {
  expect(await finish("never", 1)).toEqual({ outcome: "stale" });
  expect(await redis.exists(keys.job(scope, "never"))).toBe(0);
  for (const number of [1, 2]) await tenant.job.start({ job: "overtaken", fence: 7, number });
  const key = { job: keys.job(scope, "overtaken") };
  const before = await bytesOf(redis, key);
  expect(await finish("overtaken", 1, "failed", "late")).toEqual({ outcome: "stale" });
  expect(await finish("overtaken", 3, "failed", "early")).toEqual({ outcome: "stale" });
  const other = { job: "overtaken", number: 2, state: "done" as const };
  for (const fence of [6, 8])
    expect(await tenant.job.finish({ ...other, fence })).toEqual({ outcome: "stale" });
  expect(await bytesOf(redis, key)).toEqual(before);
});

test.each(["", "Done", "stopped"])(
  "job.finish reports the stored state %j as corrupt and keeps it",
  async (state) => {
    const key = keys.job(scope, `state-${state}`);
    await redis.hset(key, { fence: 7, number: 1, state, started: 5_000 });
    const error = await failure(finish(`state-${state}`, 1));
    expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining("state") });
    expect(await redis.hexists(key, "ended")).toBe(0);
  },
);

test("a note has at most 1,000 bytes", async () => {
  await tenant.job.start({ job: "note", fence: 7, number: 1 });
  const tooLong = finish("note", 1, "done", "x".repeat(1_001));
  expect(await failure(tooLong)).toMatchObject({ code: "ARGUMENT" });
  expect(await finish("note", 1, "done", "x".repeat(1_000))).toEqual({ outcome: "finished" });
});
