import { expect, test } from "vitest";
import { claimed, keysOfSet } from "../../support/lua/claims.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/shard.js";

const context = freshTenant();
const { redis, tenant } = context;

async function dead(queue: string, items: readonly string[], claim = "run"): Promise<void> {
  await claimed(context, queue, items, claim);
  await tenant.expiry.deadLetter({ queue, claim, items, reason: "no such offer" });
}

test("expiry.discard removes 100 dead items with reasons and attempts, each once", async () => {
  const items = Array.from({ length: 100 }, (_, position) => `offer-${position}`);
  await dead("many", items);
  const held = keysOfSet(context, "many");
  await redis.hset(held.attempts, Object.fromEntries(items.map((item) => [item, 5])));
  const reply = await tenant.expiry.discard({ queue: "many", items });
  expect(reply).toEqual({ outcome: "discarded", discarded: 100 });
  expect(await redis.exists(held.dead, held.reasons, held.attempts, held.due)).toBe(0);
  const more = tenant.expiry.discard({ queue: "many", items: [...items, "one more"] });
  expect(await failure(more)).toMatchObject({ code: "ARGUMENT" });
});

test("expiry.discard ignores items that are due or claimed, and repeated names", async () => {
  await dead("some", ["a", "b"]);
  await tenant.expiry.track({ queue: "some", item: "b", dueMs: 5 });
  const discard = (items: readonly string[]) => tenant.expiry.discard({ queue: "some", items });
  expect(await discard([])).toEqual({ outcome: "discarded", discarded: 0 });
  expect(await discard(["a", "a", "b"])).toEqual({ outcome: "discarded", discarded: 1 });
  expect(await redis.zrange(keysOfSet(context, "some").due, "0", "-1")).toEqual(["b"]);
});

test("a late copy of expiry.discard removes no item that died again", async () => {
  await dead("late", ["a"]);
  const call = { queue: "late", operation: "one", items: ["a"] };
  expect(await tenant.expiry.discard(call)).toEqual({ outcome: "discarded", discarded: 1 });
  await dead("late", ["a"], "next");
  expect(await tenant.expiry.discard(call)).toEqual({ outcome: "discarded", discarded: 1 });
  expect(await redis.zrange(keysOfSet(context, "late").dead, "0", "-1")).toEqual(["a"]);
  expect(await tenant.expiry.discard({ ...call, items: ["b"] })).toEqual({ outcome: "mismatch" });
});
