// Started by stop.test.ts: stops background work after the connection was closed. Arguments: the
// namespace, and what is stopped. REDIS_URL names the server.

import { createExpiryWorker, createReservationSweeper } from "../../../src/expiry/index.js";
import { createMoonpath } from "../../../src/index.js";
import { createScheduler } from "../../../src/scheduler/index.js";
import { redisFromUrl } from "../../../src/testing/index.js";
import { countViews, createViewSync } from "../../../src/views/index.js";

const [namespace = "", kind = ""] = process.argv.slice(2);
const redis = redisFromUrl(process.env["REDIS_URL"] ?? "");
const moonpath = createMoonpath(redis, { namespace });
const acme = moonpath.tenant("acme");
const graceMs = 300;
/** Resolves when work has begun that never ends, or that Redis no longer answers. */
const started: Record<string, () => Promise<() => Promise<unknown>>> = {
  async worker() {
    await acme.expiry.track({ queue: "offers", item: "offer", dueMs: 0 });
    return new Promise((resolve) => {
      const handle = () => {
        resolve(() => worker.stop({ graceMs }));
        return new Promise<void>(() => undefined);
      };
      const worker = createExpiryWorker(moonpath, { queue: "offers", handle });
      worker.start();
    });
  },
  async sweeper() {
    const sweeper = createReservationSweeper(moonpath, { rememberMs: 1_000 });
    sweeper.start();
    return () => sweeper.stop({ graceMs });
  },
  scheduler() {
    return new Promise((resolve) => {
      const run = () => {
        resolve(() => scheduler.stop());
        return new Promise<void>(() => undefined);
      };
      const job = { name: "job", schedule: "* * * * * *", run };
      const scheduler = createScheduler({ tenant: acme, name: "jobs", jobs: [job], graceMs });
      scheduler.start();
    });
  },
  async counter() {
    const counter = countViews(acme, { shards: ["0"] });
    counter.add("lamp");
    return () => counter.stop({ graceMs });
  },
  async sync() {
    await acme.views.add({
      shard: "0",
      operation: "batch",
      rememberMs: 1_000,
      views: [{ product: "lamp", count: 1 }],
    });
    return new Promise((resolve) => {
      const apply = () => {
        resolve(() => sync.stop({ graceMs }));
        return new Promise<void>(() => undefined);
      };
      const sync = createViewSync(acme, { shards: ["0"], apply });
      void sync.run();
    });
  },
};
const stop = await started[kind]?.();
redis.disconnect();
await stop?.();
process.stdout.write(`${JSON.stringify({ what: "stopped" })}\n`);
