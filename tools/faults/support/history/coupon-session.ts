import { setTimeout as pause } from "node:timers/promises";
import { type CouponRedeemArgs, MoonpathError } from "../../../../src/index.js";
import type { Call } from "../../../history/call.js";
import type { CouponOperation } from "../../../history/models/coupon.js";
import { record } from "../../../history/record.js";
import type { HistoryClient } from "./clients.js";
import { below, happens, oneOf } from "./random.js";

/** The rules of every coupon. */
export const LIMITS = { limit: 12, customerLimit: 5 };
const REMEMBER_MS = 600_000;

let redemptions = 0;

/** Gives a new coupon its rules. Its history begins afterwards. */
export async function setUp({ scripts, options }: HistoryClient, coupon: string): Promise<void> {
  for (;;) {
    try {
      await scripts.coupon.set({ coupon, ...LIMITS, sequence: 1 }, options);
      return;
    } catch (error) {
      if (!(error instanceof MoonpathError)) throw error;
      await pause(20);
    }
  }
}

/** A customer redeems a coupon for an order, and mostly cancels the order. */
export async function couponSession(
  client: HistoryClient,
  history: Call<CouponOperation>[],
  coupon: string,
): Promise<void> {
  const { scripts, options } = client;
  const redeem = (args: CouponRedeemArgs) =>
    record(
      history,
      client,
      () => scripts.coupon.redeem(args, options),
      (reply) => ({ name: "redeem" as const, args, reply }),
    );
  const release = (redemption: string) => {
    const args = { coupon, redemption, rememberMs: REMEMBER_MS };
    return record(
      history,
      client,
      () => scripts.coupon.release(args, options),
      (reply) => ({ name: "release" as const, args, reply }),
    );
  };

  const customer = oneOf("ada", "bob", "eve", "joe");
  // A read may see what no replica has, and a failover may lose it.
  if (happens(0.2) && options.minReplicas === undefined) {
    const args = { coupon, ...(happens(0.5) ? { customer } : {}) };
    await record(
      history,
      client,
      () => scripts.coupon.read(args),
      (reply) => ({ name: "read" as const, args, reply }),
    );
    return;
  }
  const redemption = `order-${++redemptions}`;
  const asking = { coupon, redemption, customer, units: oneOf(1, 1, 2), rememberMs: REMEMBER_MS };
  // A cancellation that comes before its order.
  if (happens(0.1)) await release(redemption);
  const reply = await redeem(asking);
  if (reply === undefined || happens(0.3)) await redeem(asking);
  if (happens(0.1)) await redeem({ ...asking, units: asking.units + 1 });
  await pause(below(20));
  if (happens(0.7)) await release(redemption);
  if (happens(0.3)) await release(redemption);
  // A late copy of the first call.
  if (happens(0.3)) await redeem(asking);
}
