// Started by killed-worker.test.ts: a worker that tells what it handles. Argument: the namespace;
// REDIS_URL names the server.

import { createExpiryWorker } from "../../../src/expiry/index.js";
import { createMoonpath } from "../../../src/index.js";
import { redisFromUrl } from "../../../src/testing/index.js";

const [namespace = ""] = process.argv.slice(2);
const redis = redisFromUrl(process.env["REDIS_URL"] ?? "");
const moonpath = createMoonpath(redis, { namespace, deadlineMs: 5_000 });

createExpiryWorker(moonpath, {
  queue: "offers",
  limit: 20,
  leaseMs: 2_500,
  maxAttempts: 1_000,
  handle: async (items) => {
    const names = items.map(({ item }) => item);
    // The effect, and then a moment in which a kill hits.
    await redis.rpush(`${namespace}:handled`, ...names);
    process.stdout.write(`${JSON.stringify({ what: "handled", items: names })}\n`);
    await redis.ping();
  },
}).start();
