import { setTimeout as pause } from "node:timers/promises";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { createExpiryWorker } from "../../../src/expiry/index.js";
import type { Contestant, StartContestant } from "./contestant.js";
import { withMoonpath } from "./moonpath.js";

/** From the first addition until all items are due at once. All of them must be added in this time. */
const leadMs = (calls: number) => 2_000 + calls / 2;
/** Items that one command adds. */
const CHUNK = 1_000;
/** Items of one claim, and jobs that a worker of BullMQ runs at once. */
const AT_ONCE = 100;
const QUEUE = "offers";

/** A worker of Moonpath, which was started before. A call ends when all due items are acknowledged. */
export const moonpath = withMoonpath(({ expiry }, client) => {
  const worker = createExpiryWorker(client, { queue: QUEUE, limit: AT_ONCE, handle: async () => {} });
  let dueMs = 0;
  let done = 0;
  let round = 0;
  return {
    prepare: async (calls) => {
      if (round++ === 0) worker.start();
      dueMs = Date.now() + leadMs(calls);
      done = worker.status().done;
      for (const items of chunks(calls, `round-${round}`)) {
        const results = await expiry.track.many(items.map((item) => ({ queue: QUEUE, item, dueMs })));
        if (!results.every(({ ok }) => ok)) throw new Error("an item was not tracked");
      }
      await untilDue(dueMs);
    },
    call: async (calls) => {
      while (worker.status().done < done + calls) await pause(1);
    },
    close: () => worker.stop(),
  };
});

/** A worker of BullMQ, which was started before. A call ends when all delayed jobs are completed. */
export const bullmq: StartContestant = async (url) => {
  // As its documentation says, a worker has a connection that retries for ever.
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue(QUEUE, { connection });
  let done = 0;
  const worker = new Worker(QUEUE, async () => {}, { connection, concurrency: AT_ONCE });
  worker.on("completed", () => done++);
  await worker.waitUntilReady();
  let before = 0;
  const contestant: Contestant = {
    prepare: async (calls) => {
      before = done;
      const dueMs = Date.now() + leadMs(calls);
      for (const items of chunks(calls, "job")) {
        const delay = dueMs - Date.now();
        await queue.addBulk(
          items.map((item) => ({ name: item, data: {}, opts: { delay, removeOnComplete: true } })),
        );
      }
      await untilDue(dueMs);
    },
    call: async (calls) => {
      while (done < before + calls) await pause(1);
    },
    close: async () => {
      await worker.close();
      await queue.close();
      connection.disconnect();
    },
  };
  return contestant;
};

function chunks(calls: number, prefix: string): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(calls / CHUNK) }, (_, chunk) =>
    Array.from(
      { length: Math.min(CHUNK, calls - chunk * CHUNK) },
      (_, index) => `${prefix}-${chunk}-${index}`,
    ),
  );
}

async function untilDue(dueMs: number): Promise<void> {
  const leftMs = dueMs - Date.now();
  if (leftMs < 0) throw new Error(`the items were added ${-leftMs} ms too late; make fewer`);
  await pause(leftMs);
}
