import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { coupon } = tenant;

test("coupon.read leaves out what a coupon without end and a call without customer do not have", async () => {
  const name = freshName();
  await coupon.set({ coupon: name, limit: 3, customerLimit: 2, sequence: 1 });
  expect(await coupon.read({ coupon: name })).toEqual({
    outcome: "found",
    status: "active",
    limit: 3,
    customerLimit: 2,
    fromMs: 0,
    redeemed: 0,
    remaining: 3,
  });
});

test("coupon.read of a customer who has redeemed more than the present limit", async () => {
  const name = freshName();
  await coupon.set({ coupon: name, limit: 9, customerLimit: 1, sequence: 1 });
  await redis.hset(keys.coupon(scope, name), { redeemed: 4, "customer:ada": 4 });
  expect(await coupon.read({ coupon: name, customer: "ada" })).toMatchObject({
    status: "active",
    customerRedeemed: 4,
    customerRemaining: 0,
  });
  expect(await coupon.read({ coupon: name, customer: "bob" })).toMatchObject({
    customerRedeemed: 0,
    customerRemaining: 1,
  });
});

test("a coupon with a limit of no units is exhausted", async () => {
  const name = freshName();
  await coupon.set({ coupon: name, limit: 0, customerLimit: 1, sequence: 1 });
  expect(await coupon.read({ coupon: name })).toMatchObject({ status: "exhausted", remaining: 0 });
});
