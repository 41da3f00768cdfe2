import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();
const { coupon } = tenant;
const order = { redemption: "order-1", customer: "ada", units: 2, rememberMs: hour };
const release = (name: string, redemption = "order-1", rememberMs = hour) =>
  coupon.release({ coupon: name, redemption, rememberMs });

async function withRules(limit: number, customerLimit: number): Promise<string> {
  const name = freshName();
  await coupon.set({ coupon: name, limit, customerLimit, sequence: 1 });
  return name;
}
const countsOf = (name: string) => redis.hmget(keys.coupon(scope, name), "redeemed", "customer:ada");

test("coupon.release gives units back once, and a late copy of the redemption takes none", async () => {
  const name = await withRules(5, 5);
  await coupon.redeem({ coupon: name, ...order });
  await coupon.redeem({ coupon: name, ...order, redemption: "order-2" });
  expect(await release(name)).toEqual({ outcome: "released", units: 2 });
  expect(await countsOf(name)).toEqual(["2", "2"]);
  expect(await release(name)).toEqual({ outcome: "released", units: 2 });
  expect(await coupon.redeem({ coupon: name, ...order })).toEqual({ outcome: "released" });
  expect(await countsOf(name)).toEqual(["2", "2"]);
  expect(await release(name, "order-2")).toEqual({ outcome: "released", units: 2 });
  expect(await countsOf(name)).toEqual(["0", null]);
});

test("a release that comes before its redemption refuses it", async () => {
  const name = await withRules(5, 5);
  expect(await release(name)).toEqual({ outcome: "unknown" });
  expect(await coupon.redeem({ coupon: name, ...order })).toEqual({ outcome: "released" });
  expect(await coupon.redeem({ coupon: name, ...order, units: 1 })).toEqual({ outcome: "released" });
  expect(await release(name)).toEqual({ outcome: "unknown" });
  expect(await countsOf(name)).toEqual([null, null]);
});

test("a redemption that was refused gives nothing back", async () => {
  const name = await withRules(1, 5);
  expect(await coupon.redeem({ coupon: name, ...order })).toMatchObject({ outcome: "exhausted" });
  expect(await release(name)).toEqual({ outcome: "not_redeemed" });
  expect(await countsOf(name)).toEqual([null, null]);
});

test("a released redemption is remembered for at least 11 minutes, and as long as before", async () => {
  const name = await withRules(9, 9);
  const lifeOf = (redemption: string) => redis.pttl(keys.couponRedemption(scope, name, redemption));
  await coupon.redeem({ coupon: name, ...order, rememberMs: 1_000 });
  await coupon.redeem({ coupon: name, ...order, redemption: "long", rememberMs: 9 * hour });
  for (const redemption of ["order-1", "long", "never"]) await release(name, redemption, 1_000);
  expect(await lifeOf("order-1")).toBeGreaterThan(600_000);
  expect(await lifeOf("long")).toBeGreaterThan(8 * hour);
  expect(await lifeOf("never")).toBeGreaterThan(600_000);
  await release(name, "later", 2 * hour);
  expect(await lifeOf("later")).toBeGreaterThan(hour);
});

test("a late copy of a release finds no later redemption of the same name", async () => {
  const name = await withRules(1, 5);
  await coupon.redeem({ coupon: name, ...order, rememberMs: 1_000 });
  const key = keys.couponRedemption(scope, name, "order-1");
  for (const outcome of ["not_redeemed", "unknown"]) {
    expect(await release(name, "order-1", 1_000)).toEqual({ outcome });
    // The refusal is remembered from this call on, so what comes now is not new.
    expect(await redis.pttl(key), outcome).toBeGreaterThan(600_000);
    await redis.del(key);
  }
});

test("a new coupon of the same name gets no units of the old one", async () => {
  const name = await withRules(5, 5);
  await coupon.redeem({ coupon: name, ...order });
  await redis.del(keys.coupon(scope, name));
  await coupon.set({ coupon: name, limit: 5, customerLimit: 5, sequence: 1 });
  await coupon.redeem({ coupon: name, ...order, redemption: "order-2" });
  expect(await release(name)).toEqual({ outcome: "released", units: 2 });
  expect(await countsOf(name)).toEqual(["2", "2"]);
});

test("a release after the coupon was removed is remembered, and writes no coupon", async () => {
  const name = await withRules(5, 5);
  await coupon.redeem({ coupon: name, ...order });
  await redis.del(keys.coupon(scope, name));
  expect(await release(name)).toEqual({ outcome: "released", units: 2 });
  expect(await redis.exists(keys.coupon(scope, name))).toBe(0);
});

test.each([
  { what: "redeemed", fields: { redeemed: "1", "customer:ada": "2" } },
  { what: "units of a customer", fields: { redeemed: "2", "customer:ada": "1" } },
  { what: "rules", fields: { redeemed: "2", "customer:ada": "2", rules: "none" } },
])("coupon.release refuses a corrupt count or text: $what", async ({ what, fields }) => {
  const name = await withRules(5, 5);
  await coupon.redeem({ coupon: name, ...order });
  await redis.hset(keys.coupon(scope, name), fields);
  const before = await redis.hgetall(keys.coupon(scope, name));
  const error = await failure(release(name));
  expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining(`CORRUPT ${what}`) });
  expect(await redis.hgetall(keys.coupon(scope, name))).toEqual(before);
  expect(await redis.get(keys.couponRedemption(scope, name, "order-1"))).toMatch(/^redeemed /);
});

test.each([
  "",
  "redeemed",
  "redeemed 0 1 1 9 ada",
  "redeemed 1000000000001 1 1 9 ada",
  "redeemed 2 ada",
  "rubbish 1 0 0 9 ada",
  "cancelled 1 0 0 9 ada",
])("coupon.release refuses the stored redemption %o", async (text) => {
  const name = await withRules(5, 5);
  await redis.set(keys.couponRedemption(scope, name, "order-1"), text);
  const error = await failure(release(name));
  expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining("CORRUPT redemption") });
});

test.each(["exhausted", "customer_exhausted", "not_started", "ended", "unknown"])(
  "a redemption that was refused as %s took nothing",
  async (outcome) => {
    const name = await withRules(5, 5);
    await redis.set(keys.couponRedemption(scope, name, "order-1"), `${outcome} 1 0 0 9 ada`);
    expect(await release(name)).toEqual({ outcome: "not_redeemed" });
  },
);

test("coupon.release checks the type of the coupon, also if the redemption is unknown", async () => {
  const name = freshName();
  await redis.set(keys.coupon(scope, name), "many");
  expect(await failure(release(name))).toMatchObject({ code: "WRONG_TYPE" });
  expect(await redis.exists(keys.couponRedemption(scope, name, "order-1"))).toBe(0);
});
