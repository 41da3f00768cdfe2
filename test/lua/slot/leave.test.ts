import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { slot } = tenant.scripts;
const messages = await Messages.of(redis, scope.namespace);

test("slot.leave remembers for 10 minutes that a worker has left, also one whose lease ends at 0", async () => {
  const group = freshName();
  const key = keys.workers(scope, group);
  await redis.zadd(key, 0, "a");
  await slot.leave({ group, worker: "a" });
  const until = -Number(await redis.zscore(key, "a"));
  const now = await nowMs(redis);
  expect(until).toBeGreaterThan(now + 650_000);
  expect(until).toBeLessThanOrEqual(now + 660_000);
  const left = await redis.pttl(key);
  expect(left).toBeGreaterThan(1_310_000);
  expect(left).toBeLessThanOrEqual(1_320_000);
});

test("a second slot.leave changes nothing and sends no message", async () => {
  const group = freshName();
  const key = keys.workers(scope, group);
  await redis.zadd(key, -8_000_000_000_000_000, "a", -1, "b");
  for (const worker of ["a", "b"]) expect(await slot.leave({ group, worker })).toEqual({ outcome: "left" });
  expect(await redis.zrange(key, "0", "-1", "WITHSCORES")).toEqual(["a", "-8000000000000000", "b", "-1"]);
  expect(await messages.on(key)).toEqual([]);
});

test("slot.leave ends the membership at once, also for a late call of join", async () => {
  const group = freshName();
  for (const worker of ["a", "b"]) await slot.join({ group, worker, leaseMs: 600_000 });
  expect(await slot.leave({ group, worker: "a" })).toEqual({ outcome: "left" });
  expect(await slot.join({ group, worker: "a", leaseMs: 600_000 })).toEqual({ outcome: "left" });
  expect(await slot.join({ group, worker: "c", leaseMs: 600_000 })).toMatchObject({ members: ["b", "c"] });
  expect(await messages.on(keys.workers(scope, group))).toEqual(["joined", "joined", "left", "joined"]);
});
