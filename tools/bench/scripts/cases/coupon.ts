import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS, HOUR_MS } from "./items.js";

const { coupon: c } = scripts;
/** How many customers have redeemed the coupon. */
const CUSTOMERS = 1_000;
const MAX_UNITS = 1_000_000_000_000;
const rememberMs = HOUR_MS;

/** A coupon that all calls share, which many customers have redeemed once. */
async function used({ acme, once }: CaseGround, limit = MAX_UNITS): Promise<string> {
  const coupon = "summer";
  await once("coupon", async () => {
    const untilMs = Date.now() + DAY_MS;
    await acme.coupon.set({ coupon, limit: MAX_UNITS, customerLimit: 2, untilMs, sequence: 1 });
    await Promise.all(
      Array.from({ length: CUSTOMERS }, (_, index) =>
        acme.coupon.redeem({
          coupon,
          redemption: `first-${index}`,
          customer: `customer-${index}`,
          units: 1,
          rememberMs,
        }),
      ),
    );
    await acme.coupon.set({ coupon, limit, customerLimit: 2, untilMs, sequence: 2 });
  });
  return coupon;
}

const redemption = async (ground: CaseGround, call: number, limit = MAX_UNITS) => ({
  coupon: await used(ground, limit),
  redemption: `order-${call}`,
  customer: `other-${call}`,
  units: 1,
  rememberMs,
});

const released = async (ground: CaseGround, call: number, units = 1) => {
  const args = { ...(await redemption(ground, call)), units };
  await ground.acme.coupon.redeem(args);
  return { coupon: args.coupon, redemption: args.redemption, rememberMs };
};

const rules = async (ground: CaseGround, call: number) => ({
  coupon: await used(ground),
  limit: MAX_UNITS,
  customerLimit: 2,
  untilMs: Date.now() + DAY_MS,
  sequence: 10 + call,
});

const reading = async (ground: CaseGround, call: number) => ({
  coupon: await used(ground),
  customer: `customer-${call % CUSTOMERS}`,
});

export const coupon = [
  path(c.set, "new rules", rules, { outcome: "applied" }),
  atLimit(c.set, "new rules", rules, { outcome: "applied" }),
  path(c.redeem, "new customer", redemption, { outcome: "redeemed" }),
  path(c.redeem, "exhausted", (ground, call) => redemption(ground, call, 1), { outcome: "exhausted" }),
  path(c.redeem, "repeated", redemption, { outcome: "redeemed", sentBefore: true }),
  atLimit(c.redeem, "new customer", redemption, { outcome: "redeemed" }),
  path(c.release, "redeemed", released, { outcome: "released" }),
  atLimit(c.release, "redeemed", released, { outcome: "released" }),
  path(c.read, "a customer", reading, { outcome: "found" }),
  atLimit(c.read, "a customer", reading, { outcome: "found" }),
];
