import { expect, test } from "vitest";
import { keys, type ViewsTakeReply } from "../../../src/index.js";
import { failure } from "../support/errors.js";
import { freshTenant } from "../support/tenants.js";

const { redis, scope, tenant } = freshTenant();

const take = (shard: string, limit = 1_000) => tenant.views.take({ shard, limit });
const add = (shard: string, product: string, count: number) =>
  tenant.views.add({ shard, views: [{ product, count }], rememberMs: 60_000 });

function batchOf(reply: ViewsTakeReply) {
  if (reply.outcome !== "batch") throw new Error("there is no batch");
  return reply;
}

test("batches are numbered from 1, and an empty shard has none", async () => {
  expect(await take("numbers")).toEqual({ outcome: "empty" });
  expect(await redis.exists(keys.viewsSequence(scope, "numbers"))).toBe(0);
  for (let batch = 1; batch <= 3; batch++) {
    await add("numbers", "lamp", batch);
    const views = [{ product: "lamp", count: batch }];
    expect(await take("numbers")).toEqual({ outcome: "batch", batch, views });
    await tenant.views.ack({ shard: "numbers", batch });
    expect(await take("numbers")).toEqual({ outcome: "empty" });
  }
});

test("2,500 products come in three batches, each product once", async () => {
  const fields = Array.from({ length: 2_500 }, (_, position) => [`product-${position}`, "1"] as const);
  await redis.hset(keys.views(scope, "many"), Object.fromEntries(fields));
  const taken: string[] = [];
  for (const [position, size] of [1_000, 1_000, 500].entries()) {
    const { batch, views } = batchOf(await take("many"));
    expect({ batch, size: views.length }).toEqual({ batch: position + 1, size });
    expect(views.map(({ product }) => product)).toEqual(views.map(({ product }) => product).sort());
    taken.push(...views.map(({ product }) => product));
    await tenant.views.ack({ shard: "many", batch });
  }
  expect(taken.sort()).toEqual(fields.map(([product]) => product).sort());
  expect(await take("many")).toEqual({ outcome: "empty" });
});

test("a batch in hand stays the same, whatever limit is asked for and whatever is counted", async () => {
  for (const product of ["a", "b", "c"]) await add("same", product, 1);
  const first = batchOf(await take("same", 2));
  expect(first.views).toHaveLength(2);
  for (const product of ["a", "b", "c", "d"]) await add("same", product, 5);
  expect(await take("same", 1)).toEqual(first);
  expect(await take("same", 1_000)).toEqual(first);
  await tenant.views.ack({ shard: "same", batch: first.batch });
  const rest = batchOf(await take("same"));
  const total = [...first.views, ...rest.views].reduce((sum, { count }) => sum + count, 0);
  expect(total).toBe(3 + 4 * 5);
});

test("counts of 0 and of 9 * 10^15 are taken as they are", async () => {
  await add("counts", "none", 0);
  await add("counts", "most", 9_000_000_000_000_000);
  expect(batchOf(await take("counts")).views).toEqual([
    { product: "most", count: 9_000_000_000_000_000 },
    { product: "none", count: 0 },
  ]);
});

test.each([
  { says: "a count below zero", live: { lamp: "1", vase: "-1" } },
  { says: "a batch whose number is lost", pending: { lamp: "1" } },
  { says: "a number that is none", live: { lamp: "1" }, sequence: "-1" },
  { says: "a batch of 1,001 products", pending: many(1_001), sequence: "1" },
])("$says is corrupt, and nothing is moved", async ({ says, live, pending, sequence }) => {
  const [views, batch] = [keys.views(scope, says), keys.viewsBatch(scope, says)];
  if (live) await redis.hset(views, live);
  if (pending) await redis.hset(batch, pending);
  if (sequence) await redis.set(keys.viewsSequence(scope, says), sequence);
  expect(await failure(take(says))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.hgetall(views)).toEqual(live ?? {});
  expect(await redis.hgetall(batch)).toEqual(pending ?? {});
});

function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, position) => [`product-${position}`, "1"]));
}
