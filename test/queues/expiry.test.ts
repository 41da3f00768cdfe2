import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createMoonpath, keys, type Queues } from "../../src/index.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";

const queue = "offers";

function site(queues: Queues = {}, namespace = freshNamespace(), redis = sharedRedis()) {
  const moonpath = createMoonpath(redis, { namespace, queues, deadlineMs: 15_000 });
  onTestFinished(() => moonpath.close());
  const { expiry, scripts, scope } = moonpath.tenant("acme");
  return { redis, namespace, moonpath, expiry, scripts, scope };
}

const items = Array.from({ length: 40 }, (_, index) => `offer-${index}`);

async function shardsWith(
  expected: (scope: { namespace: string; tenant: string }, shard: string) => string,
  one: ReturnType<typeof site>,
  count = 16,
) {
  const sizes = await Promise.all(
    Array.from({ length: count }, (_, shard) => one.redis.zcard(expected(one.scope, String(shard)))),
  );
  return sizes;
}

test("items are spread over 16 shards, each once, and found again by their name", async () => {
  const one = site();
  for (const [index, item] of items.entries()) await one.expiry.track({ queue, item, dueMs: 1_000 + index });
  const sizes = await shardsWith((scope, shard) => keys.due(scope, queue, shard), one);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(40);
  expect(sizes.filter((size) => size > 0).length).toBeGreaterThan(8);
  expect(await one.redis.get(keys.shards({ ...one.scope, tenant: "moonpath" }, queue))).toBe("16");
  const listed = await one.expiry.upcoming({ queue, withinMs: 1, limit: 30 });
  expect(listed.items.map(({ item }) => item)).toEqual(items.slice(0, 30));
  expect(await one.expiry.extend({ queue, item: "offer-3", dueMs: 5 })).toEqual({ outcome: "extended" });
  expect(await one.expiry.cancel({ queue, item: "offer-3" })).toEqual({ outcome: "cancelled" });
  expect(await one.expiry.cancel({ queue, item: "offer-3" })).toEqual({ outcome: "missing" });
});

test("the shard of an item is the slot of its name modulo the number of shards", async () => {
  const one = site({ [queue]: { shards: 7 } }, freshNamespace(), sharedRedis());
  await one.expiry.track({ queue, item: "offer-7", dueMs: 5 });
  const slot = Number(await sharedCluster().cluster("KEYSLOT", "offer-7"));
  expect(await one.redis.zscore(keys.due(one.scope, queue, String(slot % 7)), "offer-7")).toBe("5");
});

test("the first call chooses the number of shards, and another number is refused with the mend", async () => {
  const first = site({ [queue]: { shards: 64 } });
  await first.expiry.track({ queue, item: "a", dueMs: 5 });
  const same = site({}, first.namespace);
  expect(await same.expiry.extend({ queue, item: "a", dueMs: 6 })).toEqual({ outcome: "extended" });
  const other = site({ [queue]: { shards: 8 } }, first.namespace);
  for (let call = 0; call < 2; call++) {
    await expect(other.expiry.track({ queue, item: "a", dueMs: 7 })).rejects.toMatchObject({
      code: "ARGUMENT",
      argument: "queues.offers.shards",
      message: expect.stringMatching(
        /64, the number in Redis, instead of 8\. Pass 64 or leave the option out/,
      ),
    });
  }
});

test("concurrent first calls share one read, and a read that failed is not remembered", async () => {
  const one = site();
  const calls: string[] = [];
  const observed = createMoonpath(one.redis, {
    namespace: one.namespace,
    deadlineMs: 15_000,
    observers: [{ onCall: ({ script }: { script: string }) => void calls.push(script) }],
  });
  onTestFinished(() => observed.close());
  const shards = keys.shards({ ...one.scope, tenant: "moonpath" }, queue);
  await one.redis.set(shards, "many");
  const { expiry } = observed.tenant("acme");
  const track = (item: string) => expiry.track({ queue, item, dueMs: 5 });
  await expect(track("a")).rejects.toMatchObject({ code: "CORRUPT" });
  await one.redis.del(shards);
  await Promise.all(items.map(track));
  expect(calls.filter((script) => script === "expiry.open")).toHaveLength(2);
  await observed.tenant("globex").expiry.track({ queue, item: "a", dueMs: 5 });
  expect(calls.filter((script) => script === "expiry.open")).toHaveLength(2);
});

