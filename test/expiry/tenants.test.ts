import { expect, onTestFinished, test } from "vitest";
import { createMoonpath, keys } from "../../src/index.js";
import { names, queue, startedWorker } from "../support/expiry/worker-under-test.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

test.each([
  ["a single server", () => sharedRedis()],
  ["a cluster", () => sharedCluster()],
])("one worker handles the due items of all tenants on %s, and nothing is left", async (_, connect) => {
  const redis = connect();
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, { namespace, deadlineMs: 15_000 });
  onTestFinished(() => moonpath.close());
  const tenants = Array.from({ length: 20 }, (_, index) => `tenant-${index}`);
  const items = Array.from({ length: 10 }, (_, index) => `offer-${index}`);
  const trackAll = (dueMs: number) =>
    Promise.all(
      tenants.flatMap((tenant) =>
        items.map((item) => moonpath.tenant(tenant).expiry.track({ queue, item, dueMs })),
      ),
    );
  const handled = new Set<string>();
  const started = () =>
    startedWorker(
      { moonpath },
      {
        handle: async (claimed, { tenant }) => {
          for (const item of names(claimed)) handled.add(`${tenant} ${item}`);
        },
      },
    );
  await trackAll(1);
  const worker = started();
  await eventually("all are handled", () => expect(handled.size).toBe(200));
  handled.clear();
  // Later items wake the worker by themselves, and earlier ones by a message.
  await trackAll(Date.now() + 600);
  await eventually("all are handled again", () => expect(handled.size).toBe(200));
  await eventually("the worker is asleep", () => expect(worker.status().state).toBe("asleep"));
  expect(worker.status()).toMatchObject({ done: 400, workers: 1, slots: 16_384, queued: 0, lost: 0 });
  for (const tenant of tenants) {
    for (let shard = 0; shard < 16; shard++) {
      const scope = { namespace, tenant };
      expect(await redis.exists(keys.slotQueue(scope, queue, String(shard)))).toBe(0);
      expect(await redis.exists(keys.processing(scope, queue, String(shard)))).toBe(0);
    }
  }
});
