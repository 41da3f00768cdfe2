import { expect, test } from "vitest";
import { claimed, keysOfSet } from "../../support/lua/claims.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant, keys, memberOf } from "../../support/lua/shard.js";
import { bytesOf } from "../../support/lua/state.js";

const hour = 3_600_000;
const context = freshTenant();
const { redis, scope, tenant } = context;

/** An item whose name is the end of another claim's lease, held until the same millisecond. */
async function namesake(queue: string): Promise<{ item: string; ends: number }> {
  const ends = await claimed(context, queue, ["offer"]);
  const item = String(ends);
  await redis.zadd(keysOfSet(context, queue).processing, ends, item);
  return { item, ends };
}

test("an item that is named like the end of a claim's lease belongs to the claim that took it", async () => {
  const { item, ends } = await namesake("claimed");
  const again = { queue: "claimed", claim: "run", limit: 100, leaseMs: hour };
  expect(await tenant.expiry.claim(again)).toMatchObject({ items: [{ item: "offer", attempts: 1 }] });

  const { processing } = keysOfSet(context, "claimed");
  const renewal = { queue: "claimed", claim: "run", leaseEndsMs: ends, leaseMs: 2 * hour };
  expect(await tenant.expiry.renew(renewal)).toMatchObject({ outcome: "renewed" });
  expect(await redis.zscore(processing, item)).toBe(String(ends));

  const other = await namesake("acknowledged");
  const ack = { queue: "acknowledged", claim: "run", items: [other.item] };
  expect(await tenant.expiry.ack(ack)).toEqual({ outcome: "acked" });
  const held = keysOfSet(context, "acknowledged");
  expect(await redis.zscore(held.processing, other.item)).toBe(other.item);
  expect(await redis.lrange(held.claim, 0, -1)).toEqual([other.item, "offer"]);
});

test("a claim that is sent again leaves out an item that another worker has now", async () => {
  const ends = await claimed(context, "passed on", ["offer-1", "offer-2"]);
  await redis.zadd(keysOfSet(context, "passed on").processing, ends + 1, "offer-1");
  const again = { queue: "passed on", claim: "run", limit: 100, leaseMs: hour };
  expect(await tenant.expiry.claim(again)).toMatchObject({ items: [{ item: "offer-2", attempts: 1 }] });
});

test.each([
  { name: "the due item", dueIn: hour, deadFor: 0, expected: "due" },
  { name: "the dead item", dueIn: 2 * hour, deadFor: hour / 2, expected: "dead" },
  { name: "the due item of the same instant", dueIn: hour / 2, deadFor: hour / 2, expected: "due" },
])("with deadMaxAgeMs the shard is due again at the earlier one: $name", async ({ name, ...times }) => {
  const { due, dead } = keysOfSet(context, name);
  const now = await nowMs(redis);
  await redis.zadd(due, now + times.dueIn, "offer");
  await redis.zadd(dead, now - times.deadFor, "expired");
  const claim = { queue: name, claim: "run", limit: 1, leaseMs: hour, deadMaxAgeMs: hour };
  const nextDueMs = times.expected === "due" ? now + times.dueIn : now - times.deadFor + hour + 1;
  expect(await tenant.expiry.claim(claim)).toMatchObject({ outcome: "idle", nextDueMs });
});

test("an item that is redriven or discarded begins anew, without attempts", async () => {
  const { dead, attempts } = keysOfSet(context, "anew");
  await redis.zadd(dead, 1, "redriven", 2, "discarded", 3, "old");
  await redis.hset(attempts, { redriven: 4, discarded: 4, old: 4 });
  await tenant.expiry.redrive({ queue: "anew", items: ["redriven"] });
  await tenant.expiry.discard({ queue: "anew", items: ["discarded"] });
  expect(await redis.hkeys(attempts)).toEqual(["old"]);
  await tenant.expiry.discardOld({ queue: "anew", maxAgeMs: 1, limit: 1 });
  expect(await redis.exists(attempts)).toBe(0);
});

test("track and extend of an abandoned item write nothing if another key has a wrong type", async () => {
  for (const wrong of ["attempts", "due"] as const) {
    const queue = `wrong ${wrong}`;
    const held = keysOfSet(context, queue);
    await redis.zadd(held.processing, 1, "offer");
    await redis.set(held[wrong], "text");
    // With an entry of the shard, no script reads the queue before it writes.
    await redis.zadd(held.index, 1, memberOf(scope, queue));
    const operation = `${scope.namespace}-${wrong}`;
    const before = await bytesOf(redis, held);
    const args = { queue, operation, item: "offer", dueMs: 5 };
    expect(await failure(tenant.expiry.track(args))).toMatchObject({ code: "WRONG_TYPE" });
    expect(await failure(tenant.expiry.extend(args))).toMatchObject({ code: "WRONG_TYPE" });
    expect(await bytesOf(redis, held)).toEqual(before);
    expect(await redis.exists(keys.expiryOperation(scope, queue, operation))).toBe(0);
  }
});