test.each([
  ["shards of 0", { offers: { shards: 0 } }],
  ["shards of 257", { offers: { shards: 257 } }],
  ["an empty name", { "": { shards: 4 } }],
])("createMoonpath refuses %s", (_, queues) => {
  expect(() => site(queues)).toThrow(expect.objectContaining({ code: "ARGUMENT" }));
});

/** Dead items of all shards, at random times of few milliseconds. */
async function dead(
  one: ReturnType<typeof site>,
  entries: readonly (readonly [item: string, sinceMs: number])[],
) {
  for (const [item, sinceMs] of entries) {
    await one.expiry.track({ queue, item, dueMs: 8e12 });
    for (let shard = 0; shard < 16; shard++) {
      const due = keys.due(one.scope, queue, String(shard));
      if ((await one.redis.zrem(due, item)) === 0) continue;
      await one.redis.zadd(keys.dead(one.scope, queue, String(shard)), sinceMs, item);
    }
  }
}

test("listDead lists each dead item once, by time, page by page over all shards", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 25 }),
      fc.integer({ min: 1, max: 7 }),
      async (times, limit) => {
        const one = site();
        await dead(
          one,
          times.map((sinceMs, index) => [`offer-${index}`, sinceMs]),
        );
        const seen: { item: string; deadSinceMs: number }[] = [];
        let after = {};
        for (;;) {
          const page = await one.expiry.listDead({ queue, limit, ...after });
          seen.push(...page.items);
          const last = page.items.at(-1);
          if (last === undefined) break;
          after = { afterMs: last.deadSinceMs, afterItem: last.item };
        }
        expect(seen.map(({ item }) => item).toSorted()).toEqual(
          times.map((_, index) => `offer-${index}`).toSorted(),
        );
        expect(seen.map(({ deadSinceMs }) => deadSinceMs)).toEqual(times.toSorted((a, b) => a - b));
      },
    ),
    { numRuns: 15 },
  );
});

test("discard, redrive and discardOld handle items of all shards and sum up", async () => {
  const one = site();
  await dead(
    one,
    items.map((item, index) => [item, index + 1]),
  );
  expect(await one.expiry.discard({ queue, items: [...items.slice(0, 10), "none"] })).toEqual({
    outcome: "discarded",
    discarded: 10,
  });
  const again = { queue, items: items.slice(10, 20), operation: "redrive-1" };
  for (let copy = 0; copy < 2; copy++) {
    expect(await one.expiry.redrive(again)).toEqual({ outcome: "redriven", redriven: 10 });
  }
  expect(await one.expiry.redrive({ ...again, items: items.slice(20) })).toEqual({ outcome: "mismatch" });
  expect(await one.expiry.discard({ queue, items: [] })).toEqual({ outcome: "discarded", discarded: 0 });
  const left = (await one.expiry.listDead({ queue, limit: 100 })).items.length;
  const old = { queue, maxAgeMs: 1, limit: 7, operation: "old-1" };
  for (let copy = 0; copy < 2; copy++) {
    expect(await one.expiry.discardOld(old)).toEqual({ outcome: "discarded", discarded: Math.min(7, left) });
  }
  expect((await one.expiry.listDead({ queue, limit: 100 })).items).toHaveLength(left - Math.min(7, left));
  await expect(
    one.expiry.discard({ queue, items: Array.from({ length: 101 }, String) }),
  ).rejects.toMatchObject({
    code: "ARGUMENT",
  });
});

test.each([
  ["an item that is no text", { queue, item: 5, dueMs: 5 }],
  ["an empty queue", { queue: "", item: "a", dueMs: 5 }],
  ["null", null],
])("track refuses %s before it sends anything", async (_, args) => {
  const one = site();
  await expect(Reflect.apply(one.expiry.track, undefined, [args])).rejects.toMatchObject({
    code: "ARGUMENT",
  });
  expect(await one.redis.keys(`${one.namespace}:*`)).toEqual([]);
});
