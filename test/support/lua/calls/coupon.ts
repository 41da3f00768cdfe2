import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting, rememberMs, tickMs } from "../late/call.js";

const coupon = fc.constantFrom("summer", "spring");
const redemption = fc.constantFrom(0, 0, 0, 1, 2);
const ticks = fc.integer({ min: 0, max: 3 });

/** Most releases name a redemption that was made before. */
const earlier = fc.constantFrom(0, 1, 1, 1, 2);

export const coupons = [
  calls(
    scripts.coupon.set,
    fc.record({
      coupon,
      limit: fc.integer({ min: 0, max: 4 }),
      customerLimit: fc.integer({ min: 0, max: 3 }),
      sequence: fc.integer({ min: 0, max: 30 }),
      starts: fc.integer({ min: -2, max: 2 }),
      lasts: fc.option(fc.constantFrom(1, 3, 60), { nil: undefined }),
    }),
    ({ starts, lasts, ...event }, past) => {
      const fromMs = past.nowMs + starts * tickMs;
      return { ...event, fromMs, ...(lasts === undefined ? {} : { untilMs: fromMs + lasting(lasts) }) };
    },
    {
      over: ["repeated", "stale"],
      supersedes: (newer, reply, older) =>
        reply.outcome === "applied" && newer.coupon === older.coupon && newer.sequence > older.sequence,
    },
  ),
  calls(
    scripts.coupon.redeem,
    fc.record({
      coupon,
      redemption,
      customer: fc.constantFrom("ada", "bob"),
      units: fc.integer({ min: 1, max: 2 }),
      ticks,
    }),
    ({ redemption: back, ticks: more, ...drawn }, past) => ({
      ...drawn,
      redemption: past.freshName("redemption", back, rememberMs),
      rememberMs: rememberMs + more * tickMs,
    }),
    { over: ["released"] },
  ),
  calls(
    scripts.coupon.release,
    fc.record({ coupon, redemption: earlier }),
    ({ coupon: name, redemption: back }, past) => ({
      coupon: name,
      redemption: past.freshName("redemption", back, rememberMs),
      rememberMs,
    }),
    // It only remembers its answer for longer.
    { answers: /^:coupon-redemption:.+: expires \d+ ms later/ },
  ),
];
