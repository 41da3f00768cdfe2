import { setTimeout as pause } from "node:timers/promises";
import { createExpiryWorker } from "../../../src/expiry/index.js";
import { numberField, ownClient, redisNowMs, report, taskOf, textField } from "../support/in-worker.js";

// A worker of due items. It writes what it did into Redis: how often each item was dealt with,
// when, and, for the store that asks first, which were new.
const task = taskOf();
const offsetMs = numberField(task, "offsetMs");
const now = Date.now.bind(Date);
// A process whose clock is wrong.
Date.now = () => now() + offsetMs;

const { redis, tenant } = ownClient(task);
const results = textField(task, "results");

createExpiryWorker(tenant, {
  queue: "offers",
  limit: numberField(task, "limit"),
  leaseMs: numberField(task, "leaseMs"),
  maxAttempts: Number.POSITIVE_INFINITY,
  handle: async (items) => {
    // Time in which a kill comes before the effect.
    await pause(numberField(task, "pauseMs") / 2);
    const handledMs = await redisNowMs(redis);
    const pipeline = redis.pipeline();
    for (const { item } of items) {
      pipeline.hincrby(`${results}:times`, item, 1);
      pipeline.hsetnx(`${results}:effects`, item, handledMs);
    }
    await pipeline.exec();
    report("in mid-batch");
    // Time in which a kill comes after the effect and before the acknowledgement.
    await pause(numberField(task, "pauseMs") / 2);
  },
}).start();
