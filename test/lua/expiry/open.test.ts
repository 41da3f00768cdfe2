import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { open } = tenant.scripts.expiry;

test("expiry.open chooses the number of shards once, also among concurrent calls", async () => {
  const queue = "once";
  expect(await open({ queue })).toEqual({ outcome: "unknown" });
  const replies = await Promise.all([8, 1, 256, undefined].map((shards) => open({ queue, shards })));
  expect(replies).toEqual(Array(4).fill({ outcome: "known", shards: 8 }));
  expect(await redis.get(keys.shards(scope, queue))).toBe("8");
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
