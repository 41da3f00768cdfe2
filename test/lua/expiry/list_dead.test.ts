import { expect, test } from "vitest";
import { keysOfSet } from "../../support/lua/claims.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const context = freshTenant();
const { redis, tenant } = context;

const dead = (queue: string, limit = 1_000) => tenant.expiry.listDead({ queue: queue, limit });

test("those come first that were given up first, a page at a time", async () => {
  const names = Array.from({ length: 1_200 }, (_, position) => `offer-${(position * 7) % 1_200}`);
  const { dead: key } = keysOfSet(context, "many");
  await redis.zadd(key, ...names.flatMap((name, position) => [position + 1, name]));
  expect((await dead("many")).items.map(({ item }) => item)).toEqual(names.slice(0, 1_000));
  expect((await dead("many", 2)).items).toEqual([
    { item: names[0], attempts: 1, reason: "unknown", deadSinceMs: 1 },
    { item: names[1], attempts: 1, reason: "unknown", deadSinceMs: 2 },
  ]);
});

test("only what is dead is listed, not what is due", async () => {
  await tenant.expiry.track({ queue: "due", item: "offer", dueMs: 5 });
  expect(await dead("due")).toEqual({ items: [] });
});

test.each([
  { says: "no whole count", attempts: "1.5" },
  { says: "a count of nothing", attempts: "0" },
  { says: "no whole instant", givenUp: "1.5" },
  { says: "an instant before all", givenUp: "-1" },
])("$says is corrupt", async ({ says, attempts = "1", givenUp = "5" }) => {
  const held = keysOfSet(context, says);
  await redis.zadd(held.dead, givenUp, "offer");
  await redis.hset(held.attempts, { offer: attempts });
  expect(await failure(dead(says))).toMatchObject({ code: "CORRUPT" });
});

test.each([0, 1_001])("a limit of %d is refused before it is sent", async (limit) => {
  expect(await failure(dead("wrong", limit))).toMatchObject({ code: "ARGUMENT" });
});
