import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { connections } from "../../support/lua/connections.js";
import { without } from "../../support/lua/mutated.js";
import { freshNamespace } from "../../support/redis.js";

const hour = 3_600_000;
const CLIENTS = 8;
const LIMIT = 20;
const CUSTOMER_LIMIT = 3;

type Coupons = typeof scripts.coupon;

/** Clients redeem more than there is, each call twice. Returns the counts. */
async function raced(coupons: Coupons) {
  const namespace = freshNamespace();
  const redises = await connections(CLIENTS);
  const shops = redises.map(
    (redis) => createScriptClient(redis, { coupon: coupons }, { namespace }).tenant("acme").coupon,
  );
  const [redis, shop] = [redises[0], shops[0]];
  if (!redis || !shop) throw new Error("no connection");
  await shop.set({ coupon: "summer", limit: LIMIT, customerLimit: CUSTOMER_LIMIT, sequence: 1 });
  const calls = Array.from({ length: 100 }, (_, index) => ({
    coupon: "summer",
    redemption: `order-${index}`,
    customer: `customer-${index % 10}`,
    units: 1,
    rememberMs: hour,
  }));
  const copies = calls.flatMap((call) => [call, call]);
  await Promise.allSettled(copies.map((call, index) => shops[index % CLIENTS]?.redeem(call)));
  const {
    rules: _,
    redeemed,
    ...customers
  } = await redis.hgetall(keys.coupon({ namespace, tenant: "acme" }, "summer"));
  return { redeemed: Number(redeemed), most: Math.max(...Object.values(customers).map(Number)) };
}

test("concurrent redemptions never exceed a limit", async () => {
  expect(await raced(scripts.coupon)).toEqual({ redeemed: LIMIT, most: CUSTOMER_LIMIT });
});

test("without the guard of all units, more than the limit is redeemed", async () => {
  const redeem = without(scripts.coupon.redeem, "elseif units > remaining then", "elseif false then");
  const { redeemed } = await raced({ ...scripts.coupon, redeem });
  expect(redeemed).toBeGreaterThan(LIMIT);
});

test("without the guard of a customer's units, a customer redeems more", async () => {
  const guard = "elseif units > customer_remaining then";
  const redeem = without(scripts.coupon.redeem, guard, "elseif false then");
  const { most } = await raced({ ...scripts.coupon, redeem });
  expect(most).toBeGreaterThan(CUSTOMER_LIMIT);
});
