import { expect, test } from "vitest";
import { runChild } from "../support/child.js";
import { freshSite, leftOf, queue } from "../support/expiry/worker-under-test.js";
import { eventually } from "../support/wait.js";

// Three processes start one after the other. A killed worker keeps its slots for 10 s, and each next
// worker may wait for them.
test("workers that are killed during a batch lose no item, and only items in flight come twice", {
  timeout: 120_000,
}, async () => {
  const site = freshSite();
  const { redis, scope, tenant } = site;
  const names = Array.from({ length: 2_000 }, (_, position) => `offer-${position}`);
  const start = () => runChild("expiry/worker-process.ts", scope.namespace);
  for (const [position, item] of names.entries()) {
    await tenant.expiry.track({ queue, item, dueMs: position + 1 });
  }
  let kills = 0;
  // Each is killed as it has told of its third batch: written, and not acknowledged.
  for (; kills < 2; kills++) {
    const worker = await start();
    await worker.line((_, position) => position === 2);
    await worker.kill("SIGKILL");
  }
  await start();
  await eventually("every item is handled", async () => expect(await leftOf(site)).toEqual([]), 60_000);
  const handled = await redis.lrange(`${scope.namespace}:handled`, 0, -1);
  expect(new Set(handled)).toEqual(new Set(names));
  // One batch of 20 was in flight at each kill.
  expect(handled.length - names.length).toBeLessThanOrEqual(kills * 20);
  await redis.del(`${scope.namespace}:handled`);
});
