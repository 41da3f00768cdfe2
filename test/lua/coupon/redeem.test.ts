import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { clockKey, withClock } from "../../support/lua/clock.js";
import { failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();
const { coupon } = tenant;
const order = { redemption: "order-1", customer: "ada", units: 1, rememberMs: hour };

async function withRules(limit: number, customerLimit: number): Promise<string> {
  const name = freshName();
  await coupon.set({ coupon: name, limit, customerLimit, sequence: 1 });
  return name;
}

test("coupon.redeem takes all units or none, up to both limits", async () => {
  const name = await withRules(5, 3);
  const redeem = (redemption: string, customer: string, units: number) =>
    coupon.redeem({ coupon: name, redemption, customer, units, rememberMs: hour });
  const reply = (outcome: string, remaining: number, customerRemaining: number) => ({
    outcome,
    repeated: false,
    remaining,
    customerRemaining,
  });
  expect(await redeem("1", "ada", 4)).toEqual(reply("customer_exhausted", 5, 3));
  expect(await redeem("2", "ada", 3)).toEqual(reply("redeemed", 2, 0));
  expect(await redeem("3", "ada", 1)).toEqual(reply("customer_exhausted", 2, 0));
  expect(await redeem("4", "bob", 3)).toEqual(reply("exhausted", 2, 3));
  expect(await redeem("5", "bob", 2)).toEqual(reply("redeemed", 0, 1));
  expect(await redeem("6", "eve", 1)).toEqual(reply("exhausted", 0, 3));
  expect(await redis.hmget(keys.coupon(scope, name), "redeemed", "customer:ada", "customer:bob")).toEqual([
    "5",
    "3",
    "2",
  ]);
});

test("the same redemption is answered as before, and counts once", async () => {
  const name = await withRules(5, 5);
  const call = { coupon: name, ...order };
  const first = await coupon.redeem(call);
  await coupon.redeem({ ...call, redemption: "order-2" });
  expect(await coupon.redeem(call)).toEqual({ ...first, repeated: true });
  expect(await coupon.redeem({ ...call, units: 2 })).toEqual({ outcome: "mismatch" });
  expect(await coupon.redeem({ ...call, customer: "bob" })).toEqual({ outcome: "mismatch" });
  expect(await redis.hget(keys.coupon(scope, name), "redeemed")).toBe("2");
});

test("a late copy of a refusal redeems nothing, although units were given back since", async () => {
  const name = await withRules(1, 1);
  const first = { coupon: name, ...order };
  const refused = { ...first, redemption: "order-2", customer: "bob" };
  await coupon.redeem(first);
  expect(await coupon.redeem(refused)).toMatchObject({ outcome: "exhausted", repeated: false });
  await coupon.release({ coupon: name, redemption: "order-1", rememberMs: hour });
  expect(await coupon.redeem(refused)).toMatchObject({ outcome: "exhausted", repeated: true });
  expect(await redis.hget(keys.coupon(scope, name), "redeemed")).toBe("0");
});

test("an unknown coupon stays unknown for late copies of the call", async () => {
  const name = freshName();
  expect(await coupon.redeem({ coupon: name, ...order })).toEqual({ outcome: "unknown" });
  await coupon.set({ coupon: name, limit: 1, customerLimit: 1, sequence: 1 });
  expect(await coupon.redeem({ coupon: name, ...order })).toEqual({ outcome: "unknown" });
});

test("a redemption is remembered for remember_ms, and a refusal for at most 11 minutes", async () => {
  const name = await withRules(1, 1);
  await coupon.redeem({ coupon: name, ...order });
  await coupon.redeem({ coupon: name, ...order, redemption: "order-2" });
  await coupon.redeem({ coupon: name, ...order, redemption: "order-3", rememberMs: 1_000 });
  const lives = await Promise.all(
    [1, 2, 3].map((number) => redis.pttl(keys.couponRedemption(scope, name, `order-${number}`))),
  );
  expect(lives[0]).toBeGreaterThan(hour - 60_000);
  expect(lives[1]).toBeGreaterThan(600_000);
  expect(lives[1]).toBeLessThanOrEqual(660_000);
  expect(lives[2]).toBeLessThanOrEqual(1_000);
});

test("Redis's clock decides, to the millisecond, when a coupon is valid", async () => {
  const atClock = createScriptClient(
    redis,
    { coupon: { redeem: withClock(scripts.coupon.redeem), read: withClock(scripts.coupon.read) } },
    { namespace: scope.namespace, deadlineMs: 15_000 },
  ).tenant(scope.tenant).coupon;
  const name = freshName();
  const start = 8_000_000_000_000;
  const window = { fromMs: start, untilMs: start + 10 };
  await coupon.set({ coupon: name, limit: 9, customerLimit: 9, ...window, sequence: 1 });
  for (const { at, outcome, status } of [
    { at: -1, outcome: "not_started", status: "not_started" },
    { at: 0, outcome: "redeemed", status: "active" },
    { at: 9, outcome: "redeemed", status: "active" },
    { at: 10, outcome: "ended", status: "ended" },
  ]) {
    await redis.set(clockKey(keys.coupon(scope, name)), start + at);
    expect(await atClock.read({ coupon: name })).toMatchObject({ status });
    const reply = await atClock.redeem({ coupon: name, ...order, redemption: `at ${at}` });
    expect(reply, `${at}`).toMatchObject({ outcome });
  }
});

test.each([
  "",
  "redeemed",
  "redeemed 1 2 3 ada",
  "redeemed 1 1000000000001 3 9 ada",
  "redeemed 1 2 1000000000001 9 ada",
  "taken 1 2 3 9 ada",
])("coupon.redeem refuses the stored redemption %o, and writes nothing", async (text) => {
  const name = await withRules(5, 5);
  const key = keys.couponRedemption(scope, name, "order-1");
  await redis.set(key, text);
  const error = await failure(coupon.redeem({ coupon: name, ...order }));
  expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining("CORRUPT redemption") });
  expect(await redis.get(key)).toBe(text);
  expect(await redis.hexists(keys.coupon(scope, name), "redeemed")).toBe(0);
});

test("errors do not name the customer", async () => {
  const name = await withRules(5, 5);
  await redis.hset(keys.coupon(scope, name), { "customer:ada@example.com": "many" });
  const error = await failure(coupon.redeem({ coupon: name, ...order, customer: "ada@example.com" }));
  expect(error).toMatchObject({ code: "CORRUPT" });
  expect(`${error.message} ${JSON.stringify(error)}`).not.toContain("ada");
});
