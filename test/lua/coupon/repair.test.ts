import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { repairsOn } from "../../support/lua/repairs/index.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();
const { coupon } = tenant;

/** A coupon of which ada has redeemed two units and bob one. */
async function used() {
  const name = freshName();
  const key = keys.coupon(scope, name);
  const redemption = keys.couponRedemption(scope, name, "order-1");
  await coupon.set({ coupon: name, limit: 9, customerLimit: 9, sequence: 4 });
  const redeem = (order: string, customer: string, units: number) =>
    coupon.redeem({ coupon: name, redemption: order, customer, units, rememberMs: hour });
  await redeem("order-1", "ada", 2);
  await redeem("order-2", "bob", 1);
  const { repair, look, deleteTogether } = repairsOn(redis, { coupon: key, coupon_redemption: redemption });
  return { name, key, redemption, redeem, repair, look, deleteTogether };
}

test("the repair of rules: a new event, and what is redeemed stays", async () => {
  const { name, key, redeem, repair, look } = await used();
  await redis.hset(key, { rules: "9 for all" });
  expect(await failure(redeem("order-3", "eve", 1))).toMatchObject({ code: "CORRUPT" });
  expect(await look("coupon", "rules")).toBe("9 for all");
  await repair("coupon", "rules", "HDEL {coupon} rules");
  await coupon.set({ coupon: name, limit: 9, customerLimit: 9, sequence: 5 });
  expect(await redeem("order-4", "eve", 1)).toMatchObject({ outcome: "redeemed", remaining: 5 });
  await coupon.release({ coupon: name, redemption: "order-1", rememberMs: hour });
  expect(await coupon.read({ coupon: name })).toMatchObject({ redeemed: 4 });
});

test("the repair of redeemed: the sum of the customers", async () => {
  const { name, key, redeem, repair, look } = await used();
  await redis.hset(key, { redeemed: "many" });
  expect(await failure(redeem("order-3", "eve", 1))).toMatchObject({ code: "CORRUPT" });
  expect(await look("coupon", "redeemed")).toBe("many");
  await repair("coupon", "redeemed", "HSET {coupon} redeemed <the sum of the fields customer:…>", 3);
  await coupon.release({ coupon: name, redemption: "order-1", rememberMs: hour });
  expect(await coupon.read({ coupon: name })).toMatchObject({ redeemed: 1 });
});

test("the repair of the units of a customer: those of the orders, and the sum", async () => {
  const { name, key, redeem, repair, look } = await used();
  await redis.hset(key, { "customer:ada": "many" });
  expect(await failure(redeem("order-3", "ada", 1))).toMatchObject({ code: "CORRUPT" });
  expect(await look("coupon", "units of a customer")).toContain("customer:ada");
  const what = "units of a customer";
  const command = "HSET {coupon} <the field of that customer> <the units in the orders>";
  await repair("coupon", what, command, "customer:ada", 2);
  await repair("coupon", what, "HSET {coupon} redeemed <the sum of the fields customer:…>", 3);
  await coupon.release({ coupon: name, redemption: "order-1", rememberMs: hour });
  expect(await coupon.read({ coupon: name, customer: "ada" })).toMatchObject({
    redeemed: 1,
    customerRedeemed: 0,
  });
});

test("the repair of a redemption: without its text, the call runs again", async () => {
  const { name, redemption, redeem, repair, look } = await used();
  await redis.set(redemption, "redeemed by ada");
  expect(await failure(redeem("order-1", "ada", 2))).toMatchObject({ code: "CORRUPT" });
  expect(await look("coupon_redemption", "redemption")).toBe("redeemed by ada");
  await repair("coupon_redemption", "redemption", "DEL {coupon_redemption}");
  expect(await redeem("order-1", "ada", 2)).toMatchObject({ outcome: "redeemed", repeated: false });
  expect(await coupon.read({ coupon: name })).toMatchObject({ redeemed: 5 });
});

test("the keys of each row may be deleted: the coupon is unknown, or the call runs again", async () => {
  const { name, redeem, deleteTogether } = await used();
  expect(await deleteTogether("coupon", "redeemed")).toBe(1);
  expect(await coupon.read({ coupon: name })).toEqual({ outcome: "unknown" });
  expect(await deleteTogether("coupon_redemption", "redemption")).toBe(1);
  expect(await redeem("order-1", "ada", 2)).toEqual({ outcome: "unknown" });
});
