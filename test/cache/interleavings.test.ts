import * as fc from "fast-check";
import type { Cluster, Redis } from "ioredis";
import { expect, test } from "vitest";
import { memoryL1 } from "../../src/cache/l1/memory-l1.js";
import { createMoonpath } from "../../src/index.js";
import { Interleaving } from "../support/cache/interleaving.js";
import { steps } from "../support/cache/steps.js";
import { afterTest } from "../support/cleanup.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";

/** `CACHE_INTERLEAVINGS=100000` for the full run. */
const RUNS = Number(process.env["CACHE_INTERLEAVINGS"] ?? 2_000);
const AT_ONCE = 16;
const PROCESSES = 2;
const OPTIONS = { timeout: 120_000 + RUNS * 100 };

/** Runs random interleavings, and fails with the first that gives a stale answer. */
async function tryInterleavings(runs: number, connect: () => Redis | Cluster, hasL1: boolean): Promise<void> {
  const namespace = freshNamespace();
  const processes = Array.from({ length: PROCESSES }, () =>
    createMoonpath(connect(), {
      namespace,
      deadlineMs: 15_000,
      cache: hasL1 ? { l1: memoryL1({ heartbeatMs: 60_000 }) } : {},
    }),
  );
  for (const moonpath of processes) afterTest(() => moonpath.close());
  await Promise.all(processes.map((moonpath) => moonpath.ready()));
  const redis = connect();
  let tenants = 0;
  let calls = 0;
  let loads = 0;
  let hasFailed = false;
  const property = fc.asyncProperty(steps(PROCESSES), async (list) => {
    // The others end when one has failed.
    if (hasFailed) return;
    const run = new Interleaving(processes, redis, `t${tenants++}`, { hasL1 });
    try {
      await run.run(list);
      calls += run.calls;
      loads += run.loads;
      expect(run.errors).toEqual([]);
      expect(run.stale).toEqual([]);
    } catch (error) {
      hasFailed = true;
      throw new Error(`run ${tenants} fails`, { cause: error });
    }
  });
  const numRuns = Math.ceil(runs / AT_ONCE);
  const settled = await Promise.allSettled(
    Array.from({ length: AT_ONCE }, () => fc.assert(property, { numRuns, endOnFailure: true })),
  );
  for (const one of settled) if (one.status === "rejected") throw one.reason;
  // Otherwise the property would say nothing.
  expect(loads).toBeLessThan(calls * 0.8);
}

const name = "no order of readings, loads, changes and lost keys gives a stale answer";

test(`${name}, on a single server`, OPTIONS, async () => {
  await tryInterleavings(Math.ceil(RUNS / 2), sharedRedis, false);
});

test(`${name}, on a cluster`, OPTIONS, async () => {
  await tryInterleavings(Math.ceil(RUNS / 4), sharedCluster, false);
});

test(`${name}, with L1`, OPTIONS, async () => {
  await tryInterleavings(Math.ceil(RUNS / 4), sharedRedis, true);
});
