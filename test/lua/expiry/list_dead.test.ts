import { expect, test } from "vitest";
import { keysOfSet } from "../../support/lua/claims.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/shard.js";

const context = freshTenant();
const { redis, tenant } = context;

const dead = (queue: string, limit = 100) => tenant.expiry.listDead({ queue: queue, limit });

test("expiry.list_dead returns the oldest dead items first, one page a call", async () => {
  const names = Array.from({ length: 1_200 }, (_, position) => `offer-${(position * 7) % 1_200}`);
  const { dead: key } = keysOfSet(context, "many");
  await redis.zadd(key, ...names.flatMap((name, position) => [position + 1, name]));
  expect((await dead("many")).items.map(({ item }) => item)).toEqual(names.slice(0, 100));
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

test.each([0, 101])("expiry.list_dead refuses a limit of %d before it is sent", async (limit) => {
  expect(await failure(dead("wrong", limit))).toMatchObject({ code: "ARGUMENT" });
});

/** All pages, each after the last item of the page before. */
async function pages(queue: string, limit: number, between: (page: readonly string[]) => Promise<unknown>) {
  const found: string[][] = [];
  let after: { afterMs: number; afterItem: string } | undefined;
  for (;;) {
    const { items } = await tenant.expiry.listDead({ queue, limit, ...after });
    const last = items.at(-1);
    if (last === undefined) return found;
    after = { afterMs: last.deadSinceMs, afterItem: last.item };
    const names = items.map(({ item }) => item);
    found.push(names);
    await between(names);
  }
}

test("expiry.list_dead returns every dead item once, page by page, also within one millisecond", async () => {
  const { dead: key } = keysOfSet(context, "pages");
  await redis.zadd(key, 1, "a", 5, "b", 5, "c", 5, "d", 5, "e", 9, "f");
  const all = await pages("pages", 2, async () => undefined);
  expect(all).toEqual([
    ["a", "b"],
    ["c", "d"],
    ["e", "f"],
  ]);
});

test("expiry.list_dead skips no item when those of the page before are gone", async () => {
  const { dead: key } = keysOfSet(context, "gone");
  await redis.zadd(key, 1, "a", 5, "b", 5, "c", 5, "d", 5, "e", 9, "f");
  const seen = await pages("gone", 2, (names) => redis.zrem(key, ...names));
  expect(seen.flat().sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
  // The item of the cursor died again: the page begins with what is left of its millisecond.
  await redis.zadd(key, 5, "b", 5, "c", 7, "b2", 9, "d");
  const { items } = await tenant.expiry.listDead({ queue: "gone", limit: 9, afterMs: 4, afterItem: "d" });
  expect(items.map(({ item }) => item)).toEqual(["b", "c", "b2", "d"]);
});

test("expiry.list_dead without the name of an item begins with all dead items of that instant", async () => {
  const { dead: deadSet } = keysOfSet(context, "instant");
  await redis.zadd(deadSet, 4, "earlier", 5, "a", 5, "b");
  const { items } = await tenant.expiry.listDead({ queue: "instant", limit: 9, afterMs: 5 });
  expect(items.map(({ item }) => item)).toEqual(["a", "b"]);
});
