import { setTimeout as pause } from "node:timers/promises";
import { createExpiryWorker } from "../../../src/expiry/index.js";
import { numberField, ownClient, redisNowMs, report, taskOf, textField } from "../support/in-worker.js";

// A worker of due items. It writes its results to Redis: how often and when each item was handled.
// A store that checks first records which items were new.
const task = taskOf();
const offsetMs = numberField(task, "offsetMs");
const now = Date.now.bind(Date);
// The process has a wrong clock.
Date.now = () => now() + offsetMs;

const { redis, moonpath } = ownClient(task);
const results = textField(task, "results");

createExpiryWorker(moonpath, {
  queue: "offers",
  limit: numberField(task, "limit"),
  // So that a killed worker has at most `limit` items in flight.
  concurrency: 1,
  leaseMs: numberField(task, "leaseMs"),
  maxAttempts: Number.POSITIVE_INFINITY,
  handle: async (items) => {
    // Time for a kill before the effect.
    await pause(numberField(task, "pauseMs") / 2);
    const handledMs = await redisNowMs(redis);
    const pipeline = redis.pipeline();
    for (const { item } of items) {
      pipeline.hincrby(`${results}:times`, item, 1);
      pipeline.hsetnx(`${results}:effects`, item, handledMs);
    }
    await pipeline.exec();
    report("in mid-batch");
    // Time for a kill between the effect and the acknowledgement.
    await pause(numberField(task, "pauseMs") / 2);
  },
}).start();
