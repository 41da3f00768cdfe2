import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { open } = tenant.scripts.expiry;

test("expiry.open chooses the number of shards once, also among concurrent calls", async () => {
  const queue = "once";
  const replies = await Promise.all([1, 8, 256, undefined].map((shards) => open({ queue, shards })));
  const numbers = new Set(replies.map(({ shards }) => shards));
  expect(numbers.size).toBe(1);
  expect(await redis.get(keys.shards(scope, queue))).toBe(String([...numbers][0]));
  expect(await redis.pttl(keys.shards(scope, queue))).toBe(-1);
});

test.each([0, 257, 1.5])("expiry.open refuses %d shards before it is sent", async (shards) => {
  expect(await failure(open({ queue: "bounds", shards }))).toMatchObject({ code: "ARGUMENT" });
  expect(await redis.exists(keys.shards(scope, "bounds"))).toBe(0);
});

test.each(["", "0", "257", "many"])("expiry.open reports the stored number %j as corrupt", async (stored) => {
  await redis.set(keys.shards(scope, `stored ${stored}`), stored);
  expect(await failure(open({ queue: `stored ${stored}` }))).toMatchObject({ code: "CORRUPT" });
});
