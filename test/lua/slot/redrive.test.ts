import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { slot } = tenant.scripts;

test("slot.redrive keeps an earlier time of a product that is due again", async () => {
  const product = freshName();
  const member = `${scope.tenant}:${product}`;
  await redis.hset(keys.slotDead(scope, product), member, "1700000000000 CORRUPT held");
  await redis.zadd(keys.slotDue(scope, product), 5, member);
  await slot.redrive({ product, member, sinceMs: 1_700_000_000_000 });
  expect(await redis.zscore(keys.slotDue(scope, product), member)).toBe("5");
});
