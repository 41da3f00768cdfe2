import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { bytesOf } from "../support/state.js";
import { freshTenant } from "../support/tenants.js";

const { redis, scope, tenant } = freshTenant();

const ack = (shard: string, batch: number) => tenant.views.ack({ shard, batch });

async function taken(shard: string, batches: number): Promise<void> {
  for (let batch = 1; batch <= batches; batch++) {
    await tenant.views.add({ shard, views: [{ product: "lamp", count: batch }], rememberMs: 60_000 });
    await tenant.views.take({ shard, limit: 10 });
    if (batch < batches) await ack(shard, batch);
  }
}

test("only the batch in hand goes; earlier ones are known, others are not", async () => {
  await taken("three", 3);
  const held = { taken: keys.viewsBatch(scope, "three"), latest: keys.viewsSequence(scope, "three") };
  const before = await bytesOf(redis, held);
  for (const batch of [4, Number.MAX_SAFE_INTEGER, 0])
    expect(await ack("three", batch)).toEqual({ outcome: "unknown" });
  for (const batch of [1, 2]) expect(await ack("three", batch)).toEqual({ outcome: "acked" });
  expect(await bytesOf(redis, held)).toEqual(before);
  expect(await ack("three", 3)).toEqual({ outcome: "acked" });
  expect(await ack("three", 3)).toEqual({ outcome: "acked" });
  expect(await redis.exists(held.taken)).toBe(0);
  expect(await redis.get(held.latest)).toBe("3");
});

test.each([0, 1])("batch %d of a shard that never had one is unknown", async (batch) => {
  expect(await ack("never", batch)).toEqual({ outcome: "unknown" });
  expect(await redis.exists(keys.viewsSequence(scope, "never"))).toBe(0);
});

test("what is counted while a batch is in hand stays for the next", async () => {
  await taken("next", 1);
  await tenant.views.add({ shard: "next", views: [{ product: "vase", count: 7 }], rememberMs: 60_000 });
  await ack("next", 1);
  expect(await redis.hgetall(keys.views(scope, "next"))).toEqual({ vase: "7" });
});
