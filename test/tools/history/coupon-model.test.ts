import { expect, test } from "vitest";
import type { Call } from "../../../tools/history/call.js";
import { check } from "../../../tools/history/check.js";
import { type CouponOperation, couponModel } from "../../../tools/history/models/coupon.js";

const model = couponModel({ limit: 10, customerLimit: 4 });

type RedeemReply = Extract<CouponOperation, { name: "redeem" }>["reply"];

function redeem(customer: string, beganMs: number, reply: RedeemReply): Call<CouponOperation> {
  const args = { coupon: "spring", redemption: `of-${customer}`, customer, units: 1, rememberMs: 600_000 };
  const endedMs = reply === undefined ? Infinity : beganMs + 1;
  return { client: customer, operation: { name: "redeem", args, reply }, beganMs, endedMs };
}

function repeated(customer: string, beganMs: number, remaining: number): Call<CouponOperation> {
  return redeem(customer, beganMs, { outcome: "redeemed", repeated: true, remaining, customerRemaining: 3 });
}

// Whoever comes first leaves 9 units, and then the counts are the same in both orders.
const lost = [redeem("ada", 0, undefined), redeem("bob", 0, undefined)];

test.each([
  ["ada before bob", [...lost, repeated("ada", 10, 9), repeated("bob", 20, 8)]],
  ["bob before ada", [...lost, repeated("ada", 10, 8), repeated("bob", 20, 9)]],
])("calls without a reply may have run in any order: %s", (_, history) => {
  expect(check(model, history).kind).toBe("linearizable");
});

test("copies cannot tell two first places", () => {
  const history = [...lost, repeated("ada", 10, 9), repeated("bob", 20, 9)];
  expect(check(model, history).kind).toBe("refused");
});

test("a copy repeats one answer", () => {
  const history = [...lost, repeated("ada", 10, 9), repeated("ada", 20, 8)];
  expect(check(model, history).kind).toBe("refused");
});
