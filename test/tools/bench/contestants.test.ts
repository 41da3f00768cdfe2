import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import type { Benchmark, Ground } from "../../../tools/bench/benchmark.js";
import { cacheContestants } from "../../../tools/bench/contestants/cache/contestants.js";
import { contestants } from "../../../tools/bench/contestants/contestants.js";
import { measureOnGround } from "../../../tools/bench/ground.js";
import { service } from "../../../tools/bench/http/sync.js";
import { fillPrices, fillStock } from "../../../tools/bench/support/products.js";

/** Each contestant starts a process. */
const LIMIT_MS = 300_000;
/** These need a stopped server, a cluster, another service, or one call for all items. */
const ELSEWHERE = /^deadline|cluster$|^due items|^views|^client path|^sync/;
const names = Object.keys(contestants).filter((name) => !ELSEWHERE.test(name));

const measure = (work: (ground: Ground) => Promise<unknown>) => {
  const benchmark: Benchmark = {
    heading: "",
    method: "",
    measure: async (ground) => {
      await work(ground);
      return { cases: [] };
    },
  };
  return measureOnGround(benchmark, { isQuick: true, progress: () => {} });
};

for (const [what, some] of [
  ["contestants", names.filter((name) => !(name in cacheContestants))],
  ["contestants of caches", Object.keys(cacheContestants)],
] as const) {
  test(
    `${what} make calls in flight, or in events of their own`,
    async () => {
      await measure(async (ground) => {
        await fillStock(ground.acme);
        await fillPrices(ground.acme, ground.redis);
        for (const [index, name] of some.entries()) {
          const [side] = await ground.start([name]);
          const shape = index % 2 === 0 ? "in flight" : "events";
          const result = await side?.process.run({ shape, open: 4, ms: 30 });
          expect(result?.calls, name).toBeGreaterThanOrEqual(4);
          expect(result?.cpuUs, name).toBeGreaterThan(0);
          await side?.process.stop();
        }
      });
    },
    LIMIT_MS,
  );
}

test(
  "both kinds of views are counted in one call, and due items after they are due",
  async () => {
    await measure(async (ground) => {
      for (const side of await ground.start([
        "views, Moonpath",
        "views, INCR",
        "due items, Moonpath",
        "due items, BullMQ",
      ])) {
        const result = await side.process.run({ shape: "whole", calls: 100 });
        expect(result.calls, side.name).toBe(100);
      }
    });
  },
  LIMIT_MS,
);

test(
  "both sides call another service",
  async () => {
    await measure(async (ground) => {
      for (const side of await ground.start(["sync, Moonpath", "sync, fetch"], await service(ground))) {
        const result = await side.process.run({ shape: "in flight", open: 4, ms: 30 });
        expect(result.calls, side.name).toBeGreaterThanOrEqual(4);
      }
    });
  },
  LIMIT_MS,
);

test(
  "a benchmark that fails leaves no process behind",
  async () => {
    let pids: (number | undefined)[] = [];
    const failing = measure(async (ground) => {
      const sides = await ground.start(["stock.read, Moonpath", "stock.read, node-redis"]);
      pids = [ground.server.pid, ...sides.map(({ process }) => process.pid)];
      expect(pids.map(isRunning)).toEqual([true, true, true]);
      // Nothing is stored, so the first call finds nothing.
      await sides[0]?.process.run({ shape: "in flight", open: 1, ms: 1_000 });
    });
    await expect(failing).rejects.toThrow(/stock\.read, Moonpath: .*a call found nothing/);
    expect(pids.map(isRunning)).toEqual([false, false, false]);
  },
  LIMIT_MS,
);

test(
  "a contestant that does not exist is named",
  async () => {
    await expect(measure(({ start }) => start(["no such"]))).rejects.toThrow(
      "there is no contestant no such",
    );
  },
  LIMIT_MS,
);

function isRunning(pid: number | undefined): boolean {
  return existsSync(`/proc/${pid}`);
}
