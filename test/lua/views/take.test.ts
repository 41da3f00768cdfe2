import { expect, test } from "vitest";
import { keys, type ViewsTakeReply } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const take = (shard: string, limit = 100) => tenant.views.take({ shard, limit });
const add = (shard: string, product: string, count: number) =>
  tenant.views.add({ shard, views: [{ product, count }], rememberMs: 60_000 });

function batchOf(reply: ViewsTakeReply) {
  if (reply.outcome !== "batch") throw new Error("there is no batch");
  return reply;
}

test("batch numbers rise from Redis's clock, and an empty shard has no batch", async () => {
  expect(await take("numbers")).toEqual({ outcome: "empty" });
  expect(await redis.exists(keys.viewsSequence(scope, "numbers"))).toBe(0);
  let last = (await nowMs(redis)) * 1_000;
  let before: number | undefined;
  for (let count = 1; count <= 3; count++) {
    await add("numbers", "lamp", count);
    const { batch, views, previous } = batchOf(await take("numbers"));
    expect(previous).toBe(before);
    expect(views).toEqual([{ product: "lamp", count }]);
    expect(batch).toBeGreaterThan(last);
    expect(batch).toBeLessThan(((await nowMs(redis)) + 1) * 1_000);
    await tenant.views.ack({ shard: "numbers", batch });
    expect(await take("numbers")).toEqual({ outcome: "empty" });
    before = last = batch;
  }
});

test("batch numbers rise even if the clock goes back", async () => {
  await redis.set(keys.viewsSequence(scope, "ahead"), "8500000000000000");
  for (const batch of [8_500_000_000_000_001, 8_500_000_000_000_002]) {
    await add("ahead", "lamp", 1);
    expect(await take("ahead")).toMatchObject({ batch, previous: batch - 1 });
    await tenant.views.ack({ shard: "ahead", batch });
  }
});

test("the highest stored number leaves room for the next batch", async () => {
  await redis.set(keys.viewsSequence(scope, "room"), "9007199254740989");
  await add("room", "lamp", 1);
  expect(await take("room")).toMatchObject({ batch: 9_007_199_254_740_990 });
  expect(await redis.hget(keys.viewsBatch(scope, "room"), "")).toBe("9007199254740989");
});

test("views.take returns 250 products in three batches, each product once", async () => {
  const fields = Array.from({ length: 250 }, (_, position) => [`product-${position}`, "1"] as const);
  await redis.hset(keys.views(scope, "many"), Object.fromEntries(fields));
  const taken: string[] = [];
  for (const size of [100, 100, 50]) {
    const { batch, views } = batchOf(await take("many"));
    expect(views).toHaveLength(size);
    taken.push(...views.map(({ product }) => product));
    await tenant.views.ack({ shard: "many", batch });
  }
  expect(taken.sort()).toEqual(fields.map(([product]) => product).sort());
  expect(await take("many")).toEqual({ outcome: "empty" });
});

test("a pending batch stays the same for other limits and new views", async () => {
  for (const product of ["a", "b", "c"]) await add("same", product, 1);
  const first = batchOf(await take("same", 2));
  expect(first.views).toHaveLength(2);
  for (const product of ["a", "b", "c", "d"]) await add("same", product, 5);
  expect(await take("same", 1)).toEqual(first);
  expect(await take("same", 100)).toEqual(first);
  await tenant.views.ack({ shard: "same", batch: first.batch });
  const rest = batchOf(await take("same"));
  const total = [...first.views, ...rest.views].reduce((sum, { count }) => sum + count, 0);
  expect(total).toBe(3 + 4 * 5);
});

test("a pending batch names the batch before it until it is acknowledged", async () => {
  await add("before", "lamp", 1);
  const first = batchOf(await take("before"));
  expect(first.previous).toBeUndefined();
  expect(await take("before")).toEqual(first);
  expect(await redis.hexists(keys.viewsBatch(scope, "before"), "")).toBe(0);
  await tenant.views.ack({ shard: "before", batch: first.batch });

  await add("before", "lamp", 1);
  const second = batchOf(await take("before"));
  expect(second.previous).toBe(first.batch);
  expect(await redis.hget(keys.viewsBatch(scope, "before"), "")).toBe(String(first.batch));
  // An earlier batch acknowledged again leaves it as it is.
  await tenant.views.ack({ shard: "before", batch: first.batch });
  expect(await take("before")).toEqual(second);
  await tenant.views.ack({ shard: "before", batch: second.batch });
  expect(await redis.exists(keys.viewsBatch(scope, "before"))).toBe(0);
});

test("views.take returns a pending batch of 100 products and a previous number as a whole", async () => {
  await redis.set(keys.viewsSequence(scope, "full"), "7");
  await redis.hset(keys.viewsBatch(scope, "full"), { ...many(100), "": "6" });
  const given = batchOf(await take("full", 1));
  expect(given).toMatchObject({ batch: 7, previous: 6 });
  expect(given.views.map(({ product }) => product).sort()).toEqual(Object.keys(many(100)).sort());
});

test("views.take returns the largest count unchanged", async () => {
  await add("counts", "most", 9_000_000_000_000_000);
  expect(batchOf(await take("counts")).views).toEqual([{ product: "most", count: 9_000_000_000_000_000 }]);
});

test.each([
  { name: "a count below zero", live: { lamp: "1", vase: "-1" } },
  { name: "a count of 0", live: { lamp: "1", vase: "0" } },
  { name: "a batch without its number", pending: { lamp: "1" } },
  { name: "a negative batch number", live: { lamp: "1" }, sequence: "-1" },
  { name: "the highest number", live: { lamp: "1" }, sequence: "9007199254740991" },
  { name: "a number without room for the next", live: { lamp: "1" }, sequence: "9007199254740990" },
  { name: "a batch of 101 products", pending: many(101), sequence: "1" },
  {
    name: "101 products and a previous number",
    pending: { ...many(101), "": "6" },
    sequence: "7",
  },
  { name: "a batch with only the previous number", pending: { "": "6" }, sequence: "7" },
  { name: "a previous number with a letter", pending: { lamp: "1", "": "x" }, sequence: "7" },
])("views.take reports $name as corrupt and moves nothing", async ({ name, live, pending, sequence }) => {
  const [views, batch] = [keys.views(scope, name), keys.viewsBatch(scope, name)];
  if (live) await redis.hset(views, live);
  if (pending) await redis.hset(batch, pending);
  if (sequence) await redis.set(keys.viewsSequence(scope, name), sequence);
  expect(await failure(take(name))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.hgetall(views)).toEqual(live ?? {});
  expect(await redis.hgetall(batch)).toEqual(pending ?? {});
});

function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, position) => [`product-${position}`, "1"]));
}
