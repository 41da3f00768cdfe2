import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { slot } = tenant.scripts;

test.each(["yesterday", "", "17x CORRUPT held"])(
  "slot.redrive reports the entry %j as corrupt",
  async (entry) => {
    const product = freshName();
    const member = `${scope.tenant}:${product}`;
    await redis.hset(keys.slotDead(scope, product), member, entry);
    const call = slot.redrive({ product, member, sinceMs: 1_700_000_000_000 });
    expect(await failure(call)).toMatchObject({ code: "CORRUPT" });
    expect(await redis.hget(keys.slotDead(scope, product), member)).toBe(entry);
  },
);

test("slot.redrive keeps an earlier time of a product that is due again", async () => {
  const product = freshName();
  const member = `${scope.tenant}:${product}`;
  await redis.hset(keys.slotDead(scope, product), member, "1700000000000 CORRUPT held");
  await redis.zadd(keys.slotDue(scope, product), 5, member);
  await slot.redrive({ product, member, sinceMs: 1_700_000_000_000 });
  expect(await redis.zscore(keys.slotDue(scope, product), member)).toBe("5");
});
