import { expect, test } from "vitest";
import { nowMs } from "../../support/lua/commands.js";
import { freshTenant, keys } from "../../support/lua/shard.js";

const latest = 8_640_000_000_000_000;
const year = 31_622_400_000;
const { redis, scope, tenant } = freshTenant();

test("expiry.upcoming lists a due item until it is claimed", async () => {
  await tenant.expiry.track({ queue: "once", item: "offer", dueMs: 0 });
  const due = { items: [{ item: "offer", dueMs: 0 }] };
  expect(await tenant.expiry.upcoming({ queue: "once", withinMs: 1, limit: 1 })).toEqual(due);
  await tenant.expiry.claim({ queue: "once", claim: "run", limit: 1, leaseMs: 3_600_000 });
  expect(await tenant.expiry.upcoming({ queue: "once", withinMs: year, limit: 100 })).toEqual({
    items: [],
  });
});

test("expiry.upcoming includes an item that is due at the end of the window", async () => {
  // An answer counts where the clock before and after it says the same.
  let judged = 0;
  for (let round = 0; round < 100; round++) {
    const queue = `edge-${round}`;
    const dueMs = (await nowMs(redis)) + 1_000 + (round % 4);
    await tenant.expiry.track({ queue: queue, item: "offer", dueMs });
    const before = await nowMs(redis);
    const { items } = await tenant.expiry.upcoming({ queue: queue, withinMs: 1_000, limit: 1 });
    const after = await nowMs(redis);
    const inside = dueMs <= before + 1_000 ? 1 : dueMs > after + 1_000 ? 0 : undefined;
    if (inside === undefined) continue;
    judged++;
    expect(items).toHaveLength(inside);
  }
  expect(judged).toBeGreaterThan(0);
});

test("expiry.upcoming returns 100 of 1,500 items, sorted by instant and then by name", async () => {
  const names = Array.from({ length: 1_500 }, (_, position) => `offer-${String(position).padStart(4, "0")}`);
  const scores = names.flatMap((name, position) => [Math.floor(position / 10), name]);
  await redis.zadd(keys.due(scope, "page"), ...scores);
  const { items } = await tenant.expiry.upcoming({ queue: "page", withinMs: 1, limit: 100 });
  const expected = names.slice(0, 100).map((item, position) => ({ item, dueMs: Math.floor(position / 10) }));
  expect(items).toEqual(expected);
});

test("the longest window does not include the latest possible instant", async () => {
  await tenant.expiry.track({ queue: "never", item: "offer", dueMs: latest });
  expect(await tenant.expiry.upcoming({ queue: "never", withinMs: year, limit: 1 })).toEqual({ items: [] });
});
