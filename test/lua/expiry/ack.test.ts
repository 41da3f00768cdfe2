import { expect, test } from "vitest";
import { scripts } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant, keys, memberOf } from "../../support/lua/shard.js";
import { bytesOf } from "../../support/lua/state.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

const ack = (queue: string, items: readonly string[], claim = "run") =>
  tenant.expiry.ack({ queue: queue, claim, items });

const heldBy = (queue: string, claim = "run") => ({
  due: keys.due(scope, queue),
  processing: keys.processing(scope, queue),
  attempts: keys.attempts(scope, queue),
  claim: keys.claim(scope, queue, claim),
});

async function claimed(queue: string, items: readonly string[]): Promise<void> {
  await redis.zadd(keys.due(scope, queue), ...items.flatMap((item) => [1, item]));
  await tenant.expiry.claim({ queue, claim: "run", limit: 100, leaseMs: hour });
}

test("expiry.ack removes 100 items at once and leaves only the lease", async () => {
  const items = Array.from({ length: 100 }, (_, position) => `offer-${position}`);
  await claimed("many", items);
  expect(await ack("many", items)).toEqual({ outcome: "acked" });
  const { claim, ...rest } = heldBy("many");
  expect(await redis.exists(...Object.values(rest))).toBe(0);
  expect(await redis.lrange(claim, 0, -1)).toEqual([expect.stringMatching(/^\d+$/)]);
  expect(await failure(ack("many", [...items, "one more"]))).toMatchObject({ code: "ARGUMENT" });
});

test("expiry.ack accepts an empty list, an unclaimed item and a repeated item", async () => {
  await claimed("odd", ["a", "b"]);
  const before = await bytesOf(redis, heldBy("odd"));
  expect(await ack("odd", [])).toEqual({ outcome: "acked" });
  expect(await ack("odd", ["nobody's"])).toEqual({ outcome: "acked" });
  expect(await bytesOf(redis, heldBy("odd"))).toEqual(before);
  expect(await ack("odd", ["a", "a", "nobody's"])).toEqual({ outcome: "acked" });
  expect(await redis.zrange(keys.processing(scope, "odd"), "0", "-1")).toEqual(["b"]);
});

test("expiry.ack skips an item of another claim", async () => {
  await redis.zadd(keys.due(scope, "others"), 1, "a", 2, "b");
  for (const claim of ["one", "two"]) {
    await tenant.expiry.claim({ queue: "others", claim, limit: 1, leaseMs: hour });
  }
  expect(await ack("others", ["a", "b"], "two")).toEqual({ outcome: "acked" });
  expect(await redis.zrange(keys.processing(scope, "others"), "0", "-1")).toEqual(["a"]);
  expect(await redis.lrange(keys.claim(scope, "others", "one"), 1, -1)).toEqual(["a"]);
});

test("expiry.ack acknowledges nothing after the lease, with or without the claim's key", async () => {
  await claimed("late", ["a"]);
  const { claim, ...rest } = heldBy("late");
  const past = (await nowMs(redis)) - 1;
  await redis.zadd(keys.processing(scope, "late"), past, "a");
  await redis.lset(claim, 0, past);
  const before = await bytesOf(redis, rest);
  expect(await ack("late", ["a"])).toEqual({ outcome: "lost" });
  await redis.pexpireat(claim, 1);
  expect(await ack("late", ["a"])).toEqual({ outcome: "lost" });
  expect(await bytesOf(redis, rest)).toEqual(before);
  expect(await ack("never", ["a"])).toEqual({ outcome: "lost" });
});

test("expiry.ack refuses the empty name, even from a raw client", async () => {
  await claimed("lease", ["a"]);
  const { due: _, ...held } = heldBy("lease");
  expect(await failure(ack("lease", [""]))).toMatchObject({ code: "ARGUMENT" });
  const raw = redis.eval(scripts.expiry.ack.lua, 3, ...Object.values(held), "1", "");
  await expect(raw).rejects.toThrow(/^ARGUMENT expiry\.ack/);
  expect(await redis.llen(held.claim)).toBe(2);
});

test.each([
  { left: "nothing", setUp: async () => undefined, isIndexed: false },
  {
    left: "a due item",
    setUp: (queue: string) => redis.zadd(keys.due(scope, queue), 1, "b"),
    isIndexed: true,
  },
  {
    left: "an item of another claim",
    setUp: (queue: string) => redis.zadd(keys.processing(scope, queue), hour, "b"),
    isIndexed: true,
  },
  // A worker with deadMaxAgeMs must find it later.
  {
    left: "a dead item",
    setUp: (queue: string) => redis.zadd(keys.dead(scope, queue), 1, "b"),
    isIndexed: true,
  },
])("a shard with $left after expiry.ack is in the index: $isIndexed", async ({ left, setUp, isIndexed }) => {
  const queue = `left-${left}`;
  await claimed(queue, ["a"]);
  await setUp(queue);
  const indexed = () => redis.zscore(keys.slotQueue(scope, queue), memberOf(scope, queue));
  const before = await indexed();
  expect(before).not.toBeNull();
  expect(await ack(queue, ["other"])).toEqual({ outcome: "acked" });
  expect(await indexed()).toBe(before);
  expect(await ack(queue, ["a"])).toEqual({ outcome: "acked" });
  expect(await indexed()).toBe(isIndexed ? before : null);
});

test("expiry.ack checks key types before it writes, with and without items", async () => {
  await claimed("types", ["a"]);
  const { attempts, due, ...held } = heldBy("types");
  await redis.set(attempts, "many");
  expect(await failure(ack("types", []))).toMatchObject({ code: "WRONG_TYPE" });
  await redis.del(attempts);
  await redis.hset(attempts, { a: "1 again 5" });
  await redis.set(due, "many");
  const before = await bytesOf(redis, { attempts, ...held });
  expect(await failure(ack("types", ["a"]))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await bytesOf(redis, { attempts, ...held })).toEqual(before);
});
