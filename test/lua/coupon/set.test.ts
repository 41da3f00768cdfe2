import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { expectAt, failure } from "../../support/lua/errors.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();
const { coupon } = tenant;
const rules = { limit: 10, customerLimit: 2 };
const order = { redemption: "order-1", customer: "ada", units: 1, rememberMs: hour };

test("coupon.set applies events in the order of their sequence", async () => {
  const name = freshName();
  const set = (limit: number, sequence: number) =>
    coupon.set({ coupon: name, limit, customerLimit: 1, sequence });
  expect(await set(5, 3)).toEqual({ outcome: "applied" });
  expect(await set(6, 2)).toEqual({ outcome: "stale" });
  expect(await set(7, 3)).toEqual({ outcome: "repeated" });
  expect(await coupon.read({ coupon: name })).toMatchObject({ limit: 5 });
  expect(await set(8, 4)).toEqual({ outcome: "applied" });
  expect(await coupon.read({ coupon: name })).toMatchObject({ limit: 8 });
});

test("a limit below what is redeemed takes nothing back, and nothing more is redeemed", async () => {
  const name = freshName();
  await coupon.set({ coupon: name, limit: 9, customerLimit: 9, sequence: 1 });
  await coupon.redeem({ coupon: name, ...order, units: 6 });
  await coupon.set({ coupon: name, limit: 4, customerLimit: 3, sequence: 2 });
  const next = { coupon: name, ...order, redemption: "order-2" };
  expect(await coupon.redeem(next)).toMatchObject({
    outcome: "exhausted",
    remaining: 0,
    customerRemaining: 0,
  });
  const found = { redeemed: 6, remaining: 0, customerRedeemed: 6, customerRemaining: 0 };
  expect(await coupon.read({ coupon: name, customer: "ada" })).toMatchObject(found);
  await coupon.set({ coupon: name, limit: 7, customerLimit: 7, sequence: 3 });
  expect(await coupon.redeem({ ...next, redemption: "order-3" })).toMatchObject({ outcome: "redeemed" });
});

test("Redis removes a coupon 11 minutes after its end, and after a call that ended it before", async () => {
  const name = freshName();
  const key = keys.coupon(scope, name);
  const untilMs = (await nowMs(redis)) + hour;
  await coupon.set({ coupon: name, ...rules, untilMs, sequence: 1 });
  expect(await redis.pexpiretime(key)).toBe(untilMs + 660_000);
  await coupon.set({ coupon: name, ...rules, sequence: 2 });
  expect(await redis.pexpiretime(key)).toBe(-1);
  const before = await nowMs(redis);
  await coupon.set({ coupon: name, ...rules, untilMs: 5, sequence: 3 });
  // An event that comes late must still find the sequence.
  expect(await redis.pexpiretime(key)).toBeGreaterThanOrEqual(before + 660_000);
  expect(await coupon.set({ coupon: name, ...rules, sequence: 2 })).toEqual({ outcome: "stale" });
});

test("a later end keeps the counts of customers", async () => {
  const name = freshName();
  const key = keys.coupon(scope, name);
  const now = await nowMs(redis);
  await coupon.set({ coupon: name, ...rules, untilMs: now + hour, sequence: 1 });
  await coupon.redeem({ coupon: name, ...order });
  await coupon.set({ coupon: name, ...rules, untilMs: now + 9 * hour, sequence: 2 });
  expect(await redis.pexpiretime(key)).toBe(now + 9 * hour + 660_000);
  expect(await redis.hget(key, "customer:ada")).toBe("1");
});

test.each([{ fromMs: 5, untilMs: 5 }, { fromMs: 6, untilMs: 5 }, { untilMs: 0 }])(
  "coupon.set refuses the window $fromMs to $untilMs, and writes nothing",
  async (window) => {
    const name = freshName();
    const error = await failure(coupon.set({ coupon: name, ...rules, ...window, sequence: 1 }));
    expectAt(error, "ARGUMENT", "coupon.set", /err = "ARGUMENT /);
    expect(await redis.exists(keys.coupon(scope, name))).toBe(0);
  },
);

test.each([
  "",
  "limit 5",
  "limit 5 each 5 from 0 to 9 seq 3 life",
  "limit 5 each 5 from 9 to 8 seq 3 life 9",
  "limit 1000000000001 each 5 from 0 to 9 seq 3 life 9",
  "limit 5 each 1000000000001 from 0 to 9 seq 3 life 9",
  "limit 5 each 5 from 0 to 8640000000000001 seq 3 life 9",
  "limit 5 each 5 from 0 to 9 seq 9007199254740993 life 9",
])("coupon.set refuses the stored rules %o", async (text) => {
  const name = freshName();
  await redis.hset(keys.coupon(scope, name), { rules: text });
  const error = await failure(coupon.set({ coupon: name, ...rules, sequence: 4 }));
  expectAt(error, "CORRUPT", "coupon.set", /err = "CORRUPT rules/);
  expect(await redis.hget(keys.coupon(scope, name), "rules")).toBe(text);
});
