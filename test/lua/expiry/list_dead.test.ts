import { expect, test } from "vitest";
import { keysOfSet } from "../../support/lua/claims.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const context = freshTenant();
const { redis, tenant } = context;

const dead = (queue: string, limit = 1_000) => tenant.expiry.listDead({ queue: queue, limit });

test("expiry.list_dead returns the oldest dead items first, one page a call", async () => {
  const names = Array.from({ length: 1_200 }, (_, position) => `offer-${(position * 7) % 1_200}`);
  const { dead: key } = keysOfSet(context, "many");
  await redis.zadd(key, ...names.flatMap((name, position) => [position + 1, name]));
  expect((await dead("many")).items.map(({ item }) => item)).toEqual(names.slice(0, 1_000));
  expect((await dead("many", 2)).items).toEqual([
    { item: names[0], attempts: 1, reason: "unknown", deadSinceMs: 1 },
    { item: names[1], attempts: 1, reason: "unknown", deadSinceMs: 2 },
  ]);
});

test("expiry.list_dead lists dead items and no due items", async () => {
  await tenant.expiry.track({ queue: "due", item: "offer", dueMs: 5 });
  expect(await dead("due")).toEqual({ items: [] });
});

test.each([
  { name: "an attempt count with a fraction", attempts: "1.5" },
  { name: "an attempt count of 0", attempts: "0" },
  { name: "an instant with a fraction", givenUp: "1.5" },
  { name: "a negative instant", givenUp: "-1" },
])("expiry.list_dead reports $name as corrupt", async ({ name, attempts = "1", givenUp = "5" }) => {
  const held = keysOfSet(context, name);
  await redis.zadd(held.dead, givenUp, "offer");
  await redis.hset(held.attempts, { offer: attempts });
  expect(await failure(dead(name))).toMatchObject({ code: "CORRUPT" });
});

test.each([0, 1_001])("expiry.list_dead refuses a limit of %d before it is sent", async (limit) => {
  expect(await failure(dead("wrong", limit))).toMatchObject({ code: "ARGUMENT" });
});
