import { expect, test } from "vitest";
import { keys } from "../../src/index.js";
import { runChild } from "../support/child.js";
import { freshTenant } from "../support/tenant.js";
import { eventually } from "../support/wait.js";

// Three processes start one after the other.
test("workers that are killed during a batch lose no item, and only items in flight come twice", {
  timeout: 60_000,
}, async () => {
  const { redis, scope } = freshTenant();
  const names = Array.from({ length: 2_000 }, (_, position) => `offer-${position}`);
  const start = () => runChild("expiry/worker-process.ts", scope.namespace);
  await redis.zadd(keys.due(scope, "offers"), ...names.flatMap((name, position) => [position + 1, name]));
  let kills = 0;
  // Each is killed as it has told of its third batch: written, and not acknowledged.
  for (; kills < 2; kills++) {
    const worker = await start();
    await worker.line((_, position) => position === 2);
    await worker.kill("SIGKILL");
  }
  await start();
  const left = [keys.due(scope, "offers"), keys.processing(scope, "offers"), keys.attempts(scope, "offers")];
  await eventually("every item is handled", async () => expect(await redis.exists(...left)).toBe(0));
  const handled = await redis.lrange(`${scope.namespace}:handled`, 0, -1);
  expect(new Set(handled)).toEqual(new Set(names));
  // One batch of 20 was in flight at each kill.
  expect(handled.length - names.length).toBeLessThanOrEqual(kills * 20);
  await redis.del(`${scope.namespace}:handled`);
});
