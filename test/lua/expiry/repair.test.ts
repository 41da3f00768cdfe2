import { expect, test } from "vitest";
import * as generated from "../../../src/index.js";
import { claimed, keysOfSet } from "../../support/lua/claims.js";
import { failure } from "../../support/lua/errors.js";
import { repairsOn } from "../../support/lua/repairs/index.js";
import { freshTenant } from "../../support/lua/shard.js";

const hour = 3_600_000;
const context = freshTenant();
const { redis, scope, tenant } = context;
const { expiry } = tenant;

/** A queue whose key names are those of the keyspace. */
function siteOf(queue: string) {
  const set = keysOfSet(context, queue);
  const named = { ...set, dead_reason: set.reasons };
  return {
    set,
    repairs: repairsOn(redis, named),
    upcoming: () => expiry.upcoming({ queue, withinMs: hour, limit: 9 }),
    claim: (name: string) => expiry.claim({ queue, claim: name, limit: 9, leaseMs: hour }),
    listDead: () => expiry.listDead({ queue, limit: 9 }),
  };
}

test("the repair of a due item sets a new instant, or removes the item", async () => {
  const { set, repairs, upcoming, claim } = siteOf("due");
  await redis.zadd(set.due, "1.5", "offer-1", "1.5", "offer-2", "2", "offer-3");
  expect(await failure(upcoming())).toMatchObject({ code: "CORRUPT" });
  expect([await repairs.look("due", "due")].flat(3)).toEqual(
    expect.arrayContaining(["offer-1", "1.5", "offer-2"]),
  );
  await repairs.repair("due", "due", "ZADD {due} <instant in milliseconds> <item>", 3, "offer-1");
  await repairs.repair("due", "due", "ZREM {due} <item>", "offer-2");
  expect(await upcoming()).toEqual({
    items: [
      { item: "offer-3", dueMs: 2 },
      { item: "offer-1", dueMs: 3 },
    ],
  });
  expect(await claim("run")).toMatchObject({
    items: [
      { item: "offer-3", attempts: 1 },
      { item: "offer-1", attempts: 1 },
    ],
  });
});

/** A dead item that was claimed three times, with a corrupt instant. */
async function died(queue: string) {
  const site = siteOf(queue);
  await redis.hset(site.set.attempts, { offer: 2 });
  await claimed(context, queue, ["offer"], "first");
  await expiry.deadLetter({ queue, claim: "first", items: ["offer"], reason: "no such offer" });
  expect(await redis.hget(site.set.attempts, "offer")).toBe("3");
  await redis.zadd(site.set.dead, "1.5", "offer");
  expect(await failure(site.listDead())).toMatchObject({ code: "CORRUPT" });
  return site;
}

test("the repair of a dead item's instant keeps the item", async () => {
  const { repairs, listDead } = await died("dead");
  const command = "ZADD {dead} <instant in milliseconds> <item>";
  await repairs.repair("dead", "instant of a dead item", command, 9, "offer");
  expect(await listDead()).toMatchObject({ items: [{ item: "offer", attempts: 3, deadSinceMs: 9 }] });
});

test("after dead items were deleted together, a later life begins without attempts", async () => {
  const { set, repairs, listDead, claim } = await died("deleted");
  const command = "HDEL {attempts} <the dead items>";
  await repairs.repair("dead", "instant of a dead item", command, await redis.zrange(set.dead, "0", "-1"));
  await repairs.deleteTogether("dead", "instant of a dead item");
  expect(await listDead()).toEqual({ items: [] });
  await expiry.track({ queue: "deleted", item: "offer", dueMs: 1 });
  expect(await claim("second")).toMatchObject({ items: [{ item: "offer", attempts: 1 }] });
});

test("the repair of the number of shards sets that of the services' configuration", async () => {
  const { open } = tenant.scripts.expiry;
  const key = generated.keys.shards(scope, "offers");
  const { repair } = repairsOn(redis, { shards: key });
  await open({ queue: "offers", shards: 64 });
  await redis.set(key, "many");
  expect(await failure(open({ queue: "offers", shards: 64 }))).toMatchObject({ code: "CORRUPT" });
  const command = "SET {shards} <the number in the services' configuration>";
  await repair("shards", "number of shards", command, 64);
  expect(await open({ queue: "offers", shards: 8 })).toEqual({ outcome: "known", shards: 64 });
});

test("after a failover that lost the number of shards, the next call chooses it anew", async () => {
  const { open } = tenant.scripts.expiry;
  await open({ queue: "lost", shards: 64 });
  await redis.del(generated.keys.shards(scope, "lost"));
  expect(await open({ queue: "lost", shards: 8 })).toEqual({ outcome: "known", shards: 8 });
});
