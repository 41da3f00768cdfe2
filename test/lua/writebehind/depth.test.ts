import { expect, test } from "vitest";
import { freshTenant } from "../../support/lua/tenants.js";
import { writeShard } from "../../support/writebehind/shard.js";

const { tenant } = freshTenant();

test("the age is that of the first value of the oldest write", async () => {
  const { enqueue, depth, take } = writeShard(tenant, "age");
  await enqueue("lamp", "1");
  const { oldestMs = -1, sequence } = await depth();
  expect(oldestMs).toBeGreaterThanOrEqual(0);
  await enqueue("lamp", "2");
  const replaced = await depth();
  expect(replaced.oldestMs).toBeGreaterThanOrEqual(oldestMs);
  expect(replaced.sequence).toBeGreaterThan(sequence);
  await take();
  await enqueue("vase", "1");
  const inFlight = await depth();
  expect(inFlight.oldestMs).toBeGreaterThanOrEqual(replaced.oldestMs ?? 0);
  expect(inFlight).toMatchObject({ queued: 1, inFlight: 1, dead: 0 });
});
