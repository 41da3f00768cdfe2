import { expect, test } from "vitest";
import type { EncodedCall, Script } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { MovedClock } from "../../support/lua/late/clock.js";
import { type Command, CouponModel, command } from "../../support/lua/models/coupon.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const redis = sharedRedis();
const scope = { namespace: freshNamespace(), tenant: "acme" };
const MINUTE_MS = 60_000;
const NEVER_MS = 8_640_000_000_000_000;

/** One coupon in Redis, beside its model. */
class Coupon {
  readonly name = freshName();
  readonly model = new CouponModel();
  readonly #clock = new MovedClock(redis);
  readonly #key = keys.coupon(scope, this.name);

  constructor(private readonly startMs: number) {}

  #ms = (minute: number) => {
    if (minute === Number.NEGATIVE_INFINITY) return undefined;
    return minute === Number.POSITIVE_INFINITY ? undefined : this.startMs + minute * MINUTE_MS;
  };

  async step(step: Command): Promise<void> {
    const window = step.do === "set" ? this.model.windowOf(step) : undefined;
    const reply = await this.#send(step, window);
    const { from, until, ...expected } = { from: undefined, until: undefined, ...this.model.run(step) };
    const times = from === undefined ? {} : { fromMs: this.#ms(from) ?? 0, untilMs: this.#ms(until ?? 0) };
    expect(reply, JSON.stringify(step)).toEqual({ ...expected, ...times });
    await this.#compare(JSON.stringify(step));
  }

  async #send(step: Command, window?: { readonly from: number; readonly until: number }): Promise<object> {
    const coupon = this.name;
    switch (step.do) {
      case "pass": {
        const redemptions = ["a", "b", "c", "d"].map((name) => keys.couponRedemption(scope, coupon, name));
        await this.#clock.pass(step.minutes * MINUTE_MS, [this.#key, ...redemptions]);
        return {};
      }
      case "set": {
        const { limit, each: customerLimit, sequence } = step;
        const times = { fromMs: this.#ms(window?.from ?? 0), untilMs: this.#ms(window?.until ?? 0) };
        return this.#run(scripts.coupon.set, { coupon, limit, customerLimit, sequence, ...times });
      }
      case "redeem": {
        const { redemption, customer, units, remembered } = step;
        const rememberMs = remembered * MINUTE_MS;
        return this.#run(scripts.coupon.redeem, { coupon, redemption, customer, units, rememberMs });
      }
      case "release": {
        const { redemption, remembered } = step;
        return this.#run(scripts.coupon.release, {
          coupon,
          redemption,
          rememberMs: remembered * MINUTE_MS,
        });
      }
      case "read":
        return this.#run(scripts.coupon.read, { coupon, customer: step.customer });
    }
  }

  async #run<Args, Reply extends object>(script: Script<Args, Reply>, args: Args): Promise<Reply> {
    const call: EncodedCall = script.encode(scope, args);
    return script.decode(await this.#clock.run(script, call));
  }

  /** Everything stored is what the model has. */
  async #compare(step: string): Promise<void> {
    const { rules: text, redeemed, ...customers } = await redis.hgetall(this.#key);
    const { rules } = this.model;
    if (!rules) return expect([text, redeemed, customers], step).toEqual([undefined, undefined, {}]);
    const { limit, each, sequence } = rules;
    const [from = 0, until = NEVER_MS] = [this.#ms(rules.from), this.#ms(rules.until)];
    expect(text, step).toMatch(
      new RegExp(`^limit ${limit} each ${each} from ${from} to ${until} seq ${sequence} life \\d{16}$`),
    );
    expect(Number(redeemed ?? 0), step).toBe(this.model.redeemed);
    const counts = [...this.model.customers].map(([name, units]) => [`customer:${name}`, String(units)]);
    expect(customers, step).toEqual(Object.fromEntries(counts));
    const leftMs = await redis.pttl(this.#key);
    expect(leftMs < 0, step).toBe(until === NEVER_MS);
  }
}

test("the coupon scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const coupon = new Coupon(await nowMs(redis));
    for (const step of commands) await coupon.step(step);
  });
});
