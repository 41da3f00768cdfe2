import { expect, test } from "vitest";
import model from "../../../generated/model.json" with { type: "json" };
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { repairsOn } from "../../support/lua/repairs/index.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();
const { coupon } = tenant;

/** The sum of the fields `customer:…`, as a DBA gets it: page by page. */
async function sumOfCustomers(key: string): Promise<number> {
  let cursor = "0";
  let sum = 0;
  do {
    const [next, page] = await redis.hscan(key, cursor, "MATCH", "customer:*", "COUNT", 1_000);
    for (let at = 1; at < page.length; at += 2) {
      const units = Number(page[at]);
      if (Number.isInteger(units)) sum += units;
    }
    cursor = next;
  } while (cursor !== "0");
  return sum;
}

test("no command to look reads all customers at once, because a coupon may have very many", () => {
  const rows = model.keys.find(({ name }) => name === "coupon")?.corrupt ?? [];
  expect(rows).toHaveLength(3);
  for (const { what, look, repair } of rows) {
    expect(look, what).not.toMatch(/HGETALL|HVALS|HKEYS/);
    expect(repair.includes("repeat HSCAN with each cursor until it is 0"), what).toBe(look.includes("HSCAN"));
  }
});

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

test("the repair of redeemed: the sum of the customers, which HSCAN shows page by page", async () => {
  const { name, key, redeem, repair, look } = await used();
  const more = Array.from({ length: 1_500 }, (_, index) => [`customer:more-${index}`, "1"] as const);
  await redis.hset(key, Object.fromEntries(more));
  await redis.hset(key, { redeemed: "many" });
  expect(await failure(redeem("order-3", "eve", 1))).toMatchObject({ code: "CORRUPT" });
  expect(await look("coupon", "redeemed")).toBe("many");
  expect(await look("coupon", "redeemed", 1)).toEqual([expect.stringMatching(/^[1-9]/), expect.any(Array)]);
  const sum = await sumOfCustomers(key);
  expect(sum).toBe(1_503);
  await repair("coupon", "redeemed", "HSET {coupon} redeemed <the sum of the fields customer:…>", sum);
  await coupon.release({ coupon: name, redemption: "order-1", rememberMs: hour });
  expect(await coupon.read({ coupon: name })).toMatchObject({ redeemed: 1_501 });
});

test("the repair of the units of a customer: those of the orders, and the sum", async () => {
  const { name, key, redeem, repair, look } = await used();
  await redis.hset(key, { "customer:ada": "many" });
  expect(await failure(redeem("order-3", "ada", 1))).toMatchObject({ code: "CORRUPT" });
  const what = "units of a customer";
  expect(await look("coupon", what)).toEqual(["0", expect.arrayContaining(["customer:ada", "many"])]);
  const command = "HSET {coupon} <the field of that customer> <the units in the orders>";
  await repair("coupon", what, command, "customer:ada", 2);
  const sum = await sumOfCustomers(key);
  await repair("coupon", what, "HSET {coupon} redeemed <the sum of the fields customer:…>", sum);
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
