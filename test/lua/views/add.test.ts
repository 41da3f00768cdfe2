import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { expectAt, failure } from "../../support/lua/errors.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const most = 9_000_000_000_000_000;
const { redis, scope, tenant } = freshTenant();

const live = (shard: string) => redis.hgetall(keys.views(scope, shard));
const add = (shard: string, counts: Readonly<Record<string, number>>, operation?: string) =>
  tenant.views.add({
    shard,
    operation,
    views: Object.entries(counts).map(([product, count]) => ({ product, count })),
    rememberMs: 60_000,
  });

test.each([
  { counts: { lamp: 1 }, stored: { lamp: "1" } },
  { counts: { lamp: most }, stored: { lamp: "9000000000000000" } },
  { counts: { "a:b": 1, " ": 2, 北京: 3 }, stored: { "a:b": "1", " ": "2", 北京: "3" } },
])("views.add counts $counts once and stores $stored", async ({ counts, stored }) => {
  const shard = `table-${Object.entries(counts).join("-")}`;
  expect(await add(shard, counts, "page")).toEqual({ outcome: "added" });
  expect(await add(shard, counts, "page")).toEqual({ outcome: "repeated" });
  expect(await live(shard)).toEqual(stored);
});

test("views.add accepts at most 100 products in one call", async () => {
  const counts = Object.fromEntries(Array.from({ length: 100 }, (_, position) => [`product-${position}`, 2]));
  await add("many", counts);
  await add("many", counts);
  const totals = Object.values(await live("many"));
  expect(totals).toEqual(Array.from({ length: 100 }, () => "4"));
  expect(await failure(add("many", { ...counts, more: 1 }))).toMatchObject({ code: "ARGUMENT" });
});

test("views.add of no products stores nothing", async () => {
  expect(await add("none", {}, "page")).toEqual({ outcome: "added" });
  expect(await redis.exists(keys.views(scope, "none"), keys.viewsOperation(scope, "none", "page"))).toBe(0);
});

test("views.add knows an operation whose counts would not fit any more", async () => {
  await add("almost", { lamp: most - 1 }, "page");
  expect(await add("almost", { lamp: most - 1 }, "page")).toEqual({ outcome: "repeated" });
  expect(await live("almost")).toEqual({ lamp: String(most - 1) });
});

test.each([0, -1, most + 1, 0.5])("views.add refuses a count of %d before it is sent", async (count) => {
  expect(await failure(add("refused", { lamp: 1, vase: count }))).toMatchObject({ code: "ARGUMENT" });
  expect(await live("refused")).toEqual({});
});

test("each views.add call without an operation counts as a new operation", async () => {
  for (let call = 0; call < 3; call++) expect(await add("own", { lamp: 1 })).toEqual({ outcome: "added" });
  expect(await live("own")).toEqual({ lamp: "3" });
});

test("views.add knows an operation for rememberMs, also with other counts", async () => {
  await add("known", { lamp: 1 }, "page");
  expect(await add("known", { vase: 9 }, "page")).toEqual({ outcome: "repeated" });
  const operation = keys.viewsOperation(scope, "known", "page");
  const left = await redis.pttl(operation);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(60_000);
  await redis.pexpireat(operation, 1);
  expect(await add("known", { vase: 9 }, "page")).toEqual({ outcome: "added" });
  expect(await live("known")).toEqual({ lamp: "1", vase: "9" });
});

test.each<{ before: number; counts: readonly number[] }>([
  { before: most, counts: [1] },
  { before: 1, counts: [most] },
  { before: 1, counts: [most - 1, 1] },
  { before: 5, counts: [most - 6, 1, 1] },
])(
  "views.add refuses the counts $counts on a count of $before and writes nothing",
  async ({ before, counts }) => {
    const shard = `beyond-${before}-${counts.join("-")}`;
    await redis.hset(keys.views(scope, shard), { vase: String(before) });
    const views = [{ product: "lamp", count: 1 }, ...counts.map((count) => ({ product: "vase", count }))];
    const held = { live: keys.views(scope, shard), operation: keys.viewsOperation(scope, shard, "page") };
    const state = await bytesOf(redis, held);
    const error = await failure(tenant.views.add({ shard, views, operation: "page", rememberMs: 60_000 }));
    expectAt(error, "ARGUMENT", "views.add", /err = "ARGUMENT /);
    expect(await bytesOf(redis, held)).toEqual(state);
  },
);
