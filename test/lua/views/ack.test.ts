import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const ack = (shard: string, batch: number) => tenant.views.ack({ shard, batch });

/** Takes so many batches, each acknowledged but the last, and gives their numbers. */
async function taken(shard: string, batches: number): Promise<readonly number[]> {
  const numbers: number[] = [];
  while (numbers.length < batches) {
    for (const batch of numbers.slice(-1)) await ack(shard, batch);
    await tenant.views.add({ shard, views: [{ product: "lamp", count: 1 }], rememberMs: 60_000 });
    const reply = await tenant.views.take({ shard, limit: 10 });
    if (reply.outcome === "batch") numbers.push(reply.batch);
  }
  return numbers;
}

test("views.ack removes only the pending batch, knows earlier ones and does not know others", async () => {
  const [first = 0, second = 0, third = 0] = await taken("three", 3);
  const held = { taken: keys.viewsBatch(scope, "three"), latest: keys.viewsSequence(scope, "three") };
  const before = await bytesOf(redis, held);
  for (const batch of [third + 1, Number.MAX_SAFE_INTEGER, 0]) {
    expect(await ack("three", batch)).toEqual({ outcome: "unknown" });
  }
  for (const batch of [first, second]) expect(await ack("three", batch)).toEqual({ outcome: "acked" });
  expect(await bytesOf(redis, held)).toEqual(before);
  expect(await redis.hgetall(held.taken)).toEqual({ lamp: "1", "": String(second) });
  expect(await ack("three", third)).toEqual({ outcome: "acked" });
  expect(await ack("three", third)).toEqual({ outcome: "acked" });
  expect(await redis.exists(held.taken)).toBe(0);
  expect(await redis.get(held.latest)).toBe(String(third));
});

test.each([0, 1])("views.ack returns unknown for batch %d of a shard without batches", async (batch) => {
  expect(await ack("never", batch)).toEqual({ outcome: "unknown" });
  expect(await redis.exists(keys.viewsSequence(scope, "never"))).toBe(0);
});

test("views added while a batch is pending stay for the next batch", async () => {
  const [batch = 0] = await taken("next", 1);
  await tenant.views.add({ shard: "next", views: [{ product: "vase", count: 7 }], rememberMs: 60_000 });
  await ack("next", batch);
  expect(await redis.hgetall(keys.views(scope, "next"))).toEqual({ vase: "7" });
});

test("views.ack accepts 1 as the number of a batch", async () => {
  const [taken, latest] = [keys.viewsBatch(scope, "first"), keys.viewsSequence(scope, "first")];
  await redis.hset(taken, { lamp: 3 });
  await redis.set(latest, 1);
  expect(await ack("first", 1)).toEqual({ outcome: "acked" });
  expect(await redis.exists(taken)).toBe(0);
});
