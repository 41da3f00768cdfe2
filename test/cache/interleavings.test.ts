import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createMoonpath } from "../../src/index.js";
import { afterFile } from "../support/cleanup.js";
import { Interleaving, steps } from "../support/cache/interleaving.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";

/** `CACHE_INTERLEAVINGS=100000` for the full run. */
const RUNS = Number(process.env["CACHE_INTERLEAVINGS"] ?? 2_000);
const AT_ONCE = 16;
const PROCESSES = 2;

test("no order of readings, loads, changes and lost keys gives a stale answer", { timeout: 60_000 + RUNS * 100 }, async () => {
  const redis = sharedRedis();
  const namespace = freshNamespace();
  const processes = Array.from({ length: PROCESSES }, () =>
    createMoonpath(sharedRedis(), { namespace, deadlineMs: 15_000 }),
  );
  for (const moonpath of processes) afterFile(() => moonpath.close());
  let tenants = 0;
  let calls = 0;
  let loads = 0;
  const property = fc.asyncProperty(steps(PROCESSES), async (list) => {
    const run = new Interleaving(processes, redis, `t${tenants++}`);
    await run.run(list);
    calls += run.calls;
    loads += run.loads;
    expect(run.errors).toEqual([]);
    expect(run.stale).toEqual([]);
  });
  await Promise.all(
    Array.from({ length: AT_ONCE }, () => fc.assert(property, { numRuns: Math.ceil(RUNS / AT_ONCE), endOnFailure: true })),
  );
  // Otherwise the property would say nothing.
  expect(loads).toBeLessThan(calls * 0.8);
  console.log({ calls, loads, tenants });
});
