import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const half =
  'HSET {coupon} rules "limit 100 each 3 from 0 to 8000000000000000 seq 3 life 9" redeemed 7 ' +
  "customer:ada 2 customer:bob 5";
const anotherCustomer = "only the customer itself is asked for";
const onlyRules = {
  "coupon redeemed": "the event concerns the rules",
  "coupon customer:ada": "the event concerns the rules",
  "coupon customer:bob": "the event concerns the rules",
};

export const coupon = [
  sample(scripts.coupon.set, (tenant) => tenant.coupon.set, {
    args: (name) => ({ coupon: name, limit: 50, customerLimit: 2, untilMs: 8_000_000_000_000, sequence: 4 }),
    given: [half],
    reply: { outcome: "applied" },
    again: { outcome: "repeated" },
    unread: onlyRules,
  }),
  sample(scripts.coupon.redeem, (tenant) => tenant.coupon.redeem, {
    args: (name) => ({
      coupon: name,
      redemption: "order-1",
      customer: "ada",
      units: 1,
      rememberMs: 60_000_000,
    }),
    given: [half],
    reply: { outcome: "redeemed", repeated: false, remaining: 92, customerRemaining: 0 },
    again: { outcome: "redeemed", repeated: true, remaining: 92, customerRemaining: 0 },
    unread: { "coupon customer:bob": anotherCustomer },
  }),
  sample(scripts.coupon.release, (tenant) => tenant.coupon.release, {
    args: (name) => ({ coupon: name, redemption: "order-1", rememberMs: 60_000_000 }),
    given: [half, 'SET {coupon_redemption} "redeemed 1 92 0 9 ada" PX 60000000'],
    reply: { outcome: "released", units: 1 },
    unread: { "coupon customer:bob": anotherCustomer },
  }),
  sample(scripts.coupon.read, (tenant) => tenant.coupon.read, {
    args: (name) => ({ coupon: name, customer: "ada" }),
    given: [half],
    reply: {
      outcome: "found",
      status: "active",
      limit: 100,
      customerLimit: 3,
      fromMs: 0,
      untilMs: 8_000_000_000_000_000,
      redeemed: 7,
      remaining: 93,
      customerRedeemed: 2,
      customerRemaining: 1,
    },
    unread: { "coupon customer:bob": anotherCustomer },
  }),
];
